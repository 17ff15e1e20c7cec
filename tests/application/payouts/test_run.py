"""Paying sellers: whoever asks, and however many at once, the same money leaves once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from _pytest.monkeypatch import MonkeyPatch
from hypothesis import given
from hypothesis import strategies as st
from shop import ADA, Shop

from eventstore.follow import Runner
from mywork.application.payouts.decision import PayoutDecision
from mywork.application.payouts.run import next_run
from mywork.domain.breaks.explanation_messages import OpenBreak, ResolveBreak
from mywork.domain.errors import (
    Conflict,
    NothingToPayOut,
    PaidOnRequest,
    PayoutBelowMinimum,
    PayoutNotFound,
    PayoutUnderWay,
    SellerHasOpenBreak,
    SellerNotFound,
    SellerNotOnboarded,
    SellerPaused,
)
from mywork.domain.fees import ReserveTerms
from mywork.domain.identifiers import BreakId, DisputeId, OrderId, SellerId, UserId
from mywork.domain.order.dispute_messages import OpenDispute, WithdrawDispute
from mywork.domain.payout.cutoffs import first_of_month, last_monday
from mywork.domain.payout.transfer_messages import PayoutRequested
from mywork.domain.seller.messages import ChoosePayoutSchedule, Schedule
from mywork.projections.breaks import BREAKS
from mywork.projections.sales import SALES

BOSS = UserId("user_boss")
CY = SellerId(UserId("cy"))


@pytest.fixture
def released(shop: Shop) -> Shop:
    """With 260.13 available to Ada, who is onboarded."""
    shop.release("1")
    shop.onboard()
    return shop


def test_a_request_takes_everything_that_is_released(released: Shop) -> None:
    decision = released.core.paying_out.request(ADA, "USD", request_id="r")
    assert decision.requested is not None
    assert decision.requested.amount_minor == 26_013
    assert decision.position == released.core.store.head()
    assert released.balance("seller:ada:in_payout") == 26_013
    assert released.balance("seller:ada:available") == 0


def test_the_same_request_twice_is_one_payout_with_one_answer(released: Shop) -> None:
    first = released.core.paying_out.request(ADA, "USD", request_id="r")
    again = released.core.paying_out.request(ADA, "USD", request_id="r")
    assert again.requested == first.requested
    assert len(released.events(PayoutRequested)) == 1


def test_nothing_released_is_nothing_to_pay_out(shop: Shop) -> None:
    shop.onboard()
    shop.place("1")
    shop.handle(shop.paying("1"))
    with pytest.raises(NothingToPayOut):
        shop.core.paying_out.request(ADA, "USD", request_id="r")


def test_less_than_the_minimum_waits(shop: Shop) -> None:
    shop.onboard()
    product_id = shop.publish(price_minor=500)
    placed = shop.core.buying.place(UserId("bo"), product_id, "standard", request_id="r")
    shop.handle(shop.paying(placed.terms.order_id, 500))
    shop.clock.advance(days=7)
    shop.runner.catch_up()
    shop.core.deadlines.run()
    with pytest.raises(PayoutBelowMinimum, match=r"10\.00 USD"):
        shop.core.paying_out.request(ADA, "USD", request_id="r")


def test_a_seller_who_is_not_onboarded_waits(shop: Shop) -> None:
    shop.release("1")
    with pytest.raises(SellerNotFound):
        shop.core.paying_out.request(ADA, "USD", request_id="r")
    shop.onboard(ready=False)
    with pytest.raises(SellerNotOnboarded):
        shop.core.paying_out.request(ADA, "USD", request_id="r")


# The weekly run -----------------------------------------------------------------------------


def test_a_dry_run_says_what_would_be_paid_and_changes_nothing(released: Shop) -> None:
    before = released.core.store.head()
    (decision,) = released.core.paying_out.run(released.clock.now(), dry_run=True)
    assert decision.requested is not None
    assert (decision.requested.amount_minor, decision.balance.amount_minor) == (26_013, 26_013)
    assert released.core.store.head() == before
    assert released.balance("seller:ada:in_payout") == 0


def test_only_what_was_released_by_the_cutoff_is_paid(released: Shop) -> None:
    cutoff = released.clock.now()
    released.clock.advance(hours=1)
    released.release("2")
    (decision,) = released.core.paying_out.run(cutoff)
    assert decision.requested is not None
    assert (decision.requested.amount_minor, decision.requested.trigger) == (26_013, "weekly")
    assert released.balance("seller:ada:available") == 26_013


def test_the_same_run_twice_pays_once(released: Shop) -> None:
    cutoff = released.clock.now()
    first, again = released.core.paying_out.run(cutoff), released.core.paying_out.run(cutoff)
    assert len(first) == 1
    assert again == []  # nothing is left to decide about
    assert len(released.events(PayoutRequested)) == 1


def test_one_seller_who_cannot_be_paid_does_not_stop_the_others(released: Shop) -> None:
    released.release("2", seller_id=SellerId(UserId("aa-nobody-knows")))
    released.release("3", seller_id=CY)
    released.onboard(CY)
    decisions = released.core.paying_out.run(released.clock.now())
    assert {decision.seller_id: type(decision.refusal) for decision in decisions} == {
        "aa-nobody-knows": SellerNotFound, ADA: type(None), CY: type(None),
    }  # fmt: skip
    assert len(released.events(PayoutRequested)) == 2


def test_the_weekly_run_happens_once_a_week_however_often_it_is_asked(released: Shop) -> None:
    monday = last_monday(released.clock.now()) + timedelta(weeks=1)
    released.clock.time = monday - timedelta(seconds=1)
    assert released.core.paying_out.run_scheduled() == 0  # last Monday nothing was released
    released.clock.time = monday + timedelta(hours=30)  # the worker slept through Monday
    assert released.core.paying_out.run_scheduled() == 1
    released.clock.advance(hours=1)
    assert released.core.paying_out.run_scheduled() == 0
    assert len(released.events(PayoutRequested)) == 1


def test_every_week_has_a_payout_of_its_own(released: Shop) -> None:
    for number in (2, 3):
        released.clock.time = last_monday(released.clock.now()) + timedelta(weeks=1)
        assert released.core.paying_out.run_scheduled() == 1
        released.core.payout_queue.run()
        released.runner.catch_up()
        released.core.outbox_dispatcher.drain()
        released.arrive()
        released.release(str(number))
    assert len({event.payout_id for event in released.events(PayoutRequested)}) == 2


def test_who_is_ready_after_the_weekly_run_waits_for_the_next(released: Shop) -> None:
    released.release("2", seller_id=CY)
    released.onboard(CY, ready=False)
    released.clock.time = last_monday(released.clock.now()) + timedelta(weeks=1)
    assert released.core.paying_out.run_scheduled() == 1
    released.onboard(CY)
    released.clock.advance(days=6)
    assert released.core.paying_out.run_scheduled() == 0
    released.clock.advance(days=1)
    assert released.core.paying_out.run_scheduled() == 1


# Schedules ----------------------------------------------------------------------------------


def choose(shop: Shop, schedule: Schedule) -> None:
    shop.handle(ChoosePayoutSchedule(ADA, schedule, shop.clock.now()))


def test_a_monthly_seller_is_paid_on_the_first(released: Shop) -> None:
    choose(released, "monthly")
    released.clock.time = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)  # a Monday
    assert released.core.paying_out.run_scheduled() == 0
    released.clock.time = datetime(2026, 12, 3, tzinfo=UTC)  # the worker slept through the first
    assert released.core.paying_out.run_scheduled() == 1
    (requested,) = released.events(PayoutRequested)
    assert requested.trigger == "monthly"
    assert released.core.paying_out.run_scheduled() == 0


def test_a_seller_on_request_is_paid_by_no_run(released: Shop) -> None:
    choose(released, "on_request")
    released.clock.advance(days=40)
    assert released.core.paying_out.run_scheduled() == 0
    (decision,) = released.core.paying_out.run(released.clock.now())
    assert isinstance(decision.refusal, PaidOnRequest)
    assert released.core.paying_out.request(ADA, "USD", request_id="r").requested


def test_without_a_cutoff_each_seller_has_the_last_one_of_their_schedule(released: Shop) -> None:
    released.release("2", seller_id=CY)
    released.onboard(CY)
    choose(released, "monthly")
    released.clock.time = datetime(2026, 11, 27, tzinfo=UTC)
    ada, cy = released.core.paying_out.run()
    assert isinstance(ada.refusal, NothingToPayOut)  # on the first of November there was nothing
    assert cy.requested is None  # released on Tuesday, after the Monday
    released.clock.time = datetime(2026, 12, 1, tzinfo=UTC)
    ada, cy = released.core.paying_out.run()
    assert (ada.requested is not None, cy.requested is not None) == (True, True)


def test_a_fault_keeps_the_scheduled_run_due(released: Shop, monkeypatch: MonkeyPatch) -> None:
    """Losing to others again and again is no reason to wait for another week."""
    released.clock.advance(days=7)
    paying_out = released.core.paying_out
    with monkeypatch.context() as patch:
        patch.setattr(paying_out, "_submit", _busy)
        assert paying_out.run_scheduled() == 0
    assert paying_out.run_scheduled() == 1


def _busy(_: object) -> PayoutDecision:
    raise Conflict("others were faster again and again")


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_runs_follow_each_other(now: datetime) -> None:
    monday, first = next_run("weekly", now), next_run("monthly", now)
    assert monday is not None
    assert first is not None
    assert last_monday(monday) == monday > now
    assert first_of_month(first) == first > now
    assert first_of_month(first - timedelta(seconds=1)) == first_of_month(now)
    assert next_run("on_request", now) is None


# Who is not paid ----------------------------------------------------------------------------


def test_a_paused_seller_is_paid_by_nobody_until_released(released: Shop) -> None:
    desk, paying_out = released.core.payout_administration, released.core.paying_out
    desk.pause(ADA, reason="an identity check is open", by=BOSS)
    with pytest.raises(SellerPaused, match="identity check"):
        paying_out.request(ADA, "USD", request_id="r")
    (decision,) = paying_out.run(released.clock.now())
    assert isinstance(decision.refusal, SellerPaused)
    desk.release(ADA, reason="the check passed", by=BOSS)
    assert paying_out.request(ADA, "USD", request_id="r").requested


def test_a_seller_with_an_open_break_waits_until_it_is_explained(released: Shop) -> None:
    now = released.clock.now()
    opening = OpenBreak(
        BreakId("txn_9"), "unexplained_transaction", "tr_9", "USD", -500, 0, None,
        "payouts-ada-USD", "a transfer settled twice", now,
    )  # fmt: skip
    released.handle(opening)
    Runner(released.core.store, [BREAKS.follower()]).catch_up()
    with pytest.raises(SellerHasOpenBreak, match="txn_9"):
        released.core.paying_out.request(ADA, "USD", request_id="r")
    released.handle(ResolveBreak(BreakId("txn_9"), "bank", "sent by hand", now))
    Runner(released.core.store, [BREAKS.follower()]).catch_up()
    assert released.core.paying_out.request(ADA, "USD", request_id="r").requested


def test_a_break_about_an_order_is_one_about_its_seller(released: Shop) -> None:
    now = released.clock.now()
    opening = OpenBreak(
        BreakId("ch_9"), "unexpected_payment", "ch_9", "USD", 500, 0, None, "order-1", "paid twice",
        now,
    )  # fmt: skip
    released.handle(opening)
    late = OpenBreak(
        BreakId("u"), "unsettled_fact", "ch_1", "USD", 500, 0, None, "order-1", "late", now
    )
    released.handle(late)
    Runner(released.core.store, [BREAKS.follower(), SALES.follower()]).catch_up()
    assert released.core.views.open_breaks_by_seller() == {"ada": ["ch_9"]}


# Calling it off -----------------------------------------------------------------------------


def test_a_seller_calls_off_what_was_not_sent(released: Shop) -> None:
    paying_out = released.core.paying_out
    requested = paying_out.request(ADA, "USD", request_id="r").requested
    assert requested is not None
    cancel = released.core.payout_administration.cancel
    with pytest.raises(PayoutNotFound):
        cancel(requested.payout_id, reason="", by=CY, seller_id=CY)
    cancel(requested.payout_id, reason="", by=ADA, seller_id=ADA)
    assert released.balance("seller:ada:available") == 26_013
    again = paying_out.request(ADA, "USD", request_id="s").requested
    assert again is not None
    released.core.payout_queue.run()
    with pytest.raises(PayoutUnderWay):
        cancel(again.payout_id, reason="", by=ADA, seller_id=ADA)


# Why not the rest ---------------------------------------------------------------------------


def waiting(shop: Shop, cutoff: datetime | None = None) -> list[tuple[str, int, datetime | None]]:
    (decision,) = shop.core.paying_out.run(cutoff, dry_run=True)
    return [(part.reason, part.amount_minor, part.until) for part in decision.waiting]


def test_what_is_on_hold_says_until_when(released: Shop) -> None:
    now = released.clock.now()
    released.place("2")
    released.handle(released.paying("2"))
    released.runner.catch_up()
    (decision,) = released.core.paying_out.run(now, dry_run=True)
    assert decision.requested is not None
    assert waiting(released, now) == [("pending", 26_013, now + timedelta(days=7))]


def test_what_was_released_after_the_cutoff_waits_for_the_next_run(released: Shop) -> None:
    monday = last_monday(released.clock.now())
    assert waiting(released) == [("after_cutoff", 26_013, monday + timedelta(weeks=1))]


def test_a_balance_below_zero_and_what_is_disputed(released: Shop) -> None:
    released.pay_out()
    released.arrive()
    released.refund("1")
    assert waiting(released) == [("negative", -26_910, None)]


def test_a_payout_that_waits_says_where(released: Shop) -> None:
    released.core.paying_out.request(ADA, "USD", request_id="r")
    assert waiting(released) == [("requested", 26_013, None)]
    released.payments.available = {}
    released.core.payout_queue.run()
    assert waiting(released) == [("queued", 26_013, None)]
    released.release("2")
    assert waiting(released, released.clock.now()) == [
        ("in_flight", 26_013, None),
        ("queued", 26_013, None),
    ]


def test_a_reserve_says_until_when(shop: Shop) -> None:
    shop.onboard()
    shop.handle(replace(shop.placing("1"), reserve=ReserveTerms(1_000)))
    shop.handle(shop.paying("1"))
    shop.clock.advance(days=7)
    now = shop.clock.now()
    shop.runner.catch_up()
    shop.core.deadlines.run()
    shop.runner.catch_up()
    (decision,) = shop.core.paying_out.run(now, dry_run=True)
    assert decision.requested is not None
    assert decision.requested.amount_minor + 2_601 == 26_013
    assert waiting(shop, now) == [("reserve", 2_601, now + timedelta(days=30))]


def test_what_a_refund_or_a_dispute_may_take_is_not_paid(released: Shop) -> None:
    now = released.clock.now()
    opening = OpenDispute(
        OrderId("1"), DisputeId("dp_1"), "ch_1", "USD", 29_900, "fraudulent", False, None, now
    )
    released.handle(opening)
    withdrawn = WithdrawDispute(OrderId("1"), DisputeId("dp_1"), "txn_d", "USD", 29_900, 1_500, now)
    released.handle(withdrawn)
    assert waiting(released, now) == [("negative", -2_397, None), ("disputed", 26_910, None)]


def test_the_parts_sum_to_all_that_is_owed(released: Shop) -> None:
    released.place("2")
    released.handle(released.paying("2"))
    released.runner.catch_up()
    (decision,) = released.core.paying_out.run(released.clock.now(), dry_run=True)
    assert decision.requested is not None
    total = decision.requested.amount_minor + sum(part.amount_minor for part in decision.waiting)
    assert total == 2 * 26_013


@pytest.mark.parametrize("reason", ["paused", "on_request"])
def test_released_money_that_is_kept_back_says_why(released: Shop, reason: str) -> None:
    if reason == "paused":
        released.core.payout_administration.pause(ADA, reason="check", by=BOSS)
    else:
        choose(released, "on_request")
    assert waiting(released, released.clock.now()) == [(reason, 26_013, None)]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_weekly_cutoff_is_the_monday_before(now: datetime) -> None:
    monday = last_monday(now)
    assert (monday.weekday(), monday.hour, monday.tzinfo) == (0, 0, UTC)
    assert timedelta(0) <= now - monday < timedelta(days=7)
