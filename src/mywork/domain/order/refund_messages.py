"""A refund's words: requested, approved or declined, made by Stripe, succeeded or failed.

A refund's shares are fixed when it is requested, and the seller's is set aside until its outcome
is known: out of release and payout, and not spent twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mywork.domain.charge.state import RefundOutcome
from mywork.domain.identifiers import OrderId, RefundId, SellerId

RefundAsker = Literal["buyer", "seller", "admin", "stripe"]


# Commands ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestRefund:
    """`amount_minor` is in the order's currency; None asks for all that is left."""

    order_id: OrderId
    refund_id: RefundId
    amount_minor: int | None
    asked_by: RefundAsker
    reason: str
    at: datetime
    platform_bears_fee: bool = False


@dataclass(frozen=True, slots=True)
class ApproveRefund:
    order_id: OrderId
    refund_id: RefundId
    at: datetime


@dataclass(frozen=True, slots=True)
class DeclineRefund:
    order_id: OrderId
    refund_id: RefundId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefuseRefund:
    """Stripe refused to make the refund, for good; nothing has moved."""

    order_id: OrderId
    refund_id: RefundId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordRefund:
    """The refund exists at Stripe. `refund_id` is empty where it was not made by us."""

    order_id: OrderId
    stripe_refund_id: str
    refund_id: RefundId
    currency: str
    amount_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ConcludeRefund:
    order_id: OrderId
    stripe_refund_id: str
    outcome: RefundOutcome
    failure_reason: str
    at: datetime


# Events ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RefundRequested:
    """A refund's shares are fixed, and the seller's is set aside, until its outcome is known.

    `asked_minor` of `asked_currency` is what the buyer gets; the other amounts are what it costs
    whom, and sum to `amount_minor`. `excess_minor` is what the order no longer covers.
    """

    order_id: OrderId
    refund_id: RefundId
    seller_id: SellerId
    asked_by: RefundAsker
    reason: str
    asked_currency: str
    asked_minor: int
    currency: str
    amount_minor: int
    seller_minor: int
    commission_minor: int
    processing_minor: int
    excess_minor: int
    from_pending_minor: int
    from_reserve_minor: int
    from_available_minor: int
    platform_bears_fee: bool


@dataclass(frozen=True, slots=True)
class RefundApproved:
    """Stripe is to be asked for it."""

    order_id: OrderId
    refund_id: RefundId
    payment_intent_id: str
    asked_currency: str
    asked_minor: int


@dataclass(frozen=True, slots=True)
class RefundDeclined:
    """A person, or a dispute for the same money, said no; the seller has the share back."""

    order_id: OrderId
    refund_id: RefundId
    seller_id: SellerId
    reason: str
    currency: str
    seller_minor: int
    to_pending_minor: int
    to_available_minor: int


@dataclass(frozen=True, slots=True)
class RefundRefused:
    """Stripe said no; the seller has the share back."""

    order_id: OrderId
    refund_id: RefundId
    seller_id: SellerId
    reason: str
    currency: str
    seller_minor: int
    to_pending_minor: int
    to_available_minor: int


@dataclass(frozen=True, slots=True)
class RefundCreated:
    """The refund exists at Stripe."""

    order_id: OrderId
    refund_id: RefundId
    seller_id: SellerId
    stripe_refund_id: str
    currency: str
    amount_minor: int
    seller_minor: int
    commission_minor: int
    processing_minor: int
    excess_minor: int


@dataclass(frozen=True, slots=True)
class RefundSucceeded:
    order_id: OrderId
    refund_id: RefundId
    stripe_refund_id: str


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """The money came back: failed at the bank, or cancelled. Everybody has their part again."""

    order_id: OrderId
    refund_id: RefundId
    seller_id: SellerId
    stripe_refund_id: str
    cancelled: bool
    failure_reason: str
    currency: str
    amount_minor: int
    to_pending_minor: int
    to_available_minor: int
    commission_minor: int
    processing_minor: int
    excess_minor: int


@dataclass(frozen=True, slots=True)
class RefundSettled:
    """What the refund, or its return, did to Stripe's balance.

    `amount_minor` is what the refund was booked at; `moved_minor` what really moved; both
    positive going out, negative coming back. They differ only where rates do.
    """

    order_id: OrderId
    refund_id: RefundId
    stripe_refund_id: str
    transaction_id: str
    currency: str
    amount_minor: int
    moved_minor: int
    exchange_loss_minor: int
    fee_minor: int
    available_on: datetime | None


RefundMoneyEvent = (
    RefundRequested | RefundDeclined | RefundRefused | RefundCreated | RefundFailed | RefundSettled
)
RefundEvent = RefundMoneyEvent | RefundApproved | RefundSucceeded
EVENTS = {
    "order.refund_requested.v1": RefundRequested,
    "order.refund_approved.v1": RefundApproved,
    "order.refund_declined.v1": RefundDeclined,
    "order.refund_refused.v1": RefundRefused,
    "order.refund_created.v1": RefundCreated,
    "order.refund_succeeded.v1": RefundSucceeded,
    "order.refund_failed.v1": RefundFailed,
    "order.refund_settled.v1": RefundSettled,
}
