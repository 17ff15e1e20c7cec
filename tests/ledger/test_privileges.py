"""What each role may do to what must never change: a table, compared with PostgreSQL's own."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

APP, AUDITOR, READER = "mywork_app", "mywork_auditor", "mywork_reader"
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
MAY: dict[str, dict[str, set[str]]] = {
    "eventstore.events": {APP: {"SELECT", "INSERT"}, AUDITOR: {"SELECT"}, READER: set()},
    "eventstore.history": {APP: {"SELECT"}, AUDITOR: {"SELECT"}, READER: set()},
    "ledger.entries": {APP: {"SELECT", "INSERT"}, AUDITOR: {"SELECT"}, READER: set()},
    "ledger.postings": {APP: {"SELECT", "INSERT"}, AUDITOR: {"SELECT"}, READER: set()},
    "ledger.closings": {APP: {"SELECT", "INSERT"}, AUDITOR: {"SELECT"}, READER: set()},
    "ledger.accounts": {APP: {"SELECT"}, AUDITOR: {"SELECT"}, READER: {"SELECT"}},
    "ledger.tiles": {APP: {"SELECT", "INSERT"}, AUDITOR: {"SELECT"}, READER: set()},
    "ledger.heads": {APP: {"SELECT", "INSERT"}, AUDITOR: {"SELECT"}, READER: set()},
    "ledger.signing_keys": {APP: {"SELECT", "INSERT"}, AUDITOR: {"SELECT"}, READER: set()},
    "ledger.published_notes": {APP: {"SELECT", "INSERT"}, AUDITOR: {"SELECT"}, READER: set()},
    "ledger.totals": {APP: {"SELECT", "INSERT"}, AUDITOR: {"SELECT"}, READER: set()},
    "ledger.period_totals": {
        APP: {"SELECT", "INSERT", "UPDATE"}, AUDITOR: {"SELECT"}, READER: set(),
    },
    "ledger.code_versions": {APP: {"SELECT"}, AUDITOR: {"SELECT"}, READER: set()},
    "operations.inbox": {
        APP: {"SELECT", "INSERT", "UPDATE", "DELETE"}, AUDITOR: {"SELECT"}, READER: set(),
    },
    "operations.inbox_bodies": {
        APP: {"SELECT", "INSERT", "UPDATE", "DELETE"}, AUDITOR: set(), READER: set(),
    },
    "operations.looks": {APP: {"SELECT", "INSERT"}, AUDITOR: {"SELECT"}, READER: set()},
    "operations.people": {
        APP: {"SELECT", "INSERT", "UPDATE", "DELETE"}, AUDITOR: set(), READER: set(),
    },
}  # fmt: skip
Connection = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url) as connection:
        yield connection


@contextmanager
def acting_as(connection: Connection, role: str) -> Iterator[None]:
    connection.execute(f"SET LOCAL ROLE {role}")
    yield
    connection.execute("RESET ROLE")


@pytest.mark.parametrize("table", MAY)
def test_a_role_may_do_this_to_a_table_and_nothing_else(connection: Connection, table: str) -> None:
    for role, expected in MAY[table].items():
        query = (
            "SELECT verb FROM unnest(%s::text[]) AS verb WHERE has_table_privilege(%s, %s, verb)"
        )
        found = {row[0] for row in connection.execute(query, (list(VERBS), role, table))}
        assert found == expected, role


def test_the_application_opens_accounts_without_choosing_their_balance(
    connection: Connection,
) -> None:
    opened = "INSERT INTO ledger.accounts (code, currency, kind, bound_sign) VALUES ('bank', 'USD', 'asset', 0)"  # noqa: E501
    rich = "INSERT INTO ledger.accounts (code, currency, kind, bound_sign, balance_minor) VALUES ('capital', 'USD', 'equity', 0, 5)"  # noqa: E501
    with acting_as(connection, APP):
        connection.execute(opened)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(rich)


@pytest.mark.parametrize("verb", ["DELETE FROM ledger.accounts", "TRUNCATE ledger.accounts"])
def test_not_even_the_owner_deletes_an_account(connection: Connection, verb: str) -> None:
    with pytest.raises(psycopg.DatabaseError) as caught:
        connection.execute(verb)
    assert caught.value.sqlstate == "ES002"


def test_nobody_but_the_trigger_moves_balances(
    connection: Connection,
) -> None:
    query = "SELECT has_function_privilege(%s, 'ledger.apply_postings()', 'EXECUTE')"
    for role in (APP, AUDITOR, READER):
        assert connection.execute(query, (role,)).fetchone() == (False,)


def test_a_seller_sees_no_accounts_but_their_own(
    connection: Connection,
) -> None:
    for code in ("seller:ada:pending", "seller:bo:pending", "bank"):
        connection.execute(
            "INSERT INTO ledger.accounts (code, currency, kind, bound_sign)"
            " VALUES (%s, 'USD', 'liability', 0)",
            (code,),
        )
    query = "SELECT code FROM ledger.accounts ORDER BY code"
    with acting_as(connection, READER):
        assert connection.execute(query).fetchall() == []
        connection.execute("SELECT set_config('mywork.user_id', 'ada', true)")
        assert connection.execute(query).fetchall() == [("seller:ada:pending",)]
        connection.execute("SELECT set_config('mywork.user_id', '', true)")
        assert connection.execute(query).fetchall() == []
    with acting_as(connection, AUDITOR):
        assert len(connection.execute(query).fetchall()) == 3
