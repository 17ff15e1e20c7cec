"""Selling: an order is placed, paid, granted or left to expire."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from mywork.domain.decider import Decisions
from mywork.domain.errors import (
    AlreadyExists,
    HoldNotOver,
    OrderNotFound,
    OrderNotPayable,
    OwnProduct,
    PaymentDisagrees,
)
from mywork.domain.fees import check_price, quote
from mywork.domain.money import Money
from mywork.domain.order.sale_messages import (
    ExpireOrder,
    FailPaymentAttempt,
    InitiatePayment,
    OrderDownloaded,
    OrderExpired,
    OrderGranted,
    OrderPaid,
    OrderPlaced,
    PaymentAttemptFailed,
    PaymentInitiated,
    PayOrder,
    PlaceOrder,
    RecordDownload,
    ReserveAgreed,
    SaleEvent,
)
from mywork.domain.order.state import Absent, Expired, Granted, OrderState, Paid, Payable

PAYABLE_FOR = timedelta(hours=24)
HOLD = timedelta(days=7)


def paid_at(payment: OrderPaid) -> datetime:
    """The hold began with the payment."""
    return payment.hold_until - HOLD


def place(command: PlaceOrder, state: OrderState) -> Sequence[SaleEvent]:
    if not isinstance(state, Absent):
        raise AlreadyExists(f"order {command.order_id} exists already")
    if command.buyer_id == command.seller_id:
        raise OwnProduct("sellers cannot buy their own products")
    check_price(command.price_minor, command.schedule)
    parts = quote(command.price_minor, command.schedule)
    placed = OrderPlaced(
        order_id=command.order_id,
        order_number=command.order_number,
        buyer_id=command.buyer_id,
        seller_id=command.seller_id,
        product_id=command.product_id,
        product_title=command.product_title,
        product_version=command.product_version,
        licence=command.licence,
        currency=command.schedule.currency,
        price_minor=command.price_minor,
        seller_share_minor=parts.seller_share_minor,
        commission_minor=parts.commission_minor,
        processing_fee_minor=parts.processing_fee_minor,
        fee_schedule=command.schedule.id,
        expires_at=command.at + PAYABLE_FOR,
    )
    if command.price_minor:
        return (placed, *_agreed_reserve(command))
    granted = OrderGranted(
        command.order_id, command.buyer_id, command.seller_id, command.product_id
    )
    return (placed, granted)


def initiate(command: InitiatePayment, state: OrderState) -> Sequence[SaleEvent]:
    match state:
        case Payable(payment_intent_id=""):
            return (PaymentInitiated(command.order_id, command.payment_intent_id),)
        case Payable(payment_intent_id=known) if known == command.payment_intent_id:
            return ()
        case Paid(payment=payment) if payment.payment_intent_id == command.payment_intent_id:
            return ()
        case Absent():
            raise OrderNotFound(f"there is no order {command.order_id}")
        case _:
            raise OrderNotPayable(f"order {command.order_id} cannot be paid (any more)")


def fail_attempt(command: FailPaymentAttempt, state: OrderState) -> Sequence[SaleEvent]:
    match state:
        case Payable():
            return (
                PaymentAttemptFailed(
                    command.order_id, command.payment_intent_id, command.failure_code
                ),
            )
        case Absent() | Granted() | Expired() | Paid():
            return ()  # an attempt from before the order was closed changes nothing
        case _:
            assert_never(state)


def pay(command: PayOrder, state: OrderState) -> Sequence[SaleEvent]:
    match state:
        case Payable():
            _check_agreement(command, state)
            return (_paid(command, state.terms),)
        case Paid(payment=payment) if payment.charge_id == command.charge_id:
            return ()
        case Absent():
            # An order is committed before its intent is made, so none will come later.
            raise PaymentDisagrees(f"{command.charge_id} pays for an order that does not exist")
        case Expired():
            raise PaymentDisagrees(f"the order expired before {command.charge_id} was paid")
        case Granted() | Paid():
            raise PaymentDisagrees(f"the order needs no payment, yet {command.charge_id} came")
        case _:
            assert_never(state)


def _check_agreement(command: PayOrder, state: Payable) -> None:
    terms = state.terms
    if (command.amount_minor, command.currency) != (terms.price_minor, terms.currency):
        expected = Money(terms.price_minor, terms.currency)
        found = Money(command.amount_minor, command.currency)
        raise PaymentDisagrees(f"the order asks {expected}, the payment is {found}")
    if command.live != command.live_expected:
        raise PaymentDisagrees("a test payment met a live order, or the reverse")
    if state.payment_intent_id and state.payment_intent_id != command.payment_intent_id:
        raise PaymentDisagrees(
            f"the order's intent is {state.payment_intent_id}, not {command.payment_intent_id}"
        )


def _paid(command: PayOrder, terms: OrderPlaced) -> OrderPaid:
    return OrderPaid(
        order_id=command.order_id,
        buyer_id=terms.buyer_id,
        seller_id=terms.seller_id,
        product_id=terms.product_id,
        payment_intent_id=command.payment_intent_id,
        charge_id=command.charge_id,
        currency=terms.currency,
        amount_minor=command.amount_minor,
        seller_share_minor=terms.seller_share_minor,
        commission_minor=terms.commission_minor,
        processing_fee_minor=terms.processing_fee_minor,
        hold_until=command.at + HOLD,
    )


def expire(command: ExpireOrder, state: OrderState) -> Sequence[SaleEvent]:
    match state:
        case Payable(terms=terms, payment_intent_id=intent):
            if command.at < terms.expires_at:
                raise HoldNotOver(f"the order can be paid until {terms.expires_at}")
            return (OrderExpired(command.order_id, intent),)
        case Absent():
            raise OrderNotFound(f"there is no order {command.order_id}")
        case Granted() | Expired() | Paid():
            return ()
        case _:
            assert_never(state)


def record_download(command: RecordDownload, state: OrderState) -> Sequence[SaleEvent]:
    match state:
        case Paid(downloaded=False):
            return (OrderDownloaded(command.order_id),)
        case Paid() | Granted():
            return ()
        case _:
            raise OrderNotFound(f"there is no completed order {command.order_id}")


def _agreed_reserve(command: PlaceOrder) -> Sequence[SaleEvent]:
    terms = command.reserve
    if not terms.basis_points:
        return ()
    return (ReserveAgreed(command.order_id, terms.basis_points, terms.days),)


DECISIONS: Decisions = {
    PlaceOrder: place,
    InitiatePayment: initiate,
    FailPaymentAttempt: fail_attempt,
    PayOrder: pay,
    ExpireOrder: expire,
    RecordDownload: record_download,
}
