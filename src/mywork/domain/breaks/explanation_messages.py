"""A break is opened, explained, looked after by somebody, and perhaps taken up again."""

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
class AssignBreak:
    """`owner` is whoever looks after it from now on; empty gives it back to everybody."""

    break_id: BreakId
    owner: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReopenBreak:
    """The explanation was wrong: its entry, if any, is reversed."""

    break_id: BreakId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BreakAssigned:
    break_id: BreakId
    owner: str


@dataclass(frozen=True, slots=True)
class BreakReopened:
    """`amount_minor` goes back from `account` to `source`, where the resolution had taken it."""

    break_id: BreakId
    object_id: str
    transaction_id: str
    currency: str
    amount_minor: int
    source: str
    account: str
    reason: str


EVENTS = {
    "break.opened.v1": BreakOpened,
    "break.resolved.v1": BreakResolved,
    "break.fact_written_off.v1": FactWrittenOff,
    "break.assigned.v1": BreakAssigned,
    "break.reopened.v1": BreakReopened,
}
