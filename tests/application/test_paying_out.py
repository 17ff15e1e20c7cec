"""Paying sellers: whoever asks, and however many at once, the same money leaves once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import ADA, Shop

from mywork.application.payouts import last_monday
from mywork.domain import payout
from mywork.domain.errors import (
    Conflict,
    NothingToPayOut,
    NotPossibleNow,
    PayoutBelowMinimum,
    SellerNotFound,
    SellerNotOnboarded,
)
from mywork.domain.identifiers import SellerId, UserId

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


def test_fifty_requests_at_once_make_one_payout(released: Shop) -> None:
    def ask(number: int) -> str:
        try:
            released.core.paying_out.request(ADA, "USD", request_id=str(number))
        except (NotPossibleNow, Conflict) as refusal:
            return type(refusal).__name__
        return "paid"

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(50)))
    assert answers.count("paid") == 1
    assert set(answers) <= {"paid", "PayoutInFlight", "NothingToPayOut", "InsufficientFunds"}
    assert len(released.events(payout.PayoutRequested)) == 1
    assert released.balance("seller:ada:in_payout") == 26_013


def test_the_same_request_twice_is_one_payout_with_one_answer(released: Shop) -> None:
    first = released.core.paying_out.request(ADA, "USD", request_id="r")
    again = released.core.paying_out.request(ADA, "USD", request_id="r")
    assert again.requested == first.requested
    assert len(released.events(payout.PayoutRequested)) == 1


def test_nothing_released_is_nothing_to_pay_out(shop: Shop) -> None:
    shop.onboard()
    shop.place("1")
    shop.handle(shop.paying("1"))
    with pytest.raises(NothingToPayOut):
        shop.core.paying_out.request(ADA, "USD", request_id="r")


def test_less_than_the_minimum_waits(shop: Shop) -> None:
    shop.onboard()
    product_id = shop.publish(price_minor=500)
    placed = shop.core.checkout.place(UserId("bo"), product_id, "standard", request_id="r")
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
    assert len(released.events(payout.PayoutRequested)) == 1


def test_one_seller_who_cannot_be_paid_does_not_stop_the_others(released: Shop) -> None:
    released.release("2", seller_id=SellerId(UserId("aa-nobody-knows")))
    released.release("3", seller_id=CY)
    released.onboard(CY)
    decisions = released.core.paying_out.run(released.clock.now())
    assert {decision.seller_id: type(decision.refusal) for decision in decisions} == {
        "aa-nobody-knows": SellerNotFound, ADA: type(None), CY: type(None),
    }  # fmt: skip
    assert len(released.events(payout.PayoutRequested)) == 2


def test_the_weekly_run_happens_once_a_week_however_often_it_is_asked(released: Shop) -> None:
    monday = last_monday(released.clock.now()) + timedelta(weeks=1)
    released.clock.time = monday - timedelta(seconds=1)
    assert released.core.paying_out.run_weekly() == 0  # last Monday nothing was released
    released.clock.time = monday + timedelta(hours=30)  # the worker slept through Monday
    assert released.core.paying_out.run_weekly() == 1
    released.clock.advance(hours=1)
    assert released.core.paying_out.run_weekly() == 0
    assert len(released.events(payout.PayoutRequested)) == 1


def test_who_is_ready_after_the_weekly_run_waits_for_the_next(released: Shop) -> None:
    released.release("2", seller_id=CY)
    released.onboard(CY, ready=False)
    released.clock.time = last_monday(released.clock.now()) + timedelta(weeks=1)
    assert released.core.paying_out.run_weekly() == 1
    released.onboard(CY)
    released.clock.advance(days=6)
    assert released.core.paying_out.run_weekly() == 0
    released.clock.advance(days=1)
    assert released.core.paying_out.run_weekly() == 1


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_weekly_cutoff_is_the_monday_before(now: datetime) -> None:
    monday = last_monday(now)
    assert (monday.weekday(), monday.hour, monday.tzinfo) == (0, 0, UTC)
    assert timedelta(0) <= now - monday < timedelta(days=7)
