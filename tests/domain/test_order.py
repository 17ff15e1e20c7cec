"""Orders: for every command what happens, what is refused, and when nothing happens."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from events import AT, EXAMPLES, ORDER_ID, PRODUCT_ID
from scenario import Scenario
from transactions import moved, otherwise

from mywork.domain.errors import (
    AlreadyExists,
    HoldNotOver,
    MoneyInvalid,
    OrderNotFound,
    OrderNotPayable,
    OwnProduct,
    PaymentDisagrees,
    PredecessorMissing,
)
from mywork.domain.fees import SCHEDULES
from mywork.domain.order.decider import ORDER
from mywork.domain.order.sale_messages import (
    ExpireOrder,
    FailPaymentAttempt,
    InitiatePayment,
    OrderGranted,
    OrderPlaced,
    PayOrder,
    PlaceOrder,
)
from mywork.domain.order.settlement_messages import MakeFundsAvailable, ReleaseFunds, SettleOrder

DAY = timedelta(days=1)
PLACED: Any = EXAMPLES["order.placed.v1"]
INITIATED: Any = EXAMPLES["order.payment_initiated.v1"]
PAID: Any = EXAMPLES["order.paid.v1"]
SETTLED: Any = EXAMPLES["order.payment_settled.v1"]
AVAILABLE: Any = EXAMPLES["order.funds_available.v1"]
RELEASED: Any = EXAMPLES["order.funds_released.v1"]
EXPIRED: Any = EXAMPLES["order.expired.v1"]
GRANTED: Any = EXAMPLES["order.granted.v1"]

empty = Scenario(ORDER)
placed = empty.given(PLACED)
payable = placed.given(INITIATED)
paid = payable.given(PAID)
settled = paid.given(SETTLED)
expired = payable.given(EXPIRED)
granted = placed.given(GRANTED)

PLACE: Any = PlaceOrder(
    ORDER_ID, "MW-2026-00001", "bo", "ada", PRODUCT_ID, "SaaS starter", 1, "standard", 29_900,
    SCHEDULES["USD"], AT,
)  # fmt: skip
INITIATE: Any = InitiatePayment(ORDER_ID, "pi_1", AT)
FAIL: Any = FailPaymentAttempt(ORDER_ID, "pi_1", "generic_decline", AT)
PAY: Any = PayOrder(ORDER_ID, "pi_1", "ch_1", "USD", 29_900, False, False, AT)
SETTLE: Any = SettleOrder(
    ORDER_ID, moved("txn_1", "charge", "ch_1", 29_900, AT, fee_minor=897, available_on=AT + 2 * DAY)
)
MAKE_AVAILABLE: Any = MakeFundsAvailable(ORDER_ID, AT + 2 * DAY)
RELEASE: Any = ReleaseFunds(ORDER_ID, AT + 7 * DAY)
EXPIRE: Any = ExpireOrder(ORDER_ID, AT + DAY)


def test_placing_fixes_the_terms_of_the_sale() -> None:
    empty.when(PLACE).then(PLACED)


def test_a_free_order_is_granted_at_once() -> None:
    events = empty.when(replace(PLACE, price_minor=0)).events()
    assert [type(event) for event in events] == [OrderPlaced, OrderGranted]


def test_placing_is_refused_to_the_seller_twice_and_beyond_the_limits() -> None:
    empty.when(replace(PLACE, buyer_id="ada")).refused(OwnProduct)
    empty.when(replace(PLACE, price_minor=99)).refused(MoneyInvalid, "between 1.00 USD")
    placed.when(PLACE).refused(AlreadyExists)


def test_initiating_a_payment() -> None:
    placed.when(INITIATE).then(INITIATED)
    empty.when(INITIATE).refused(OrderNotFound)
    expired.when(INITIATE).refused(OrderNotPayable)
    granted.when(INITIATE).refused(OrderNotPayable)
    payable.when(replace(INITIATE, payment_intent_id="pi_2")).refused(OrderNotPayable)
    payable.when(INITIATE).nothing_new()
    paid.when(INITIATE).nothing_new()


def test_a_failed_attempt_is_a_fact_and_not_the_end() -> None:
    payable.when(FAIL).then(EXAMPLES["order.payment_attempt_failed.v1"])
    payable.given(EXAMPLES["order.payment_attempt_failed.v1"]).when(PAY).then(PAID)
    for closed in (empty, granted, expired, paid):
        closed.when(FAIL).nothing_new()


def test_paying() -> None:
    payable.when(PAY).then(PAID)
    paid.when(PAY).nothing_new()


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 29_899},
        {"currency": "EUR"},
        {"live": True},
        {"payment_intent_id": "pi_other"},
    ],
)
def test_a_payment_that_disagrees_is_unforeseen(change: dict[str, Any]) -> None:
    payable.when(replace(PAY, **change)).refused(PaymentDisagrees)


def test_money_for_a_closed_or_unknown_order_is_unforeseen() -> None:
    for closed in (empty, expired, granted):
        closed.when(PAY).refused(PaymentDisagrees)
    paid.when(replace(PAY, charge_id="ch_2")).refused(PaymentDisagrees, "needs no payment")


def test_settling() -> None:
    paid.when(SETTLE).then(SETTLED)
    settled.when(SETTLE).nothing_new()
    again = otherwise(SETTLE, id="txn_9")
    settled.when(again).refused(PaymentDisagrees, "txn_1 has settled")
    payable.when(SETTLE).refused(PredecessorMissing)
    paid.when(otherwise(SETTLE, amount_minor=29_800)).refused(PaymentDisagrees, "settled as 298")


def test_funds_become_available_when_stripe_said() -> None:
    settled.when(MAKE_AVAILABLE).then(AVAILABLE)
    settled.when(replace(MAKE_AVAILABLE, at=AT + DAY)).refused(HoldNotOver)
    paid.when(MAKE_AVAILABLE).refused(PredecessorMissing)
    settled.given(AVAILABLE).when(MAKE_AVAILABLE).nothing_new()


def test_held_funds_are_released_after_seven_days() -> None:
    paid.when(RELEASE).then(RELEASED)
    paid.when(replace(RELEASE, at=AT + 6 * DAY)).refused(HoldNotOver)
    payable.when(RELEASE).refused(OrderNotPayable)
    paid.given(RELEASED).when(RELEASE).nothing_new()


def test_an_unpaid_order_expires_after_a_day() -> None:
    payable.when(EXPIRE).then(EXPIRED)
    payable.when(replace(EXPIRE, at=AT)).refused(HoldNotOver)
    empty.when(EXPIRE).refused(OrderNotFound)
    for closed in (expired, paid, granted):
        closed.when(EXPIRE).nothing_new()
