"""A movement of Stripe's balance that no order or payout of ours caused, yet that we understand.

Stripe's own fees and reserves, the platform's payouts to its bank and its top-ups: each is one
balance transaction, and one stream, so the same transaction twice is one movement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.decider import Decider
from mywork.domain.errors import HoldNotOver, MovementNotFound
from mywork.domain.identifiers import TransactionId
from mywork.domain.streams import movement_stream

Kind = Literal[
    "stripe_fee",  # what Stripe takes without a charge: Connect, Billing, Radar, taxes on fees
    "reserve",  # what Stripe sets aside, and what it lets go again
    "bank",  # a payout to the platform's own bank, a top-up from it, and either coming back
]


# Commands -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordMovement:
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
class MakeMovementAvailable:
    """Stripe's `available_on` has passed: no webhook says so, the clock does."""

    transaction_id: TransactionId
    at: datetime


# Events -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MovementRecorded:
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
class MovementFundsAvailable:
    transaction_id: TransactionId
    currency: str
    net_minor: int


MovementEvent = MovementRecorded | MovementFundsAvailable
EVENTS = {
    "movement.recorded.v1": MovementRecorded,
    "movement.funds_available.v1": MovementFundsAvailable,
}


# States -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Absent:
    """No such transaction yet."""


@dataclass(frozen=True, slots=True)
class Pending:
    recorded: MovementRecorded
    available_on: datetime


@dataclass(frozen=True, slots=True)
class Available:
    """It counts in Stripe's available balance: nothing more will happen."""


MovementState = Absent | Pending | Available


# Verbs --------------------------------------------------------------------------------------


def _record(command: RecordMovement, state: MovementState) -> Sequence[MovementEvent]:
    if not isinstance(state, Absent):
        return ()
    transaction = command.transaction
    recorded = MovementRecorded(
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
    command: MakeMovementAvailable, state: MovementState
) -> Sequence[MovementEvent]:
    match state:
        case Absent():
            raise MovementNotFound(f"there is no movement {command.transaction_id}")
        case Available():
            return ()
        case Pending(recorded=recorded, available_on=available_on):
            if command.at < available_on:
                raise HoldNotOver(f"Stripe makes these funds available on {available_on}")
            net_minor = recorded.amount_minor - recorded.fee_minor
            return (MovementFundsAvailable(command.transaction_id, recorded.currency, net_minor),)
        case _:
            assert_never(state)


# The decider --------------------------------------------------------------------------------


def evolve_movement(state: MovementState, event: MovementEvent) -> MovementState:
    match state, event:
        case Absent(), MovementRecorded(available_on=datetime() as available_on):
            return Pending(event, available_on)
        case _:
            return Available()


MOVEMENT: Decider[MovementEvent, MovementState] = Decider(
    initial=Absent(),
    decisions={RecordMovement: _record, MakeMovementAvailable: _make_available},
    evolve=evolve_movement,
    stream=lambda command: movement_stream(command.transaction_id),
    events=EVENTS,
    money=(MovementRecorded, MovementFundsAvailable),
)
