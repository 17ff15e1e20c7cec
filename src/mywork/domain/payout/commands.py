"""What a payout may be asked, and what it is told.

Our own commands (RequestPayout, DispatchPayout, CancelPayout, RetryBankPayout, ReversePayout) may
be refused. Facts from Stripe never are: they agree, are known already, wait for a predecessor, or
disagree and become breaks.
"""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.identifiers import PayoutId, SellerId
from mywork.domain.payout.events import Trigger

# To the seller's Stripe account -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestPayout:
    """`available_minor` is the balance now; `released_minor` what was released by the cutoff.

    `claimed_minor` is what debts claim of that balance; `paused_because` is empty for a seller who
    is not paused; `open_breaks` names what nobody has explained about this seller.
    """

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    stripe_account_id: str
    payouts_enabled: bool
    available_minor: int
    released_minor: int
    minimum_minor: int
    trigger: Trigger
    at: datetime
    claimed_minor: int = 0
    paused_because: str = ""
    open_breaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueuePayout:
    """Stripe's available balance does not cover the transfer, or Stripe said so."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    at: datetime


@dataclass(frozen=True, slots=True)
class HoldPayout:
    """The seller is paused, and no transfer exists."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DispatchPayout:
    """Its turn has come: the transfer may be made."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    at: datetime


@dataclass(frozen=True, slots=True)
class SendPayout:
    """The transfer exists at Stripe."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    transfer_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SettlePayout:
    """What a transfer, or its reversal, did to Stripe's balance."""

    seller_id: SellerId
    currency: str
    transaction: BalanceTransaction

    @property
    def at(self) -> datetime:
        return self.transaction.created


@dataclass(frozen=True, slots=True)
class RefusePayout:
    """Stripe refused the transfer for good; nothing has moved."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CancelPayout:
    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    reason: str
    at: datetime


# To the bank --------------------------------------------------------------------------------


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


# Back to us ---------------------------------------------------------------------------------


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
