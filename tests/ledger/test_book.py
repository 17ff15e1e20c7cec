"""The book in PostgreSQL: what it keeps, and what PostgreSQL itself refuses."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from marketplace import ADA, Marketplace

from mywork.application.commands import envelope
from mywork.domain.breaks.explanation_messages import OpenBreak
from mywork.domain.errors import EntryNotFound
from mywork.domain.identifiers import BreakId
from mywork.ledger.account_lines import account_lines
from mywork.ledger.explain.entry import explain_entry
from mywork.ledger.time_range import TimeRange
from mywork.ledger.trial_balance import trial_balance

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)


def opened(number: int, amount_minor: int, at: datetime = NOW) -> Any:
    command = OpenBreak(
        break_id=BreakId(f"txn_{number}"),
        kind="unexplained_transaction",
        object_id=f"txn_{number}",
        currency="USD",
        amount_minor=amount_minor,
        fee_minor=0,
        available_on=None,
        concerns="",
        detail="",
        at=at,
    )
    return envelope(command, actor="test")


@pytest.fixture
def booked(marketplace: Marketplace) -> Marketplace:
    marketplace.core.handler.handle(opened(1, 700))
    return marketplace


def refused(marketplace: Marketplace, statement: str, *parameters: object) -> str:
    """The sqlstate with which PostgreSQL refuses a statement of the owner's."""
    url = marketplace.core.store.url
    with psycopg.connect(url) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(statement, parameters)
    return caught.value.sqlstate or ""


def account_id(marketplace: Marketplace, code: str) -> int:
    query = "SELECT id FROM ledger.accounts WHERE code = %s"
    with marketplace.core.store.connection() as connection:
        row = connection.execute(query, (code,)).fetchone()
    assert row is not None
    return int(row[0])


EVENT = """
INSERT INTO eventstore.events
SELECT 'another', 1, topic, state, 2, now() FROM eventstore.events WHERE notification_id = 1
"""
ENTRY = """
INSERT INTO ledger.entries VALUES (2, now(), now(), ledger.period_of(now(), NULL), 2)
"""
POSTINGS = "INSERT INTO ledger.postings VALUES (%s, 1, %s, %s, %s, NULL), (%s, 2, %s, %s, %s, NULL)"


@pytest.mark.parametrize(
    ("amounts", "currencies", "position", "sqlstate"),
    [
        ((100, -99), ("USD", "USD"), 2, "MW001"),
        ((100, -100), ("USD", "EUR"), 2, "MW001"),
        ((100, -100), ("EUR", "EUR"), 2, "MW002"),
        ((100, -100), ("USD", "USD"), 1, "23505"),
        ((100, -100), ("USD", "USD"), 3, "MW003"),
    ],
    ids=["unbalanced", "mixed", "wrong currency", "line taken", "no such entry"],
)
def test_postgresql_refuses_a_wrong_entry(
    booked: Marketplace,
    amounts: tuple[int, int],
    currencies: tuple[str, str],
    position: int,
    sqlstate: str,
) -> None:
    one, two = account_id(booked, "stripe:available"), account_id(booked, "suspense:stripe")
    first = position, one, currencies[0], amounts[0]
    second = position, two, currencies[1], amounts[1]
    with psycopg.connect(booked.core.store.url) as connection:
        connection.execute(EVENT + ";" + ENTRY)
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(POSTINGS, (*first, *second))
    assert caught.value.sqlstate == sqlstate


@pytest.mark.parametrize("event", ["", EVENT.replace("now()", "now() + interval '1 hour'") + ";"])
def test_an_entry_belongs_to_an_event_and_is_booked_when_that_was_recorded(
    booked: Marketplace, event: str
) -> None:
    assert refused(booked, event + ENTRY) == "MW023"


def test_nothing_can_be_added_to_an_old_entry(booked: Marketplace) -> None:
    one, two = account_id(booked, "stripe:available"), account_id(booked, "suspense:stripe")
    statement = "INSERT INTO ledger.postings VALUES (1, 3, %s, 'USD', 5), (1, 4, %s, 'USD', -5)"
    assert refused(booked, statement, one, two) == "MW003"


@pytest.mark.parametrize("table", ["entries", "postings"])
@pytest.mark.parametrize("verb", ["UPDATE ledger.{} SET position = 2", "DELETE FROM ledger.{}", "TRUNCATE ledger.{}"])  # noqa: E501  # fmt: skip
def test_the_book_is_append_only(booked: Marketplace, table: str, verb: str) -> None:
    assert refused(booked, verb.format(table)) == "ES002"


def test_the_application_cannot_write_a_balance(booked: Marketplace) -> None:
    with psycopg.connect(booked.core.store.url) as connection:
        connection.execute("SET LOCAL ROLE mywork_app")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE ledger.accounts SET balance_minor = 0")


def test_a_bounded_account_cannot_cross_zero(booked: Marketplace) -> None:
    with psycopg.connect(booked.core.store.url) as connection:
        connection.execute(
            "INSERT INTO ledger.accounts (code, currency, kind, bound_sign)"
            " VALUES ('seller:x:pending', 'USD', 'liability', -1)"
        )
        connection.execute(EVENT + ";" + ENTRY)
        pending = connection.execute(
            "SELECT id FROM ledger.accounts WHERE code = 'seller:x:pending'"
        ).fetchone()
        assert pending is not None
        bank = account_id(booked, "stripe:available")
        with pytest.raises(psycopg.errors.CheckViolation, match="accounts_within_bounds"):
            connection.execute(POSTINGS, (2, pending[0], "USD", 1, 2, bank, "USD", -1))


def test_balances_at_a_time_by_effect_and_by_booking(marketplace: Marketplace) -> None:
    handler, day = marketplace.core.handler, timedelta(days=1)
    handler.handle(opened(1, 700, at=NOW))
    marketplace.advance(days=3)
    booked_late = marketplace.clock.now()
    handler.handle(opened(2, 50, at=NOW + day))
    key = ("stripe:available", "USD")
    book = marketplace.core.book
    assert book.balance_at(key, NOW) == 700
    assert book.balance_at(key, NOW + day) == 750
    assert book.balance_at(key, NOW + day, booked_late - day) == 700
    assert book.balance_at(key, NOW - day) == 0
    store = marketplace.core.store
    now = {row.account: row.balance_minor for row in trial_balance(store).rows}
    at = {row.account: row.balance_minor for row in trial_balance(store, at=NOW).rows}
    known = trial_balance(store, as_known_at=booked_late - day)
    assert (now["stripe:available"], at["stripe:available"]) == (750, 700)
    assert {row.account: row.balance_minor for row in known.rows} == at
    assert trial_balance(store, at=NOW).balanced


def test_balances_are_the_sums_of_their_postings(marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    for _ in range(3):
        marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()
    query = """
        SELECT a.code FROM ledger.accounts a
         WHERE a.balance_minor <> (SELECT coalesce(sum(amount_minor), 0)
                                     FROM ledger.postings p WHERE p.account_id = a.id)"""
    with marketplace.core.store.connection() as connection:
        assert connection.execute(query).fetchall() == []
    ever = TimeRange(NOW - timedelta(days=1), NOW + timedelta(days=99))
    page = account_lines(marketplace.core.store, (f"seller:{ADA}:available", "USD"), ever, limit=9)
    assert [line.balance_minor for line in page.lines] == [-26_013, -52_026, -78_039]


def test_an_object_belongs_to_the_stream_that_named_it_first(marketplace: Marketplace) -> None:
    for number in (2, 1):
        command = replace(opened(number, 700).command, object_id="ch_1")
        marketplace.core.handler.handle(envelope(command, actor="test"))
    found = marketplace.core.book.streams_of(["ch_1", "ch_2"])
    assert found == {"ch_1": "break-txn_2"}


def test_an_entry_opens_into_its_event_and_postings(booked: Marketplace) -> None:
    found = explain_entry(booked.core.store, 1)
    assert found.recorded.name == "break.opened.v1"
    assert [line.amount_minor for line in found.postings] == [700, -700]
    with pytest.raises(EntryNotFound, match="event 2 posted nothing"):
        explain_entry(booked.core.store, 2)
