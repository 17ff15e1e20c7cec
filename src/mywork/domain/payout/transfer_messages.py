"""To the seller's Stripe account: what is asked, and what has happened.

Our own commands (RequestPayout, DispatchPayout, CancelPayout) may be refused. Facts from Stripe
never are: they agree, are known already, wait for a predecessor, or disagree and become breaks.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.identifiers import PayoutId, SellerId

Trigger = Literal["request", "weekly", "monthly"]

# Commands -------------------------------------------------------------------------------------


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


# Events ---------------------------------------------------------------------------------------


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


TransferMoneyEvent = (
    PayoutRequested | PayoutSent | PayoutRefused | PayoutCancelled | TransferSettled
)
TransferEvent = TransferMoneyEvent | PayoutQueued | PayoutHeld | PayoutDispatched
EVENTS = {
    "payout.requested.v1": PayoutRequested,
    "payout.sent.v1": PayoutSent,
    "payout.transfer_settled.v1": TransferSettled,
    "payout.refused.v1": PayoutRefused,
    "payout.queued.v1": PayoutQueued,
    "payout.held.v1": PayoutHeld,
    "payout.dispatched.v1": PayoutDispatched,
    "payout.cancelled.v1": PayoutCancelled,
}
