"""Back to us: what is asked of Stripe, and what it says."""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.identifiers import PayoutId, SellerId


@dataclass(frozen=True, slots=True)
class ReversePayout:
    """A person wants the money back from the seller's Stripe account."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordReversal:
    """A reversal that exists at Stripe, whoever asked for it."""

    seller_id: SellerId
    currency: str
    transfer_id: str
    reversal_id: str
    amount_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class FailReversal:
    """Stripe refused the reversal of this number; nothing has moved."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    number: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReversalRequested:
    """Everything that is left of the transfer is asked back; `automatic` where no person did.

    Until its outcome is known the payout stays open, so the same money cannot be paid again.
    """

    payout_id: PayoutId
    transfer_id: str
    amount_minor: int
    number: int
    reason: str
    automatic: bool


@dataclass(frozen=True, slots=True)
class TransferReversed:
    """It exists at Stripe, whoever asked for it; the money is the seller's balance again."""

    payout_id: PayoutId
    seller_id: SellerId
    currency: str
    transfer_id: str
    reversal_id: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ReversalSettled:
    payout_id: PayoutId
    seller_id: SellerId
    currency: str
    transaction_id: str
    reversal_id: str
    amount_minor: int
    fee_minor: int


@dataclass(frozen=True, slots=True)
class ReversalFailed:
    """Stripe refused the reversal: the payout is blocked until a person decides."""

    payout_id: PayoutId
    number: int
    reason: str


ReversalMoneyEvent = TransferReversed | ReversalSettled
ReversalEvent = ReversalMoneyEvent | ReversalRequested | ReversalFailed
EVENTS = {
    "payout.reversal_requested.v1": ReversalRequested,
    "payout.transfer_reversed.v1": TransferReversed,
    "payout.reversal_settled.v1": ReversalSettled,
    "payout.reversal_failed.v1": ReversalFailed,
}
