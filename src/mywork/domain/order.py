"""An order: placed, paid through Stripe or granted free, settled, released; or expired.

Amounts are decided here, once, and stored in the events: a later fee schedule never rewrites
them. Refunds and disputes belong to this boundary too, since their rule is the order's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, assert_never

from mywork.domain.decider import Decider
from mywork.domain.errors import (
    AlreadyExists,
    HoldNotOver,
    OrderNotFound,
    OrderNotPayable,
    OwnProduct,
    PaymentDisagrees,
    PredecessorMissing,
)
from mywork.domain.fees import FeeSchedule, check_price, quote
from mywork.domain.identifiers import OrderId, ProductId, SellerId, UserId
from mywork.domain.money import Money

PAYABLE_FOR = timedelta(hours=24)
HOLD = timedelta(days=7)

Licence = Literal["standard", "extended", "enterprise"]


# Commands -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    order_id: OrderId
    order_number: str
    buyer_id: UserId
    seller_id: SellerId
    product_id: ProductId
    product_title: str
    product_version: int
    licence: Licence
    price_minor: int
    schedule: FeeSchedule
    at: datetime


@dataclass(frozen=True, slots=True)
class InitiatePayment:
    order_id: OrderId
    payment_intent_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FailPaymentAttempt:
    """A declined attempt is a fact, not the end: the same intent stays payable."""

    order_id: OrderId
    payment_intent_id: str
    failure_code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PayOrder:
    """Stripe says that a payment succeeded, in the payment intent's own words."""

    order_id: OrderId
    payment_intent_id: str
    charge_id: str
    currency: str
    amount_minor: int
    live: bool
    live_expected: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class SettlePayment:
    """The charge's balance transaction. `exchange_rate` is decimal text, empty without one."""

    order_id: OrderId
    transaction_id: str
    charge_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    available_on: datetime
    exchange_rate: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MakeFundsAvailable:
    """Stripe's `available_on` has passed: no webhook says so, the clock does."""

    order_id: OrderId
    at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseFunds:
    order_id: OrderId
    at: datetime


@dataclass(frozen=True, slots=True)
class ExpireOrder:
    order_id: OrderId
    at: datetime


Command = (
    PlaceOrder
    | InitiatePayment
    | FailPaymentAttempt
    | PayOrder
    | SettlePayment
    | MakeFundsAvailable
    | ReleaseFunds
    | ExpireOrder
)


# Events -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """The terms of the sale, as they were: price, division, licence, product version."""

    order_id: OrderId
    order_number: str
    buyer_id: UserId
    seller_id: SellerId
    product_id: ProductId
    product_title: str
    product_version: int
    licence: Licence
    currency: str
    price_minor: int
    seller_share_minor: int
    commission_minor: int
    processing_fee_minor: int
    fee_schedule: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OrderGranted:
    """A free order was completed at once; no money, no call to Stripe."""

    order_id: OrderId
    buyer_id: UserId
    seller_id: SellerId
    product_id: ProductId


@dataclass(frozen=True, slots=True)
class PaymentInitiated:
    order_id: OrderId
    payment_intent_id: str


@dataclass(frozen=True, slots=True)
class PaymentAttemptFailed:
    order_id: OrderId
    payment_intent_id: str
    failure_code: str


@dataclass(frozen=True, slots=True)
class OrderPaid:
    order_id: OrderId
    buyer_id: UserId
    seller_id: SellerId
    product_id: ProductId
    payment_intent_id: str
    charge_id: str
    currency: str
    amount_minor: int
    seller_share_minor: int
    commission_minor: int
    processing_fee_minor: int
    hold_until: datetime


@dataclass(frozen=True, slots=True)
class PaymentSettled:
    """What the charge did to Stripe's balance: `amount_minor` less the actual fee."""

    order_id: OrderId
    transaction_id: str
    charge_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    available_on: datetime
    exchange_rate: str


@dataclass(frozen=True, slots=True)
class FundsAvailable:
    order_id: OrderId
    transaction_id: str
    currency: str
    net_minor: int


@dataclass(frozen=True, slots=True)
class FundsReleased:
    order_id: OrderId
    seller_id: SellerId
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class OrderExpired:
    order_id: OrderId
    payment_intent_id: str


Event = (
    OrderPlaced
    | OrderGranted
    | PaymentInitiated
    | PaymentAttemptFailed
    | OrderPaid
    | PaymentSettled
    | FundsAvailable
    | FundsReleased
    | OrderExpired
)


# States -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Absent:
    """No such order yet."""


@dataclass(frozen=True, slots=True)
class Payable:
    terms: OrderPlaced
    payment_intent_id: str = ""


@dataclass(frozen=True, slots=True)
class Granted:
    terms: OrderPlaced


@dataclass(frozen=True, slots=True)
class Expired:
    terms: OrderPlaced


@dataclass(frozen=True, slots=True)
class Paid:
    terms: OrderPlaced
    payment: OrderPaid
    settlement: PaymentSettled | None = None
    available: bool = False
    released: bool = False


State = Absent | Payable | Granted | Expired | Paid


# Verbs --------------------------------------------------------------------------------------


def _place(command: PlaceOrder, state: State) -> Sequence[Event]:
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
        return (placed,)
    granted = OrderGranted(
        command.order_id, command.buyer_id, command.seller_id, command.product_id
    )
    return (placed, granted)


def _initiate(command: InitiatePayment, state: State) -> Sequence[Event]:
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


def _fail_attempt(command: FailPaymentAttempt, state: State) -> Sequence[Event]:
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


def _pay(command: PayOrder, state: State) -> Sequence[Event]:
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


def _settle(command: SettlePayment, state: State) -> Sequence[Event]:
    match state:
        case Paid(settlement=None, payment=payment) if payment.charge_id == command.charge_id:
            if command.currency != payment.currency:
                raise PaymentDisagrees(f"{command.transaction_id} settled in {command.currency}")
            return (
                PaymentSettled(
                    order_id=command.order_id,
                    transaction_id=command.transaction_id,
                    charge_id=command.charge_id,
                    currency=command.currency,
                    amount_minor=command.amount_minor,
                    fee_minor=command.fee_minor,
                    available_on=command.available_on,
                    exchange_rate=command.exchange_rate,
                ),
            )
        case Paid(settlement=PaymentSettled() as known) if (
            known.transaction_id == command.transaction_id
        ):
            return ()
        case Paid(settlement=PaymentSettled() as known):
            raise PaymentDisagrees(
                f"{command.transaction_id} settles what {known.transaction_id} has settled"
            )
        case _:
            raise PredecessorMissing(
                f"{command.transaction_id} settles {command.charge_id}, which is not recorded yet"
            )


def _make_available(command: MakeFundsAvailable, state: State) -> Sequence[Event]:
    match state:
        case Paid(available=True):
            return ()
        case Paid(settlement=PaymentSettled() as settled):
            if command.at < settled.available_on:
                raise HoldNotOver(f"Stripe makes these funds available on {settled.available_on}")
            net_minor = settled.amount_minor - settled.fee_minor
            return (
                FundsAvailable(
                    command.order_id, settled.transaction_id, settled.currency, net_minor
                ),
            )
        case _:
            raise PredecessorMissing(f"order {command.order_id} has not been settled yet")


def _release(command: ReleaseFunds, state: State) -> Sequence[Event]:
    match state:
        case Paid(released=True):
            return ()
        case Paid(payment=payment):
            if command.at < payment.hold_until:
                raise HoldNotOver(f"the hold ends on {payment.hold_until}")
            return (
                FundsReleased(
                    order_id=command.order_id,
                    seller_id=payment.seller_id,
                    currency=payment.currency,
                    amount_minor=payment.seller_share_minor,
                ),
            )
        case _:
            raise OrderNotPayable(f"order {command.order_id} holds no funds")


def _expire(command: ExpireOrder, state: State) -> Sequence[Event]:
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


# The decider --------------------------------------------------------------------------------


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case PlaceOrder():
            return _place(command, state)
        case InitiatePayment():
            return _initiate(command, state)
        case FailPaymentAttempt():
            return _fail_attempt(command, state)
        case PayOrder():
            return _pay(command, state)
        case SettlePayment():
            return _settle(command, state)
        case MakeFundsAvailable():
            return _make_available(command, state)
        case ReleaseFunds():
            return _release(command, state)
        case ExpireOrder():
            return _expire(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match state, event:
        case _, OrderPlaced():
            return Payable(event)
        case Payable(), OrderGranted():
            return Granted(state.terms)
        case Payable(), PaymentInitiated():
            return replace(state, payment_intent_id=event.payment_intent_id)
        case Payable(), OrderPaid():
            return Paid(state.terms, event)
        case Payable(), OrderExpired():
            return Expired(state.terms)
        case Paid(), PaymentSettled():
            return replace(state, settlement=event)
        case Paid(), FundsAvailable():
            return replace(state, available=True)
        case Paid(), FundsReleased():
            return replace(state, released=True)
        case _:
            return state


def stream(command: Command) -> str:
    return stream_of(command.order_id)


def stream_of(order_id: OrderId) -> str:
    return f"order-{order_id}"


decider: Decider[Command, Event, State] = Decider(Absent(), decide, evolve, stream)
