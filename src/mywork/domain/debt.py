"""What a seller owes us in one currency, once a balance has stood below zero for thirty days.

A negative balance is made up for by later sales first. What those have not made up for in thirty
days becomes a debt, which later money pays before any payout. Giving a debt up takes two people;
what is paid after that is kept apart, so that nobody pays twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never, get_args

from mywork.domain.decider import Decider
from mywork.domain.errors import (
    DebtInsufficient,
    MoneyInvalid,
    SecondPersonNeeded,
    WriteOffNotProposed,
)
from mywork.domain.identifiers import SellerId, UserId
from mywork.domain.money import Money
from mywork.domain.reasons import check_reason
from mywork.domain.streams import debt_stream

OVERDUE_AFTER = timedelta(days=30)


# Commands -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReclassifyDebt:
    """`overdue_minor` has been owed for thirty days on end; the balance is below zero `since`.

    `total_minor` is what all of the seller's accounts in the currency come to: what is still to be
    released makes up for a balance first, so no more becomes a debt than their sum is negative.
    `owed_minor` is what had become a debt when these were read: if it is not so any more, they are
    out of date.
    """

    seller_id: SellerId
    currency: str
    overdue_minor: int
    total_minor: int
    owed_minor: int
    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class RecoupDebt:
    """`available_minor` is the seller's balance now."""

    seller_id: SellerId
    currency: str
    available_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ProposeWriteOff:
    seller_id: SellerId
    currency: str
    amount_minor: int
    reason: str
    proposed_by: UserId
    at: datetime


@dataclass(frozen=True, slots=True)
class ApproveWriteOff:
    """`amount_minor` says what is approved: a proposal may have changed since it was read."""

    seller_id: SellerId
    currency: str
    amount_minor: int
    approved_by: UserId
    at: datetime


# Events -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DebtReclassified:
    """Overdue since `since`: from the balance to what is owed to us."""

    seller_id: SellerId
    currency: str
    amount_minor: int
    since: datetime


@dataclass(frozen=True, slots=True)
class DebtRecouped:
    """Later money paid it, the oldest part first."""

    seller_id: SellerId
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class WriteOffProposed:
    seller_id: SellerId
    currency: str
    amount_minor: int
    reason: str
    proposed_by: UserId


@dataclass(frozen=True, slots=True)
class DebtWrittenOff:
    seller_id: SellerId
    currency: str
    amount_minor: int
    reason: str
    proposed_by: UserId
    approved_by: UserId


@dataclass(frozen=True, slots=True)
class WriteOffRecovered:
    """Later money paid what we had given up."""

    seller_id: SellerId
    currency: str
    amount_minor: int


DebtMoneyEvent = DebtReclassified | DebtRecouped | DebtWrittenOff | WriteOffRecovered
DebtEvent = DebtMoneyEvent | WriteOffProposed
EVENTS = {
    "debt.reclassified.v1": DebtReclassified,
    "debt.recouped.v1": DebtRecouped,
    "debt.write_off_proposed.v1": WriteOffProposed,
    "debt.written_off.v1": DebtWrittenOff,
    "debt.write_off_recovered.v1": WriteOffRecovered,
}


# States -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Debt:
    """`parts` are (since, minor units), the oldest first; `written_off_minor` is not paid yet."""

    parts: tuple[tuple[datetime, int], ...] = ()
    written_off_minor: int = 0
    proposal: WriteOffProposed | None = None
    last_written_off: DebtWrittenOff | None = None

    @property
    def owed_minor(self) -> int:
        return sum(amount for _, amount in self.parts)

    @property
    def claimed_minor(self) -> int:
        """What later money pays before any payout."""
        return self.owed_minor + self.written_off_minor

    def less(self, amount_minor: int) -> "Debt":
        """The oldest parts are paid, or given up, first."""
        parts: list[tuple[datetime, int]] = []
        for since, owed in self.parts:
            paid = min(owed, amount_minor)
            amount_minor -= paid
            if owed > paid:
                parts.append((since, owed - paid))
        return replace(self, parts=tuple(parts))


# Verbs --------------------------------------------------------------------------------------


def _reclassify(command: ReclassifyDebt, state: Debt) -> Sequence[DebtEvent]:
    amount_minor = min(command.overdue_minor, -command.total_minor)
    if amount_minor <= 0 or command.owed_minor != state.owed_minor:
        return ()
    return (DebtReclassified(command.seller_id, command.currency, amount_minor, command.since),)


def _recoup(command: RecoupDebt, state: Debt) -> Sequence[DebtEvent]:
    seller_id, currency = command.seller_id, command.currency
    owed_minor = max(min(command.available_minor, state.owed_minor), 0)
    rest_minor = command.available_minor - owed_minor
    lost_minor = max(min(rest_minor, state.written_off_minor), 0)
    recouped = (DebtRecouped(seller_id, currency, owed_minor),) if owed_minor else ()
    recovered = (WriteOffRecovered(seller_id, currency, lost_minor),) if lost_minor else ()
    return recouped + recovered


def _propose(command: ProposeWriteOff, state: Debt) -> Sequence[DebtEvent]:
    check_reason(command.reason)
    if command.amount_minor <= 0:
        raise MoneyInvalid("the amount to write off must be positive")
    _check_owed(command.amount_minor, command.currency, state)
    proposed = WriteOffProposed(
        seller_id=command.seller_id,
        currency=command.currency,
        amount_minor=command.amount_minor,
        reason=command.reason,
        proposed_by=command.proposed_by,
    )
    return () if proposed == state.proposal else (proposed,)


def _approve(command: ApproveWriteOff, state: Debt) -> Sequence[DebtEvent]:
    proposal, done = state.proposal, state.last_written_off
    if proposal is None:
        same = (command.amount_minor, command.approved_by)
        if done is not None and (done.amount_minor, done.approved_by) == same:
            return ()
        raise WriteOffNotProposed("nobody has proposed to write anything off; propose it first")
    if proposal.amount_minor != command.amount_minor:
        proposed = Money(proposal.amount_minor, proposal.currency)
        raise WriteOffNotProposed(f"what was proposed is {proposed}; approve that, or propose anew")
    if proposal.proposed_by == command.approved_by:
        raise SecondPersonNeeded("somebody other than who proposed it must approve a write-off")
    _check_owed(proposal.amount_minor, proposal.currency, state)
    return (
        DebtWrittenOff(
            seller_id=command.seller_id,
            currency=command.currency,
            amount_minor=proposal.amount_minor,
            reason=proposal.reason,
            proposed_by=proposal.proposed_by,
            approved_by=command.approved_by,
        ),
    )


def _check_owed(amount_minor: int, currency: str, state: Debt) -> None:
    if amount_minor > state.owed_minor:
        owed = Money(state.owed_minor, currency)
        raise DebtInsufficient(f"{owed} is owed; write off no more than that")


# The decider --------------------------------------------------------------------------------


def evolve_debt(state: Debt, event: DebtEvent) -> Debt:
    match event:
        case DebtReclassified(amount_minor=amount_minor, since=since):
            return replace(state, parts=(*state.parts, (since, amount_minor)))
        case DebtRecouped(amount_minor=amount_minor):
            return state.less(amount_minor)
        case WriteOffProposed():
            return replace(state, proposal=event)
        case DebtWrittenOff(amount_minor=amount_minor):
            written_off_minor = state.written_off_minor + amount_minor
            after = replace(state.less(amount_minor), written_off_minor=written_off_minor)
            return replace(after, proposal=None, last_written_off=event)
        case WriteOffRecovered(amount_minor=amount_minor):
            return replace(state, written_off_minor=state.written_off_minor - amount_minor)
        case _:
            assert_never(event)


DEBT: Decider[DebtEvent, Debt] = Decider(
    initial=Debt(),
    decisions={
        ReclassifyDebt: _reclassify,
        RecoupDebt: _recoup,
        ProposeWriteOff: _propose,
        ApproveWriteOff: _approve,
    },
    evolve=evolve_debt,
    stream=lambda command: debt_stream(command.seller_id, command.currency),
    events=EVENTS,
    money=get_args(DebtMoneyEvent),
    still={WriteOffProposed: "a wish: a second person has not agreed"},
)
