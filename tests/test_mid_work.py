"""A data folder that an earlier version left in mid-work is finished by this one, as by that one.

The folder is `midwork/kept`; see `midwork`. Its outcome was written when it was made, and is never
rewritten: MYWORK_UPDATE_GOLDEN=1 writes it where it is missing.
"""

import os
from collections import Counter
from pathlib import Path

import orjson
import psycopg
import pytest
from midwork.folder import OUTCOME, restore_database
from midwork.resuming import Outcome, keys, resumed

EFFECTS = {
    "align_subscription",
    "cancel_payment_intent",
    "create_bank_payout",
    "create_refund",
    "create_transfer",
    "open_break",
    "return_payment",
    "reverse_transfer",
    "send_notice",
}
DEADLINES = {
    "end_grace",
    "expire_order",
    "make_break_funds_available",
    "make_funds_available",
    "make_movement_available",
    "make_return_available",
    "make_subscription_funds_available",
    "make_transaction_available",
    "pause_payouts",
    "recognise_revenue",
    "release_funds",
    "release_reserve",
    "retry_bank_payout",
}
RECEIPTS = {
    "account.updated",
    "charge.dispute.funds_withdrawn",
    "invoice.paid",
    "payment_intent.succeeded",
    "refund.created",
    "transfer.reversed",
}
# What is done otherwise since then, and the fault that it mends.
SINCE = {
    # An excess takes effect when the fact did that found it, not when a worker came by.
    ("break-du_1c9b4bc97d83c1df14b4b8d8.excess", "2026-12-13T13:30:00+00:00"): (
        "break-du_1c9b4bc97d83c1df14b4b8d8.excess",
        "2026-12-12T12:30:00+00:00",
    )
}


@pytest.fixture
def restored(empty_database_url: str) -> str:
    """The database as it was left, with the tables that it had then."""
    restore_database(empty_database_url)
    return empty_database_url


def rows(database_url: str, query: str) -> set[tuple[object, ...]]:
    with psycopg.connect(database_url) as connection:
        return set(connection.execute(query).fetchall())


def test_every_kind_of_work_waits(restored: str) -> None:
    effects = rows(
        restored, "SELECT kind, attempts > 0 FROM operations.effects WHERE status = 'waiting'"
    )
    assert {kind for kind, _ in effects} == EFFECTS
    assert {kind for kind, tried in effects if not tried} == EFFECTS
    assert {kind for kind, tried in effects if tried} == EFFECTS - {"open_break"}  # asks nobody
    notes = rows(restored, "SELECT split_part(note, ':', 1) FROM operations.effects")
    assert {("VendorRefused",), ("VendorUnavailable",)} <= notes
    deadlines = rows(restored, "SELECT kind FROM operations.deadlines")
    assert {kind for (kind,) in deadlines} == DEADLINES


def test_every_kind_of_receipt_waits(restored: str) -> None:
    receipts = rows(
        restored,
        "SELECT source, kind, status, attempts > 0"
        "  FROM operations.inbox_work JOIN operations.inbox USING (id)",
    )
    waiting = {kind for source, kind, *state in receipts if state == ["waiting", False]}
    assert waiting >= RECEIPTS
    assert {status for _, _, status, tried in receipts if tried} == {"waiting", "dead"}
    assert {source for source, *_ in receipts} == {"stripe", "stripe_connect", "stripe_balance"}


def test_some_of_it_is_due_and_some_is_not(restored: str) -> None:
    now = orjson.loads((OUTCOME.parent / "clock.json").read_bytes())["now"]
    due = rows(restored, f"SELECT due_at <= '{now}' FROM operations.deadlines")
    assert due == {(True,), (False,)}
    behind = "SELECT position < (SELECT max(notification_id) FROM eventstore.events)"
    unheard = rows(restored, f"{behind} FROM eventstore.followers WHERE name = 'reactions'")
    assert unheard == {(True,)}


def test_it_is_finished_as_by_the_version_that_left_it(restored: str, tmp_path: Path) -> None:
    with resumed(restored, tmp_path) as work:
        work.finish()
        outcome = work.outcome()
        if not OUTCOME.exists() and os.environ.get("MYWORK_UPDATE_GOLDEN"):
            OUTCOME.write_bytes(_written(outcome))
        expected: Outcome = orjson.loads(OUTCOME.read_bytes())
        assert outcome.keys() == expected.keys()
        for part, found in outcome.items():
            _same(part, found, expected[part])
        asked = Counter(keys(outcome["calls"]))
        assert {key: times for key, times in asked.items() if times > 1} == {}
        work.marketplace.check_at_rest()
        unreadable = 2
        assert work.marketplace.waiting() == {"waiting": 0, "dead": unreadable, "outbox": 0}


def _same(part: str, found: list[list[object]], expected: list[list[object]]) -> None:
    """Only what differs is told: the whole is long."""
    ours = Counter(map(tuple, found))
    theirs = Counter((*SINCE.get(tuple(row[:2]), row[:2]), *row[2:]) for row in expected)
    assert (part, sorted(theirs - ours), sorted(ours - theirs)) == (part, [], [])


def _written(outcome: Outcome) -> bytes:
    """A line for each, so that a change can be read."""
    parts = [
        f"{orjson.dumps(part).decode()}: [\n"
        + ",\n".join(orjson.dumps(row).decode() for row in found)
        + "\n]"
        for part, found in outcome.items()
    ]
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()
