"""A dispute's words: opened, withdrawn, contested, reinstated, closed; inquiries and warnings."""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.charge.state import DisputeOutcome
from mywork.domain.identifiers import DisputeId, OrderId, SellerId, UserId

# Commands ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """`amount_minor` in the order's currency. An inquiry asks; it takes no money (yet)."""

    order_id: OrderId
    dispute_id: DisputeId
    charge_id: str
    currency: str
    amount_minor: int
    reason: str
    inquiry: bool
    evidence_due_by: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class WithdrawDispute:
    """Stripe took the money: its balance transaction, as positive amounts."""

    order_id: OrderId
    dispute_id: DisputeId
    transaction_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ReinstateDispute:
    """Money came back: `fee_minor` is what Stripe returned of its fee, positive."""

    order_id: OrderId
    dispute_id: DisputeId
    transaction_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CloseDispute:
    """`transaction_ids` are what it had moved by then: each is recorded first."""

    order_id: OrderId
    dispute_id: DisputeId
    outcome: DisputeOutcome
    at: datetime
    transaction_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubmitEvidence:
    """Evidence was handed to Stripe; `fields` are the names of what was said, not the words."""

    order_id: OrderId
    dispute_id: DisputeId
    fields: tuple[str, ...]
    final: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordFraudWarning:
    """An issuer reported fraud before any dispute."""

    order_id: OrderId
    warning_id: str
    charge_id: str
    fraud_type: str
    actionable: bool
    at: datetime


# Events ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DisputeOpened:
    order_id: OrderId
    dispute_id: DisputeId
    buyer_id: UserId
    seller_id: SellerId
    charge_id: str
    currency: str
    amount_minor: int
    reason: str
    inquiry: bool
    evidence_due_by: datetime | None


@dataclass(frozen=True, slots=True)
class DisputeWithdrawn:
    """`amount_minor` was taken, and a fee; the seller's share of it waits for the outcome.

    `disputed_minor` is the same amount in the order's currency. What neither seller nor
    commission covers was refunded before.
    """

    order_id: OrderId
    dispute_id: DisputeId
    seller_id: SellerId
    transaction_id: str
    disputed_minor: int
    currency: str
    amount_minor: int
    fee_minor: int
    seller_minor: int
    commission_minor: int
    from_pending_minor: int
    from_reserve_minor: int
    from_available_minor: int


@dataclass(frozen=True, slots=True)
class DisputeReinstated:
    """`amount_minor` came back, of which the seller has `seller_minor`, and a fee, if any."""

    order_id: OrderId
    dispute_id: DisputeId
    seller_id: SellerId
    transaction_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    held_minor: int
    seller_minor: int
    commission_minor: int
    exchange_loss_minor: int


@dataclass(frozen=True, slots=True)
class DisputeClosed:
    """`held_minor` is what is gone for good: zero unless lost.

    It was the seller's (`set_aside_minor` of it at the withdrawal, the rest only now), the
    commission's, a difference of rates, or `excess_minor`, which nothing of this order covers.
    `release_at` says when money that the dispute kept from release is due, None where it is not.
    """

    order_id: OrderId
    dispute_id: DisputeId
    seller_id: SellerId
    outcome: DisputeOutcome
    currency: str
    held_minor: int
    seller_minor: int
    set_aside_minor: int
    commission_minor: int
    exchange_loss_minor: int
    excess_minor: int
    from_pending_minor: int
    from_reserve_minor: int
    from_available_minor: int
    release_at: datetime | None
    reserve_release_at: datetime | None


@dataclass(frozen=True, slots=True)
class DisputeSettled:
    """What the dispute did to Stripe's balance; amounts positive going out, negative back."""

    order_id: OrderId
    dispute_id: DisputeId
    transaction_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    available_on: datetime | None


@dataclass(frozen=True, slots=True)
class EvidenceSubmitted:
    order_id: OrderId
    dispute_id: DisputeId
    fields: tuple[str, ...]
    final: bool


@dataclass(frozen=True, slots=True)
class FraudWarned:
    order_id: OrderId
    warning_id: str
    charge_id: str
    fraud_type: str
    actionable: bool


DisputeMoneyEvent = DisputeWithdrawn | DisputeReinstated | DisputeClosed | DisputeSettled
DisputeEvent = DisputeMoneyEvent | DisputeOpened | EvidenceSubmitted | FraudWarned
EVENTS = {
    "order.dispute_opened.v1": DisputeOpened,
    "order.dispute_withdrawn.v1": DisputeWithdrawn,
    "order.dispute_reinstated.v1": DisputeReinstated,
    "order.dispute_closed.v1": DisputeClosed,
    "order.dispute_settled.v1": DisputeSettled,
    "order.evidence_submitted.v1": EvidenceSubmitted,
    "order.fraud_warned.v1": FraudWarned,
}
