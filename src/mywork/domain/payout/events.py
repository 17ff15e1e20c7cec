"""What has happened to a payout: on its way to Stripe, at the bank, and back again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mywork.domain.identifiers import PayoutId, SellerId

Trigger = Literal["request", "weekly", "monthly"]


# To the seller's Stripe account -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PayoutRequested:
    """The money is set aside; nothing has been asked of Stripe."""

    payout_id: PayoutId
    seller_id: SellerId
    currency: str
    amount_minor: int
    stripe_account_id: str
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class PayoutQueued:
    """Stripe's available balance is short; it keeps its place by age."""

    payout_id: PayoutId


@dataclass(frozen=True, slots=True)
class PayoutHeld:
    """Its seller was paused before the transfer; it goes on when a person has released them."""

    payout_id: PayoutId
    reason: str


@dataclass(frozen=True, slots=True)
class PayoutDispatched:
    """From here on a transfer may exist, whether we hear of it or not; `number` counts them."""

    payout_id: PayoutId
    number: int


@dataclass(frozen=True, slots=True)
class PayoutSent:
    payout_id: PayoutId
    seller_id: SellerId
    currency: str
    amount_minor: int
    transfer_id: str


@dataclass(frozen=True, slots=True)
class TransferSettled:
    payout_id: PayoutId
    seller_id: SellerId
    currency: str
    transaction_id: str
    transfer_id: str
    amount_minor: int
    fee_minor: int


@dataclass(frozen=True, slots=True)
class PayoutRefused:
    """Stripe refused the transfer for good; the money is the seller's balance again."""

    payout_id: PayoutId
    seller_id: SellerId
    currency: str
    amount_minor: int
    reason: str


@dataclass(frozen=True, slots=True)
class PayoutCancelled:
    """Called off before anything was asked of Stripe."""

    payout_id: PayoutId
    seller_id: SellerId
    currency: str
    amount_minor: int
    reason: str


# To the bank --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BankPayoutBegun:
    payout_id: PayoutId
    bank_payout_id: str


@dataclass(frozen=True, slots=True)
class PayoutCompleted:
    """The bank has it, as far as is known: for some days it may still send it back."""

    payout_id: PayoutId
    bank_payout_id: str


@dataclass(frozen=True, slots=True)
class BankPayoutFailed:
    """The money lies in the seller's Stripe account; no posting of ours.

    `bank_payout_id` is empty where Stripe refused to begin one.
    """

    payout_id: PayoutId
    bank_payout_id: str
    failure_code: str


@dataclass(frozen=True, slots=True)
class BankRetryScheduled:
    """The failure may pass: the same money goes to the bank again at `retry_at`."""

    payout_id: PayoutId
    attempt: int
    retry_at: datetime


@dataclass(frozen=True, slots=True)
class BankPayoutRetried:
    """Another bank payout of the money that lies in the seller's Stripe account."""

    payout_id: PayoutId
    attempt: int


# Back to us ---------------------------------------------------------------------------------


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


PayoutEvent = (
    PayoutRequested
    | PayoutQueued
    | PayoutHeld
    | PayoutDispatched
    | PayoutSent
    | TransferSettled
    | PayoutRefused
    | PayoutCancelled
    | BankPayoutBegun
    | PayoutCompleted
    | BankPayoutFailed
    | BankRetryScheduled
    | BankPayoutRetried
    | ReversalRequested
    | TransferReversed
    | ReversalSettled
    | ReversalFailed
)
EVENTS = {
    "payout.requested.v1": PayoutRequested,
    "payout.sent.v1": PayoutSent,
    "payout.transfer_settled.v1": TransferSettled,
    "payout.refused.v1": PayoutRefused,
    "payout.bank_payout_begun.v1": BankPayoutBegun,
    "payout.completed.v1": PayoutCompleted,
    "payout.bank_payout_failed.v1": BankPayoutFailed,
    "payout.queued.v1": PayoutQueued,
    "payout.held.v1": PayoutHeld,
    "payout.dispatched.v1": PayoutDispatched,
    "payout.cancelled.v1": PayoutCancelled,
    "payout.bank_retry_scheduled.v1": BankRetryScheduled,
    "payout.bank_payout_retried.v1": BankPayoutRetried,
    "payout.reversal_requested.v1": ReversalRequested,
    "payout.transfer_reversed.v1": TransferReversed,
    "payout.reversal_settled.v1": ReversalSettled,
    "payout.reversal_failed.v1": ReversalFailed,
}
