"""A dispute's words: a bank takes an invoice's payment back, until it is won or lost.

What is withdrawn is held apart. Lost, it goes the way of a refund made at that moment; won, it
comes back. An inquiry takes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.charge.state import DisputeOutcome
from mywork.domain.identifiers import DisputeId, UserId

# Commands ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenInvoiceDispute:
    """`amount_minor` is in the charge's own currency."""

    user_id: UserId
    dispute_id: DisputeId
    charge_id: str
    currency: str
    amount_minor: int
    reason: str
    inquiry: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class MoveInvoiceDispute:
    """One of its transactions: `amount_minor` as Stripe signs it, negative when withdrawn."""

    user_id: UserId
    dispute_id: DisputeId
    transaction_id: str
    currency: str
    amount_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CloseInvoiceDispute:
    user_id: UserId
    dispute_id: DisputeId
    outcome: DisputeOutcome
    at: datetime


# Events ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InvoiceDisputed:
    user_id: UserId
    invoice_id: str
    dispute_id: DisputeId
    charge_id: str
    currency: str
    amount_minor: int
    reason: str
    inquiry: bool


@dataclass(frozen=True, slots=True)
class InvoiceDisputeMoved:
    """Withdrawn, and held apart; both negative where it came back.

    What comes back at another rate ends all that was held.
    """

    user_id: UserId
    invoice_id: str
    dispute_id: DisputeId
    transaction_id: str
    currency: str
    amount_minor: int
    held_minor: int


@dataclass(frozen=True, slots=True)
class InvoiceDisputeClosed:
    """`held_minor` is what is gone for good: zero unless lost.

    `deferred_minor` of it was not earned yet. The rest was revenue, a difference of rates, or
    `excess_minor`, which the invoice no longer covers. It will all be earned by `earned_by`.
    """

    user_id: UserId
    invoice_id: str
    dispute_id: DisputeId
    outcome: DisputeOutcome
    currency: str
    held_minor: int
    deferred_minor: int
    revenue_minor: int
    exchange_loss_minor: int
    excess_minor: int
    closed_at: datetime
    earned_by: datetime


@dataclass(frozen=True, slots=True)
class InvoiceDisputeSettled:
    """What a dispute's transaction did to Stripe's balance: positive going out."""

    user_id: UserId
    invoice_id: str
    dispute_id: DisputeId
    transaction_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    available_on: datetime | None


InvoiceDisputeMoneyEvent = InvoiceDisputeMoved | InvoiceDisputeClosed | InvoiceDisputeSettled
InvoiceDisputeEvent = InvoiceDisputeMoneyEvent | InvoiceDisputed
EVENTS = {
    "subscription.invoice_disputed.v1": InvoiceDisputed,
    "subscription.invoice_dispute_moved.v1": InvoiceDisputeMoved,
    "subscription.invoice_dispute_closed.v1": InvoiceDisputeClosed,
    "subscription.invoice_dispute_settled.v1": InvoiceDisputeSettled,
}
