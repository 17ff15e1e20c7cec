"""An entry's period: the month of its date, or the first open one; decided with the append."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import Shop

from eventstore.envelope import Recorded
from mywork.application.commands import Envelope, envelope
from mywork.domain.breaks.explanation_messages import BreakOpened, OpenBreak
from mywork.domain.errors import Conflict
from mywork.domain.identifiers import BreakId, UserId
from mywork.domain.period.messages import (
    ApproveReopening,
    ClosePeriod,
    PeriodClosed,
    PeriodReopened,
    ProposeReopening,
)
from mywork.domain.period.months import Period, begins_at, ends_at, following, month_of, preceding
from mywork.ledger.periods.periods import first_open_after, period_of

OCTOBER = datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 2, tzinfo=UTC)
FIN, BOSS = UserId("user_fin"), UserId("user_boss")


def opened(number: int, at: datetime = OCTOBER) -> Envelope:
    """Of a break with money in suspense, so with an entry."""
    command = OpenBreak(
        break_id=BreakId(f"txn_{number}"),
        kind="unexplained_transaction",
        object_id=f"txn_{number}",
        currency="USD",
        amount_minor=700,
        fee_minor=0,
        available_on=None,
        concerns="",
        detail="",
        at=at,
    )
    return envelope(command, actor="test")


def closing(month: str = "2026-10", *, checked: int = 1) -> Envelope:
    at = ends_at(Period(month)) + timedelta(days=1)
    return envelope(ClosePeriod(Period(month), Period("2026-10"), (), checked, FIN, at), actor=FIN)


def reopening(month: str = "2026-10") -> list[Envelope]:
    propose = ProposeReopening(Period(month), "a mistake", FIN, NOVEMBER)
    approve = ApproveReopening(Period(month), BOSS, NOVEMBER)
    return [envelope(propose, actor=FIN), envelope(approve, actor=BOSS)]


def send(shop: Shop, *envelopes: Envelope) -> None:
    for outcome in shop.core.handler.handle_many(envelopes):
        assert outcome.error is None


def periods(shop: Shop) -> list[str]:
    return [row[0] for row in shop.rows("SELECT period FROM ledger.entries ORDER BY position")]


def by_the_pure_rule(history: Sequence[Recorded]) -> list[str]:
    first_open, found = None, []
    for recorded in history:
        if isinstance(recorded.event, BreakOpened):
            found.append(period_of(recorded.metadata.effective_at, first_open))
        first_open = first_open_after(recorded.event, first_open)
    return found


def test_what_comes_after_a_close_belongs_to_the_next_month_and_keeps_its_date(shop: Shop) -> None:
    send(shop, opened(1))
    send(shop, closing())
    send(shop, opened(2), opened(3, NOVEMBER), opened(4, NOVEMBER + timedelta(days=40)))
    assert periods(shop) == ["2026-10", "2026-11", "2026-11", "2026-12"]
    query = "SELECT effective_at FROM ledger.entries ORDER BY position"
    assert shop.rows(query)[1][0] == OCTOBER


def test_a_close_and_entries_in_one_batch_go_by_their_order(shop: Shop) -> None:
    send(shop, opened(1), closing(checked=1), opened(2), *reopening(), opened(3))
    assert periods(shop) == ["2026-10", "2026-11", "2026-10"]
    assert by_the_pure_rule(shop.core.store.page(0, 100)) == periods(shop)


def test_a_reopened_month_takes_its_entries_again(shop: Shop) -> None:
    send(shop, opened(1))
    send(shop, closing())
    send(shop, *reopening())
    send(shop, opened(2))
    send(shop, closing(checked=shop.core.store.head()))
    send(shop, opened(3))
    assert periods(shop) == ["2026-10", "2026-10", "2026-11"]


steps = st.lists(st.sampled_from(["entry", "close", "reopen"]), max_size=12)


@given(steps, st.integers(0, 3))
def test_the_pure_rule_follows_closings_and_reopenings(taken: list[str], late: int) -> None:
    """The model: a counter of closed months."""
    closed, first_open, month = 0, None, Period("2026-10")
    for step in taken:
        if step == "close":
            event: Any = PeriodClosed(month, 1, 0, (), FIN)
            closed, month = closed + 1, following(month)
        elif step == "reopen" and closed:
            month = preceding(month)
            event, closed = PeriodReopened(month, "r", FIN, BOSS), closed - 1
        else:
            event = None
        first_open = first_open_after(event, first_open)
        effective = begins_at(Period(f"2026-{10 + late if late < 3 else '09'}"))
        expected = max(month_of(effective), month)
        assert period_of(effective, first_open or month) == expected


def refused(shop: Shop, statement: str, *parameters: object) -> str:
    """The constraint by which PostgreSQL refuses a statement of the owner's."""
    with psycopg.connect(shop.core.store.url) as connection:
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(statement, parameters)
        return caught.value.diag.constraint_name or ""


ENTRY = "INSERT INTO ledger.entries VALUES (%s, %s, now(), %s, 2)"
CLOSING = "INSERT INTO ledger.closings VALUES (%s, %s, %s)"


def test_postgresql_refuses_an_entry_into_another_period(shop: Shop) -> None:
    send(shop, opened(1))
    send(shop, closing())
    for position, at, month in (
        (99, OCTOBER, "2026-10"),
        (99, OCTOBER, "2026-12"),
        (99, NOVEMBER, "2026-12"),
        (99, NOVEMBER, "2026-10"),
    ):
        assert refused(shop, ENTRY, position, at, month) == "entries_period"
    assert refused(shop, ENTRY, 99, OCTOBER, "2026-11") == "entries_event"


def test_postgresql_refuses_an_entry_at_a_place_before_the_last_close(shop: Shop) -> None:
    send(shop, opened(1))
    send(shop, closing())
    assert refused(shop, ENTRY, 1, NOVEMBER, "2026-11") in {"entries_position", "entries_period"}
    assert refused(shop, ENTRY, 0, NOVEMBER, "2026-11") == "entries_period"


def test_postgresql_refuses_closings_out_of_order(shop: Shop) -> None:
    send(shop, opened(1))
    send(shop, closing())
    assert refused(shop, CLOSING, 99, "2027-01", 98) == "closings_in_order"
    assert refused(shop, CLOSING, 99, "2026-11", 98) == "closings_in_order"
    assert refused(shop, CLOSING, 99, "2026-12", None) == "closings_in_order"
    assert refused(shop, CLOSING, 1, "2026-12", 0) == "closings_in_order"
    assert refused(shop, CLOSING, 99, "2026-12", 99) == "closings_check"
    for verb in (
        "UPDATE ledger.closings SET first_open = '2026-01'",
        "DELETE FROM ledger.closings",
    ):
        assert refused(shop, verb) == "closings_append_only"


def test_a_close_is_refused_when_an_entry_came_after_its_checklist(shop: Shop) -> None:
    send(shop, opened(1), opened(2))
    with pytest.raises(Conflict, match="check the period again"):
        shop.core.handler.handle(closing(checked=1))
    assert shop.rows("SELECT * FROM ledger.closings") == []
    send(shop, opened(3, NOVEMBER))
    shop.core.handler.handle(closing(checked=2))
    assert [row[1:] for row in shop.rows("SELECT * FROM ledger.closings")] == [("2026-11", 2)]
