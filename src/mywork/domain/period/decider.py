"""Which months are closed: one boundary for all, because they are closed in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from mywork.domain.decider import Decider
from mywork.domain.errors import (
    LaterPeriodClosed,
    PeriodNotClosed,
    PeriodNotOver,
    PeriodNotReady,
    ReopeningNotProposed,
    SecondPersonNeeded,
)
from mywork.domain.period import months
from mywork.domain.period.months import Period
from mywork.domain.period.words import (
    EVENTS,
    ApproveReopening,
    Check,
    ClosePeriod,
    Failing,
    PeriodClosed,
    PeriodEvent,
    PeriodReopened,
    ProposeReopening,
    ReopeningProposed,
)
from mywork.domain.reasons import check_reason

PERIODS = "periods"
NAMED = 10  # failing items that a refusal names; the checklist names all


@dataclass(frozen=True, slots=True)
class Periods:
    """`closed_through` is the last closed month; None before the first close."""

    closed_through: Period | None = None
    versions: Mapping[Period, int] = field(default_factory=dict)
    proposal: ReopeningProposed | None = None
    last_reopened: PeriodReopened | None = None

    def is_closed(self, period: Period) -> bool:
        return self.closed_through is not None and period <= self.closed_through

    def next_to_close(self, first: Period) -> Period:
        """`first` is the month in which the books begin."""
        return months.following(self.closed_through) if self.closed_through else first


# Closing ------------------------------------------------------------------------------------


def _close(command: ClosePeriod, state: Periods) -> Sequence[PeriodEvent]:
    period = months.parse_period(command.period)
    if state.is_closed(period):
        return ()
    ends_at = months.ends_at(period)
    if command.at < ends_at:
        raise PeriodNotOver(f"{period} is not over: close it on {ends_at.date()} or later")
    checks = (*command.checks, in_order(period, state.next_to_close(command.first)))
    _check_ready(period, checks)
    version = state.versions.get(period, 0) + 1
    return (PeriodClosed(period, version, command.checked_position, checks, command.closed_by),)


def in_order(period: Period, due: Period) -> Check:
    """Months are closed one after the other, from the one in which the books begin."""
    if not due:
        nothing = Failing(period, "there is no entry in the books, so there is nothing to close")
        return Check("earlier_months_closed", 0, (nothing,))
    if period < due:
        early = Failing(period, f"the books begin with {due}")
        return Check("earlier_months_closed", 0, (early,))
    earlier: list[Failing] = []
    while due < period:
        earlier.append(Failing(due, f"{due} is open: close it first"))
        due = months.following(due)
    return Check("earlier_months_closed", len(earlier) or 1, tuple(earlier))


def _check_ready(period: Period, checks: Sequence[Check]) -> None:
    failing = [item for check in checks for item in check.failing]
    if failing:
        said = "; ".join(f"{item.subject}: {item.detail}" for item in failing[:NAMED])
        more = f"; and {len(failing) - NAMED} more" if len(failing) > NAMED else ""
        raise PeriodNotReady(f"{period} cannot be closed: {said}{more}")


# Reopening ----------------------------------------------------------------------------------


def _propose(command: ProposeReopening, state: Periods) -> Sequence[PeriodEvent]:
    months.parse_period(command.period)
    check_reason(command.reason)
    _check_last_closed(command.period, state)
    proposed = ReopeningProposed(command.period, command.reason, command.proposed_by)
    return () if proposed == state.proposal else (proposed,)


def _approve(command: ApproveReopening, state: Periods) -> Sequence[PeriodEvent]:
    period, by = months.parse_period(command.period), command.approved_by
    done = state.last_reopened
    if done and (done.period, done.approved_by) == (period, by) and not state.is_closed(period):
        return ()
    _check_last_closed(period, state)
    proposal = state.proposal
    if proposal is None or proposal.period != period:
        raise ReopeningNotProposed(f"nobody has proposed to reopen {period}: propose it first")
    if proposal.proposed_by == by:
        raise SecondPersonNeeded(f"{by} proposed to reopen {period}; somebody else must approve")
    return (PeriodReopened(period, proposal.reason, proposal.proposed_by, by),)


def _check_last_closed(period: Period, state: Periods) -> None:
    if not state.is_closed(period):
        raise PeriodNotClosed(f"{period} is open: there is nothing to reopen")
    if period != state.closed_through:
        last = state.closed_through
        raise LaterPeriodClosed(f"{last} is closed on top of {period}: reopen {last} first")


# The decider --------------------------------------------------------------------------------


def evolve_period(state: Periods, event: PeriodEvent) -> Periods:
    match event:
        case PeriodClosed(period=period, version=version):
            versions = {**state.versions, period: version}
            return replace(state, closed_through=period, versions=versions, proposal=None)
        case ReopeningProposed():
            return replace(state, proposal=event)
        case PeriodReopened(period=period):
            before = months.preceding(period)
            return replace(state, closed_through=before, proposal=None, last_reopened=event)
        case _:
            assert_never(event)


PERIOD: Decider[PeriodEvent, Periods] = Decider(
    initial=Periods(),
    decisions={ClosePeriod: _close, ProposeReopening: _propose, ApproveReopening: _approve},
    evolve=evolve_period,
    stream=lambda _: PERIODS,
    events=EVENTS,
)
