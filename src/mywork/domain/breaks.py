"""A break: money or a fact that our books cannot explain yet, kept open until a person does.

One stream per unexplained Stripe object, so the same surprise twice is one break. Its money lies
in `suspense:stripe` until the resolution moves it where it belongs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from mywork.domain.decider import Decider
from mywork.domain.errors import (
    BreakNotFound,
    BreakNotOpen,
    HoldNotOver,
    PaymentDisagrees,
    PredecessorMissing,
    ResolutionInvalid,
)
from mywork.domain.identifiers import BreakId

Kind = Literal[
    "unexpected_payment",  # a payment that disagrees with its order, or has none
    "unexplained_transaction",  # a Stripe balance transaction that no fact of ours explains
    "unsettled_fact",  # a fact of ours whose balance transaction does not come
    "exceeded_payment",  # refunds and lost disputes took more than their order's payment
    "foreign_balance",  # a transaction of a Stripe balance that these books do not keep
    "undeliverable_fact",  # a receipt that could not be worked after every retry
]
IN_SUSPENSE: frozenset[Kind] = frozenset(
    {"unexpected_payment", "unexplained_transaction", "exceeded_payment"}
)
# Where suspense may be moved by a person's explanation.
RESOLUTION_ACCOUNTS = (
    "stripe:uncleared",  # its fact came after all
    "stripe:reserved",
    "expense:stripe_fees",
    "expense:processing",
    "expense:dispute",
    "expense:bad_debt",
    "revenue:commission",
    "bank",
    "capital",
    "rounding",
)


# Commands -----------------------------------------------------------------------------------


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
    """The balance transaction of an unexpected payment."""

    break_id: BreakId
    transaction_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    available_on: datetime
    at: datetime


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


Command = OpenBreak | SettleBreak | MakeBreakFundsAvailable | ResolveBreak


# Events -------------------------------------------------------------------------------------


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


Event = BreakOpened | BreakSettled | BreakFundsAvailable | BreakResolved


# States -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing unexplained about this object."""


@dataclass(frozen=True, slots=True)
class Known:
    opened: BreakOpened
    settlement: BreakSettled | None = None
    available: bool = False
    resolved: bool = False

    @property
    def may_come_again(self) -> bool:
        """An object that waited, was settled, and waits once more is the same break again."""
        return self.resolved and self.opened.kind == "unsettled_fact"

    @property
    def suspense_minor(self) -> int:
        return self.opened.amount_minor if self.opened.kind in IN_SUSPENSE else 0


State = Absent | Known


# Verbs --------------------------------------------------------------------------------------


def _open(command: OpenBreak, state: State) -> Sequence[Event]:
    if isinstance(state, Known) and not state.may_come_again:
        return ()
    opened = BreakOpened(
        break_id=command.break_id,
        kind=command.kind,
        object_id=command.object_id,
        currency=command.currency,
        amount_minor=command.amount_minor,
        fee_minor=command.fee_minor,
        available_on=command.available_on,
        concerns=command.concerns,
        detail=command.detail,
    )
    return (opened,)


def _settle(command: SettleBreak, state: State) -> Sequence[Event]:
    if isinstance(state, Absent):
        raise PredecessorMissing(f"break {command.break_id} is not recorded yet")
    if state.settlement is not None:
        known = state.settlement.transaction_id
        if known == command.transaction_id:
            return ()
        raise PaymentDisagrees(f"{command.transaction_id} settles what {known} has settled")
    return (
        BreakSettled(
            break_id=command.break_id,
            object_id=state.opened.object_id,
            transaction_id=command.transaction_id,
            currency=command.currency,
            amount_minor=command.amount_minor,
            fee_minor=command.fee_minor,
            available_on=command.available_on,
        ),
    )


def _make_available(command: MakeBreakFundsAvailable, state: State) -> Sequence[Event]:
    if isinstance(state, Absent):
        raise BreakNotFound(f"there is no break {command.break_id}")
    source = state.settlement or state.opened
    if state.available or source.available_on is None:
        return ()
    if command.at < source.available_on:
        raise HoldNotOver(f"Stripe makes these funds available on {source.available_on}")
    net_minor = source.amount_minor - source.fee_minor
    return (
        BreakFundsAvailable(command.break_id, state.opened.object_id, source.currency, net_minor),
    )


def _resolve(command: ResolveBreak, state: State) -> Sequence[Event]:
    if isinstance(state, Absent):
        raise BreakNotFound(f"there is no break {command.break_id}")
    if state.resolved:
        raise BreakNotOpen(f"break {command.break_id} has been resolved")
    if not command.reason.strip():
        raise ResolutionInvalid("say why: a resolution needs a reason")
    if state.suspense_minor and command.account not in RESOLUTION_ACCOUNTS:
        raise ResolutionInvalid(
            f"the money must go somewhere: account is one of {', '.join(RESOLUTION_ACCOUNTS)}"
        )
    return (
        BreakResolved(
            break_id=command.break_id,
            object_id=state.opened.object_id,
            currency=state.opened.currency,
            suspense_minor=state.suspense_minor,
            account=command.account if state.suspense_minor else "",
            reason=command.reason,
        ),
    )


# The decider --------------------------------------------------------------------------------


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case OpenBreak():
            return _open(command, state)
        case SettleBreak():
            return _settle(command, state)
        case MakeBreakFundsAvailable():
            return _make_available(command, state)
        case ResolveBreak():
            return _resolve(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match state, event:
        case _, BreakOpened():
            return Known(event)
        case Known(), BreakSettled():
            return replace(state, settlement=event)
        case Known(), BreakFundsAvailable():
            return replace(state, available=True)
        case Known(), BreakResolved():
            return replace(state, resolved=True)
        case _:
            return state


def stream(command: Command) -> str:
    return stream_of(command.break_id)


def stream_of(break_id: BreakId) -> str:
    return f"break-{break_id}"


decider: Decider[Command, Event, State] = Decider(Absent(), decide, evolve, stream)
