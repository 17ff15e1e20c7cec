"""A balance adjustment: no order or payout of ours moved Stripe's balance, yet we understand it.

Stripe's own fees and reserves, the platform's payouts to its bank and its top-ups: each is one
balance transaction, and one stream, so the same transaction twice is one adjustment. Its events
and its stream keep their first name, `movement`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.decider import Decider
from mywork.domain.errors import AdjustmentNotFound, HoldNotOver
from mywork.domain.identifiers import TransactionId
from mywork.domain.streams import adjustment_stream

Kind = Literal[
    "stripe_fee",  # what Stripe takes without a charge: Connect, Billing, Radar, taxes on fees
    "reserve",  # what Stripe sets aside, and what it lets go again
    "bank",  # a payout to the platform's own bank, a top-up from it, and either coming back
]


# Commands -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordAdjustment:
    """A transaction that explains itself, and what it is."""

    kind: Kind
    transaction: BalanceTransaction

    @property
    def at(self) -> datetime:
        return self.transaction.created

    @property
    def transaction_id(self) -> TransactionId:
        return TransactionId(self.transaction.id)


@dataclass(frozen=True, slots=True)
class MakeAdjustmentAvailable:
    """Stripe's `available_on` has passed: no webhook says so, the clock does."""

    transaction_id: TransactionId
    at: datetime


# Events -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AdjustmentRecorded:
    """A balance transaction that explains itself by its reporting category."""

    transaction_id: TransactionId
    kind: Kind
    category: str
    object_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    available_on: datetime | None


@dataclass(frozen=True, slots=True)
class AdjustmentFundsAvailable:
    transaction_id: TransactionId
    currency: str
    net_minor: int


AdjustmentEvent = AdjustmentRecorded | AdjustmentFundsAvailable
EVENTS = {
    "movement.recorded.v1": AdjustmentRecorded,
    "movement.funds_available.v1": AdjustmentFundsAvailable,
}


# States -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Absent:
    """No such transaction yet."""


@dataclass(frozen=True, slots=True)
class Pending:
    recorded: AdjustmentRecorded
    available_on: datetime


@dataclass(frozen=True, slots=True)
class Available:
    """It counts in Stripe's available balance: nothing more will happen."""


AdjustmentState = Absent | Pending | Available


# Verbs --------------------------------------------------------------------------------------


def _record(command: RecordAdjustment, state: AdjustmentState) -> Sequence[AdjustmentEvent]:
    if not isinstance(state, Absent):
        return ()
    transaction = command.transaction
    recorded = AdjustmentRecorded(
        transaction_id=command.transaction_id,
        kind=command.kind,
        category=transaction.category,
        object_id=transaction.object_id or transaction.id,
        currency=transaction.currency,
        amount_minor=transaction.amount_minor,
        fee_minor=transaction.fee_minor,
        available_on=transaction.available_on,
    )
    return (recorded,)


def _make_available(
    command: MakeAdjustmentAvailable, state: AdjustmentState
) -> Sequence[AdjustmentEvent]:
    match state:
        case Absent():
            raise AdjustmentNotFound(f"there is no adjustment {command.transaction_id}")
        case Available():
            return ()
        case Pending(recorded=recorded, available_on=available_on):
            if command.at < available_on:
                raise HoldNotOver(f"Stripe makes these funds available on {available_on}")
            net_minor = recorded.amount_minor - recorded.fee_minor
            return (AdjustmentFundsAvailable(command.transaction_id, recorded.currency, net_minor),)
        case _:
            assert_never(state)


# The decider --------------------------------------------------------------------------------


def evolve_adjustment(state: AdjustmentState, event: AdjustmentEvent) -> AdjustmentState:
    match state, event:
        case Absent(), AdjustmentRecorded(available_on=datetime() as available_on):
            return Pending(event, available_on)
        case _:
            return Available()


ADJUSTMENT: Decider[AdjustmentEvent, AdjustmentState] = Decider(
    initial=Absent(),
    decisions={RecordAdjustment: _record, MakeAdjustmentAvailable: _make_available},
    evolve=evolve_adjustment,
    stream=lambda command: adjustment_stream(command.transaction_id),
    events=EVENTS,
    money=(AdjustmentRecorded, AdjustmentFundsAvailable),
)
