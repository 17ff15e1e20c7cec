"""To the bank: what is asked, and what it made of it."""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.identifiers import PayoutId, SellerId


@dataclass(frozen=True, slots=True)
class BeginBankPayout:
    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    bank_payout_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefuseBankPayout:
    """Stripe refused to begin the bank payout of this attempt."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    attempt: int
    failure_code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordBankOutcome:
    """`payout.paid`, `.failed` or `.canceled` on the connected account."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    bank_payout_id: str
    paid: bool
    failure_code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RetryBankPayout:
    """`attempt` is the one that was scheduled; 0 where a person asks for the next, at once."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    attempt: int
    at: datetime
    paused_because: str = ""


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


BankEvent = (
    BankPayoutBegun | PayoutCompleted | BankPayoutFailed | BankRetryScheduled | BankPayoutRetried
)
EVENTS = {
    "payout.bank_payout_begun.v1": BankPayoutBegun,
    "payout.completed.v1": PayoutCompleted,
    "payout.bank_payout_failed.v1": BankPayoutFailed,
    "payout.bank_retry_scheduled.v1": BankRetryScheduled,
    "payout.bank_payout_retried.v1": BankPayoutRetried,
}
