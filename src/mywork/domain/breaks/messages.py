"""A break's words: opened, settled, returned to its payer, resolved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mywork.domain.accounts import (
    BANK,
    CAPITAL,
    EXPENSE_BAD_DEBT,
    EXPENSE_DISPUTE,
    EXPENSE_PROCESSING,
    EXPENSE_STRIPE_FEES,
    REVENUE_COMMISSION,
    ROUNDING,
    STRIPE_RESERVED,
    STRIPE_UNCLEARED,
)
from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.breaks.assignment_messages import BreakAssigned, BreakReopened
from mywork.domain.breaks.difference_messages import (
    DifferenceCorrected,
    DifferenceEnded,
    DifferenceFound,
)
from mywork.domain.identifiers import BreakId

Kind = Literal[
    "unexpected_payment",  # a payment that disagrees with its order, or has none
    "unexplained_transaction",  # a Stripe balance transaction that no fact of ours explains
    "unsettled_fact",  # a fact of ours whose balance transaction does not come
    "exceeded_payment",  # refunds and lost disputes took more than was paid
    "foreign_balance",  # a transaction of a Stripe balance that these books do not keep
    "undeliverable_fact",  # a receipt that could not be worked after every retry
    "history_differs",  # a replay drill found books or read tables that are not what events say
]
IN_SUSPENSE: frozenset[Kind] = frozenset(
    {"unexpected_payment", "unexplained_transaction", "exceeded_payment"}
)
# Where suspense may be moved by a person's explanation.
RESOLUTION_ACCOUNTS = (
    STRIPE_UNCLEARED,  # its fact came after all
    STRIPE_RESERVED,
    EXPENSE_STRIPE_FEES,
    EXPENSE_PROCESSING,
    EXPENSE_DISPUTE,
    EXPENSE_BAD_DEBT,
    REVENUE_COMMISSION,
    BANK,
    CAPITAL,
    ROUNDING,
)


# Commands --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenBreak:
    """`amount_minor` is signed: positive when money came in. `concerns` names another stream."""

    break_id: BreakId
    kind: Kind
    object_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    available_on: datetime | None
    concerns: str
    detail: str
    at: datetime


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
class ResolveBreak:
    """`account` takes over what lies in suspense; empty where nothing does."""

    break_id: BreakId
    account: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WriteOffFact:
    """Stripe will never settle this fact: `account` takes over what still waits for it.

    `uncleared_minor` is that amount now, positive where money should have come in.
    """

    break_id: BreakId
    uncleared_minor: int
    account: str
    reason: str
    at: datetime


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


# Events ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BreakOpened:
    break_id: BreakId
    kind: Kind
    object_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    available_on: datetime | None
    concerns: str
    detail: str


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
class BreakResolved:
    break_id: BreakId
    object_id: str
    currency: str
    suspense_minor: int
    account: str
    reason: str


@dataclass(frozen=True, slots=True)
class FactWrittenOff:
    """What waited for a balance transaction waits no more; should one come, it will be missed."""

    break_id: BreakId
    object_id: str
    currency: str
    amount_minor: int
    account: str
    reason: str


@dataclass(frozen=True, slots=True)
class BreakConverted:
    """Stripe settled an unexpected payment in another currency, so that is what is in suspense."""

    break_id: BreakId
    object_id: str
    currency: str
    amount_minor: int
    settlement_currency: str
    settled_minor: int


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


BreakMoneyEvent = (
    BreakOpened
    | BreakSettled
    | BreakConverted
    | BreakFundsAvailable
    | BreakResolved
    | FactWrittenOff
    | PaymentReturned
    | PaymentReturnFailed
    | PaymentReturnSettled
    | BreakReopened
    | DifferenceCorrected
)
BreakEvent = (
    BreakMoneyEvent | PaymentReturnAsked | BreakAssigned | DifferenceFound | DifferenceEnded
)
EVENTS = {
    "break.opened.v1": BreakOpened,
    "break.settled.v1": BreakSettled,
    "break.funds_available.v1": BreakFundsAvailable,
    "break.resolved.v1": BreakResolved,
    "break.fact_written_off.v1": FactWrittenOff,
    "break.converted.v1": BreakConverted,
    "break.return_asked.v1": PaymentReturnAsked,
    "break.returned.v1": PaymentReturned,
    "break.return_failed.v1": PaymentReturnFailed,
    "break.return_settled.v1": PaymentReturnSettled,
}
