"""Errors planted by somebody who may do everything: each is one failed check that names it.

The culprit is a superuser, for whom triggers sleep while they edit.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from audited import asked, lived
from marketplace import Marketplace
from psycopg import sql

from mywork.ledger.findings import Checked

Row = tuple[Any, ...]
Databases = Callable[[], AbstractContextManager[str]]
Copies = Callable[[str], AbstractContextManager[str]]


@pytest.fixture(scope="module")
def honest(fresh_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A history that was lived honestly."""
    with fresh_databases() as url:
        with closing(Marketplace(url, tmp_path_factory.mktemp("honest"))) as marketplace:
            lived(marketplace)
        assert all(report.passed for report in asked(url))
        yield url


@pytest.fixture
def url(honest: str, copied_databases: Copies) -> Iterator[str]:
    """A copy of it that anybody can be let loose on."""
    with copied_databases(honest) as url:
        yield url


def edit(url: str, *statements: str, **parameters: Any) -> None:
    """Statements of a superuser, with every trigger asleep meanwhile."""
    with psycopg.connect(url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.execute(statement.encode(), parameters)


def row(url: str, query: str) -> Row:
    with psycopg.connect(url) as connection:
        found = connection.execute(query.encode()).fetchone()
    assert found is not None
    return found


def position(url: str, name: str) -> int:
    """Of the first event of this name."""
    query = f"SELECT min(notification_id) FROM eventstore.events WHERE topic = '{name}'"
    return int(row(url, query)[0])


def the_failed_check(url: str) -> Checked:
    failed = [report for report in asked(url) if report.failed]
    assert [report.name for report in failed][1:] == []
    return failed[0]


def named(url: str, check: str) -> dict[str, str]:
    """The culprits of the one check that failed, which is this one: subject and detail."""
    failed = the_failed_check(url)
    assert failed.name == check
    return {finding.subject: finding.detail for finding in failed.findings}


# Events ---------------------------------------------------------------------------------------


def test_an_event_deleted(url: str) -> None:
    lost = position(url, "order.refund_approved.v1")
    edit(url, "DELETE FROM eventstore.events WHERE notification_id = %(lost)s", lost=lost)
    found = named(url, "positions")
    assert found == {
        f"event {lost}": f"is missing: event {lost - 1} is followed by event {lost + 1}"
    }


def test_an_event_lost_at_the_end(url: str) -> None:
    head = int(row(url, "SELECT max(notification_id) FROM eventstore.events")[0])
    edit(url, "DELETE FROM eventstore.events WHERE notification_id = %(head)s", head=head)
    found = named(url, "end_of_history")
    assert list(found) == [f"event {head}"]
    assert f"follower sales (at {head})" in found[f"event {head}"]


def test_the_end_of_the_history_cut_off_with_all_that_was_booked_from_it(url: str) -> None:
    cut = position(url, "payout.requested.v1")
    edit(
        url,
        "UPDATE ledger.accounts a SET balance_minor = balance_minor - (SELECT coalesce(sum("
        "amount_minor), 0) FROM ledger.postings WHERE account_id = a.id AND position >= %(cut)s)",
        "DELETE FROM ledger.postings WHERE position >= %(cut)s",
        "DELETE FROM ledger.entries WHERE position >= %(cut)s",
        "DELETE FROM eventstore.events WHERE notification_id >= %(cut)s",
        cut=cut,
    )
    assert list(named(url, "end_of_history")) == [f"event {cut}"]


_COPIED = """
INSERT INTO eventstore.events
SELECT originator_id, (SELECT max(originator_version) + 1 FROM eventstore.events
                        WHERE originator_id = e.originator_id), topic, state,
       (SELECT max(notification_id) + 1 FROM eventstore.events),
       (SELECT max(recorded_at) FROM eventstore.events)
  FROM eventstore.events e WHERE notification_id = %(copied)s
"""


def test_an_event_inserted_that_should_have_moved_money(url: str) -> None:
    edit(url, _COPIED, copied=position(url, "order.funds_available.v1"))
    (head,) = row(url, "SELECT max(notification_id) FROM eventstore.events")
    found = named(url, "entries")
    assert list(found) == [f"entry {head}"]
    assert found[f"entry {head}"].startswith("is missing; replayed")


def test_a_role_granted_behind_everybodys_back(url: str) -> None:
    granted = _COPIED.replace("originator_id, (SELECT", "'user-mallory', (SELECT").replace(
        "= e.originator_id)", "= 'nobody') + 1"
    )
    edit(
        url,
        granted.replace("max(originator_version) + 1", "coalesce(max(originator_version), 0)")
        .replace("state,", "convert_to(replace(convert_from(state, 'UTF8'),"
                           " 'user_auditor', 'user_mallory'), 'UTF8'),"),
        "UPDATE eventstore.followers SET position = position + 1",
        copied=position(url, "user.role_granted.v1"),
    )  # fmt: skip
    found = named(url, "projections")
    assert list(found) == ["read.roles user_mallory"]


def test_two_events_of_a_stream_reordered(url: str) -> None:
    first = position(url, "order.placed.v1")
    swap(url, first, first + 1)
    (stream,) = row(
        url, f"SELECT originator_id FROM eventstore.events WHERE notification_id = {first}"
    )
    found = named(url, "streams")
    assert found == {
        f"event {first}": (
            f"is version 2 of {stream}, and stands before version 1, event {first + 1}"
        )
    }


def test_two_events_of_different_streams_reordered(url: str) -> None:
    first = position(url, "order.paid.v1")
    swap(url, first, first + 1)
    found = named(url, "postings")
    assert {subject.rpartition(" line")[0] for subject in found} == {
        f"entry {first}", f"entry {first + 1}",
    }  # fmt: skip
    assert all("object_id" in detail for detail in found.values())


def swap(url: str, first: int, second: int) -> None:
    """Two events change places, and the times of the places stay."""
    edit(
        url,
        "UPDATE eventstore.events e SET notification_id = 1000000 + o.notification_id,"
        "       recorded_at = o.recorded_at FROM eventstore.events o"
        " WHERE (e.notification_id, o.notification_id)"
        "       IN ((%(first)s, %(second)s), (%(second)s, %(first)s))",
        "UPDATE eventstore.events SET notification_id = notification_id - 1000000"
        " WHERE notification_id > 1000000",
        first=first,
        second=second,
    )


def replace(url: str, at: int, old: str, new: str) -> None:
    """Edit an event's payload in place."""
    edit(
        url,
        "UPDATE eventstore.events SET state = convert_to(replace(convert_from(state, 'UTF8'),"
        " %(old)s, %(new)s), 'UTF8') WHERE notification_id = %(at)s",
        at=at,
        old=old,
        new=new,
    )


def test_an_amount_edited_in_an_event(url: str) -> None:
    paid = position(url, "order.paid.v1")
    replace(url, paid, '"commission_minor":2990', '"commission_minor":2890')
    replace(url, paid, '"seller_share_minor":26013', '"seller_share_minor":26113')
    found = named(url, "postings")
    assert found == {
        f"entry {paid} line 2": "amount_minor is -26013, replayed -26113",
        f"entry {paid} line 3": "amount_minor is -2990, replayed -2890",
    }


def test_an_amount_edited_so_that_the_event_no_longer_balances(url: str) -> None:
    paid = position(url, "order.paid.v1")
    replace(url, paid, '"commission_minor":2990', '"commission_minor":2890')
    found = named(url, "entries")
    assert list(found) == [f"entry {paid}"]
    assert found[f"entry {paid}"].startswith("cannot be posted from its event: the postings sum")


def test_a_word_edited_in_an_event_that_moves_no_money(url: str) -> None:
    drafted = position(url, "product.drafted.v1")
    replace(url, drafted, "SaaS starter", "Sour starter")
    found = named(url, "projections")
    assert all("SaaS starter" in detail for detail in found.values())
    assert any(subject.startswith("read.products ") for subject in found)


def test_an_event_that_is_no_longer_what_its_name_says(url: str) -> None:
    paid = position(url, "order.paid.v1")
    replace(url, paid, '"commission_minor":2990', '"commission_minor":"2990"')
    found = named(url, "events")
    assert list(found) == [f"event {paid}"]
    assert "order.paid.v1" in found[f"event {paid}"]


def test_an_event_under_a_name_that_does_not_exist(url: str) -> None:
    paid = position(url, "order.paid.v1")
    edit(url, "UPDATE eventstore.events SET topic = 'order.forged.v1' WHERE notification_id = %(at)s", at=paid)  # noqa: E501  # fmt: skip
    assert "order.forged.v1" in named(url, "events")[f"event {paid}"]


def test_a_time_of_recording_edited(url: str) -> None:
    """Within its neighbours' times; the entry remembers."""
    (edited, before) = row(
        url,
        "SELECT position, before FROM (SELECT notification_id AS position, recorded_at,"
        " lag(recorded_at) OVER (ORDER BY notification_id) AS before FROM eventstore.events) e"
        " JOIN ledger.entries n USING (position) WHERE recorded_at > before ORDER BY 1 LIMIT 1",
    )
    moved = "UPDATE eventstore.events SET recorded_at = %(before)s WHERE notification_id = %(at)s"
    edit(url, moved, at=edited, before=before)
    found = named(url, "entries")
    assert list(found) == [f"entry {edited}"]
    assert found[f"entry {edited}"].startswith("booked_at is ")


@pytest.mark.parametrize("days", [-1, 1])
def test_a_time_of_recording_moved_out_of_order(url: str, days: int) -> None:
    placed = position(url, "order.payment_initiated.v1")
    moved = (
        "UPDATE eventstore.events SET recorded_at = recorded_at + %(days)s * interval '1 day'"
        " WHERE notification_id = %(at)s"
    )
    edit(url, moved, at=placed, days=days)
    assert list(named(url, "recording_times")) == [f"event {placed}"]


# Sealed history: what nothing but a leaf remembers ----------------------------------------------


@pytest.fixture
def sealed(url: str, tmp_path: Path) -> Iterator[Marketplace]:
    """The same history, with a head signed over it and published."""
    with closing(Marketplace(url, tmp_path)) as marketplace:
        marketplace.core.sealing.run()
        yield marketplace


def named_by_seals(sealed: Marketplace, check: str) -> dict[str, str]:
    """Like `named`, where the seals are asked, too."""
    url, seals = sealed.core.store.url, sealed.core.sealing.checks()
    failed = [report for report in asked(url, seals) if report.failed]
    assert [report.name for report in failed] == [check]
    return {finding.subject: finding.detail for finding in failed[0].findings}


def test_a_sealed_history_that_nobody_touched_passes(sealed: Marketplace) -> None:
    reports = asked(sealed.core.store.url, sealed.core.sealing.checks())
    assert [report.name for report in reports if not report.passed] == []
    assert {"leaves", "heads", "published"} <= {report.name for report in reports}


def test_a_word_edited_with_the_read_table_that_shows_it(sealed: Marketplace, url: str) -> None:
    """Whoever edits the event and its row as well still cannot edit the leaf."""
    granted = position(url, "user.role_granted.v1")
    replace(url, granted, '"auditor"', '"finance"')
    edit(
        url,
        "UPDATE read.roles SET roles = '{finance}', document = replace(document, 'auditor',"
        " 'finance') WHERE user_id = 'user_auditor'",
    )
    assert list(named_by_seals(sealed, "leaves")) == [f"event {granted}"]


def test_a_reason_edited_that_no_table_shows(sealed: Marketplace, url: str) -> None:
    granted = position(url, "user.role_granted.v1")
    replace(url, granted, '"actor":"test"', '"actor":"best"')
    assert list(named_by_seals(sealed, "leaves")) == [f"event {granted}"]


def test_events_that_moved_no_money_reordered(sealed: Marketplace, url: str) -> None:
    """Of different streams, recorded at the same time: only the order is another."""
    first = position(url, "user.role_granted.v1")
    assert row(url, f"SELECT topic FROM eventstore.events WHERE notification_id = {first + 1}") == (
        "payout.dispatched.v1",
    )
    swap(url, first, first + 1)
    assert list(named_by_seals(sealed, "leaves")) == [f"event {first}", f"event {first + 1}"]


def test_an_amount_edited_in_an_event_its_entry_and_the_balances(
    sealed: Marketplace, url: str
) -> None:
    """A forgery that agrees with itself everywhere but in the tree."""
    paid = position(url, "order.paid.v1")
    replace(url, paid, '"commission_minor":2990', '"commission_minor":2890')
    replace(url, paid, '"seller_share_minor":26013', '"seller_share_minor":26113')
    for line, change in ((2, -100), (3, 100)):
        edit(
            url,
            "UPDATE ledger.accounts SET balance_minor = balance_minor + %(change)s WHERE id ="
            " (SELECT account_id FROM ledger.postings WHERE position = %(at)s AND line = %(line)s)",
            "UPDATE ledger.postings SET amount_minor = amount_minor + %(change)s"
            " WHERE position = %(at)s AND line = %(line)s",
            change=change,
            at=paid,
            line=line,
        )
    assert list(named_by_seals(sealed, "leaves")) == [f"event {paid}"]


def test_the_end_cut_off_with_every_follower_turned_back(sealed: Marketplace, url: str) -> None:
    """Nobody but the seals knows that there was more."""
    (head,) = row(url, "SELECT max(notification_id) FROM eventstore.events")
    edit(
        url,
        "DELETE FROM eventstore.events WHERE notification_id = %(head)s",
        "UPDATE eventstore.followers SET position = position - 1 WHERE position = %(head)s",
        head=head,
    )
    found = named_by_seals(sealed, "end_of_history")
    assert found == {
        f"event {head}": "is missing: the history ends before it, and these know of more: "
        f"sealed history (at {head})"
    }


def test_a_leaf_edited(sealed: Marketplace, url: str) -> None:
    edit(
        url,
        "UPDATE ledger.tiles SET hashes = set_byte(hashes, 32, get_byte(hashes, 32) # 1)"
        " WHERE level = 0 AND first = 0",
    )
    assert list(named_by_seals(sealed, "leaves")) == ["event 2"]


# The book -------------------------------------------------------------------------------------


def test_a_posting_edited(url: str) -> None:
    paid = position(url, "order.paid.v1")
    edit(
        url,
        "UPDATE ledger.postings SET amount_minor = amount_minor - 100"
        " WHERE position = %(at)s AND line = 2",
        at=paid,
    )
    assert named(url, "postings") == {
        f"entry {paid} line 2": "amount_minor is -26113, replayed -26013"
    }


def test_a_pair_of_postings_added(url: str) -> None:
    """Balanced, announced, and moved into the balances, as if it had always been there."""
    paid = position(url, "order.paid.v1")
    edit(
        url,
        "INSERT INTO ledger.postings SELECT position, line + 4, account_id, currency,"
        " CASE line WHEN 1 THEN 500 ELSE -500 END FROM ledger.postings"
        " WHERE position = %(at)s AND line <= 2",
        "UPDATE ledger.accounts a SET balance_minor = balance_minor + amount_minor"
        " FROM ledger.postings WHERE position = %(at)s AND line > 4 AND account_id = a.id",
        at=paid,
    )
    found = named(url, "postings")
    assert list(found) == [f"entry {paid} line 5", f"entry {paid} line 6"]
    assert all(detail.startswith("has no event behind it") for detail in found.values())


def test_an_entry_deleted(url: str) -> None:
    settled = position(url, "payout.transfer_settled.v1")
    edit(
        url,
        "UPDATE ledger.accounts a SET balance_minor = balance_minor - (SELECT coalesce(sum("
        "amount_minor), 0) FROM ledger.postings WHERE account_id = a.id AND position = %(at)s)",
        "DELETE FROM ledger.postings WHERE position = %(at)s",
        "DELETE FROM ledger.entries WHERE position = %(at)s",
        at=settled,
    )
    found = named(url, "entries")
    assert list(found) == [f"entry {settled}"]
    assert found[f"entry {settled}"].startswith("is missing; replayed")


def test_an_entry_invented(url: str) -> None:
    placed = position(url, "order.placed.v1")
    edit(
        url,
        "INSERT INTO ledger.entries SELECT %(at)s, effective_at, booked_at, period, size"
        " FROM ledger.entries WHERE position = %(paid)s",
        at=placed,
        paid=position(url, "order.paid.v1"),
    )
    found = named(url, "entries")
    assert list(found) == [f"entry {placed}"]
    assert found[f"entry {placed}"].startswith("has no event behind it")


def test_an_entry_moved_into_another_period(url: str) -> None:
    paid = position(url, "order.paid.v1")
    edit(url, "UPDATE ledger.entries SET period = '2026-10' WHERE position = %(at)s", at=paid)
    assert named(url, "entries") == {f"entry {paid}": "period is '2026-10', replayed '2026-11'"}


def test_a_month_closed_without_an_event(url: str) -> None:
    edit(url, "INSERT INTO ledger.closings VALUES (3, '2026-11', 1)")
    assert list(named(url, "closings")) == ["closing 3"]


def test_a_balance_edited(url: str) -> None:
    edit(
        url,
        "UPDATE ledger.accounts SET balance_minor = balance_minor - 1"
        " WHERE code = 'revenue:commission'",
    )
    found = named(url, "balances")
    assert list(found) == ["account revenue:commission USD"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("kind = 'expense'", "is of kind expense; by the chart it is income"),
        ("bound_sign = -1", "has the bound -1; by the chart it is 0"),
    ],
)
def test_an_accounts_kind_or_bound_changed(url: str, change: str, said: str) -> None:
    edit(url, f"UPDATE ledger.accounts SET {change} WHERE code = 'revenue:commission'")
    assert named(url, "accounts") == {"account revenue:commission USD": said}


def test_an_account_invented(url: str) -> None:
    edit(
        url,
        "INSERT INTO ledger.accounts (code, currency, kind, bound_sign)"
        " VALUES ('slush', 'USD', 'asset', 0)",
    )
    assert named(url, "accounts") == {"account slush USD": "is not in the chart of accounts"}


# Read tables ----------------------------------------------------------------------------------


def test_a_row_of_a_read_table_edited(url: str) -> None:
    edit(url, "UPDATE read.roles SET roles = '{admin}' WHERE user_id = 'user_auditor'")
    assert named(url, "projections") == {
        "read.roles user_auditor": "roles is ['admin'], replayed ['auditor']"
    }


def test_a_row_of_a_read_table_deleted(url: str) -> None:
    (order_id,) = row(url, "DELETE FROM read.sales WHERE order_id = (SELECT min(order_id) FROM read.sales) RETURNING order_id")  # noqa: E501  # fmt: skip
    found = named(url, "projections")
    assert list(found) == [f"read.sales {order_id}"]
    assert found[f"read.sales {order_id}"].startswith("is missing; replayed")


# What guards them -----------------------------------------------------------------------------

NOTHING_IS_REFUSED = """
CREATE OR REPLACE FUNCTION eventstore.refuse_change() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RETURN NEW; END $$
"""


@pytest.mark.parametrize(
    ("statement", "subject", "said"),
    [
        (
            "ALTER TABLE eventstore.events DISABLE TRIGGER append_only",
            "trigger eventstore.events append_only",
            "(switched off)",
        ),
        (
            "DROP TRIGGER apply_postings ON ledger.postings",
            "trigger ledger.postings apply_postings",
            "is gone",
        ),
        (
            "ALTER TABLE ledger.accounts DROP CONSTRAINT accounts_within_bounds",
            "constraint ledger.accounts accounts_within_bounds",
            "is gone",
        ),
        (
            "GRANT DELETE ON eventstore.events TO mywork_app",
            "privileges of mywork_app on eventstore.events",
            "is DELETE, INSERT, SELECT",
        ),
        (
            "GRANT UPDATE (balance_minor) ON ledger.accounts TO mywork_app",
            "privileges of mywork_app on ledger.accounts.balance_minor",
            "no migration made it",
        ),
        (
            NOTHING_IS_REFUSED,
            "function eventstore.refuse_change()",
            "sha256",
        ),
        (
            "ALTER TABLE ledger.accounts DISABLE ROW LEVEL SECURITY",
            "table ledger.accounts",
            "is plain",
        ),
        (
            "ALTER TABLE operations.inbox DISABLE TRIGGER ALL",
            "references of operations.inbox",
            "is switched off",
        ),
    ],
)
def test_a_guard_left_switched_off(url: str, statement: str, subject: str, said: str) -> None:
    edit(url, statement)
    found = named(url, "protection")
    assert list(found) == [subject]
    assert said in found[subject]


def test_every_trigger_put_to_sleep_by_a_setting(url: str) -> None:
    (name,) = row(url, "SELECT current_database()")
    asleep = sql.SQL("ALTER DATABASE {} SET session_replication_role = replica")
    with psycopg.connect(url) as connection:
        connection.execute(asleep.format(sql.Identifier(name)))
    assert list(named(url, "protection")) == [f"setting for {name} and all roles"]
