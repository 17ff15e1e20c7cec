"""A sale's words: placed, paid through Stripe or granted free, or expired.

Amounts are decided here, once, and stored in the events: a later fee schedule never rewrites them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mywork.domain.fees import NO_RESERVE, FeeSchedule, ReserveTerms
from mywork.domain.identifiers import OrderId, ProductId, SellerId, UserId

Licence = Literal["standard", "extended", "enterprise"]


# Commands --------------------------------------------------------------------------------------


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
    reserve: ReserveTerms = NO_RESERVE


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
class ExpireOrder:
    order_id: OrderId
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordDownload:
    """The buyer has taken the goods: from now on a person decides about refunds."""

    order_id: OrderId
    at: datetime


# Events ----------------------------------------------------------------------------------------


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
class OrderExpired:
    order_id: OrderId
    payment_intent_id: str


@dataclass(frozen=True, slots=True)
class ReserveAgreed:
    """A share of the seller's money will be kept for a while after the hold."""

    order_id: OrderId
    basis_points: int
    days: int


@dataclass(frozen=True, slots=True)
class OrderDownloaded:
    """For the first time."""

    order_id: OrderId


SaleEvent = (
    OrderPlaced
    | OrderGranted
    | PaymentInitiated
    | PaymentAttemptFailed
    | OrderPaid
    | OrderExpired
    | ReserveAgreed
    | OrderDownloaded
)
EVENTS = {
    "order.placed.v1": OrderPlaced,
    "order.granted.v1": OrderGranted,
    "order.payment_initiated.v1": PaymentInitiated,
    "order.payment_attempt_failed.v1": PaymentAttemptFailed,
    "order.paid.v1": OrderPaid,
    "order.expired.v1": OrderExpired,
    "order.reserve_agreed.v1": ReserveAgreed,
    "order.downloaded.v1": OrderDownloaded,
}
