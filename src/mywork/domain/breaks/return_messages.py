"""A payment that nobody expected goes back to whoever paid it."""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.identifiers import BreakId


@dataclass(frozen=True, slots=True)
class RecordReturn:
    """A refund of an unexpected payment exists at Stripe."""

    break_id: BreakId
    stripe_refund_id: str
    currency: str
    amount_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class FailReturn:
    """The refund failed or was cancelled: the money is ours to explain again."""

    break_id: BreakId
    stripe_refund_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MakeReturnAvailable:
    break_id: BreakId
    transaction_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaymentReturnAsked:
    """Nobody may keep this money: Stripe is to give it back to whoever paid."""

    break_id: BreakId
    charge_id: str


@dataclass(frozen=True, slots=True)
class PaymentReturned:
    """An unexpected payment was refunded; `amount_minor` leaves suspense."""

    break_id: BreakId
    object_id: str
    stripe_refund_id: str
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PaymentReturnFailed:
    """The refund came back, and the break is open again."""

    break_id: BreakId
    object_id: str
    stripe_refund_id: str
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PaymentReturnSettled:
    """What the refund, or its coming back, did to Stripe's balance; positive going out."""

    break_id: BreakId
    stripe_refund_id: str
    transaction_id: str
    currency: str
    amount_minor: int
    moved_minor: int
    exchange_loss_minor: int
    fee_minor: int
    available_on: datetime | None


EVENTS = {
    "break.return_asked.v1": PaymentReturnAsked,
    "break.returned.v1": PaymentReturned,
    "break.return_failed.v1": PaymentReturnFailed,
    "break.return_settled.v1": PaymentReturnSettled,
}
