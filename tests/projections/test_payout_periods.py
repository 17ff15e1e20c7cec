"""Which releases a payout covers: since the payout before, until its cutoff."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from events import EXAMPLES
from shop import ADA, Shop

from eventstore.follow import Runner
from mywork.domain.payout.cutoffs import cutoff_of, last_monday, payout_named
from mywork.domain.payout.transfer_messages import PayoutRequested, Trigger
from mywork.projections.payouts import PAYOUTS
from mywork.projections.rebuild import rebuild

READ = "SELECT period_start, period_end FROM read.payouts ORDER BY requested_at, period_end"


@pytest.fixture
def released(shop: Shop) -> Shop:
    """With 260.13 available to Ada, who is onboarded."""
    shop.release("1")
    shop.onboard()
    return shop


def rows(shop: Shop) -> Sequence[tuple[datetime | None, datetime]]:
    with shop.core.store.connection() as connection:
        return connection.execute(READ).fetchall()


def periods(shop: Shop) -> Sequence[tuple[datetime | None, datetime]]:
    """As followed while it happened, and the same when it is built again in one page."""
    Runner(shop.core.store, [PAYOUTS.follower()]).catch_up()
    followed = rows(shop)
    rebuild(shop.core.store, ["payouts"])
    assert rows(shop) == followed
    return followed


def ask(shop: Shop, name: str) -> datetime:
    """A payout now; a row knows its time to the microsecond."""
    shop.clock.advance(minutes=1)
    assert shop.core.paying_out.request(ADA, "USD", request_id=name).requested
    return shop.clock.now()


def test_the_next_one_begins_where_the_one_before_ended(released: Shop) -> None:
    released.pay_out()
    first = released.clock.now()
    released.arrive()
    released.release("2")
    monday = last_monday(released.clock.now()) + timedelta(weeks=1)
    released.clock.time = monday + timedelta(hours=30)
    assert released.core.paying_out.run_scheduled() == 1
    assert periods(released) == [(None, first), (first, monday)]


def test_one_that_was_called_off_covers_nothing(released: Shop) -> None:
    called_off = ask(released, "a")
    (requested,) = released.events(PayoutRequested)
    released.core.payout_administration.cancel(
        requested.payout_id, reason="", by=ADA, seller_id=ADA
    )
    paid = ask(released, "b")
    assert periods(released) == [(None, called_off), (None, paid)]


def test_a_cutoff_that_somebody_gave_is_not_guessed(released: Shop) -> None:
    given = released.clock.now()
    released.clock.advance(hours=1)
    assert released.core.paying_out.run(given)[0].requested
    assert periods(released) == [(None, released.clock.now())]


@pytest.mark.parametrize(
    ("trigger", "turn"),
    [("weekly", "2026-11-09T00:00:00+00:00"), ("monthly", "2026-11-01T00:00:00+00:00")],
)
def test_a_turn_is_recognised_by_the_id_it_gave(trigger: Trigger, turn: str) -> None:
    at = datetime(2026, 11, 11, 9, 30, tzinfo=UTC)
    example: PayoutRequested = EXAMPLES["payout.requested.v1"]
    payout_id = payout_named(example.seller_id, "USD", f"{trigger}:{turn}")
    requested = replace(example, trigger=trigger, payout_id=payout_id)
    assert cutoff_of(requested, at) == datetime.fromisoformat(turn)
    assert cutoff_of(requested, at - timedelta(days=31)) == at - timedelta(days=31)
    assert cutoff_of(replace(requested, currency="EUR"), at) == at
    assert cutoff_of(replace(requested, trigger="request"), at) == at
