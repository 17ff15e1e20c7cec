"""What Stripe's balance says of an unexpected payment."""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.identifiers import BreakId


@dataclass(frozen=True, slots=True)
class SettleBreak:
    """What an unexpected payment, or a refund of it, did to Stripe's balance."""

    break_id: BreakId
    transaction: BalanceTransaction

    @property
    def at(self) -> datetime:
        return self.transaction.created


@dataclass(frozen=True, slots=True)
class MakeBreakFundsAvailable:
    break_id: BreakId
    at: datetime


@dataclass(frozen=True, slots=True)
class BreakSettled:
    break_id: BreakId
    object_id: str
    transaction_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    available_on: datetime


@dataclass(frozen=True, slots=True)
class BreakFundsAvailable:
    break_id: BreakId
    object_id: str
    currency: str
    net_minor: int


@dataclass(frozen=True, slots=True)
class BreakConverted:
    """Stripe settled an unexpected payment in another currency, so that is what is in suspense."""

    break_id: BreakId
    object_id: str
    currency: str
    amount_minor: int
    settlement_currency: str
    settled_minor: int


EVENTS = {
    "break.settled.v1": BreakSettled,
    "break.funds_available.v1": BreakFundsAvailable,
    "break.converted.v1": BreakConverted,
}
