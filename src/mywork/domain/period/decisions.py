"""Closing a month on its checklist, and opening it again by two people."""

from collections.abc import Sequence

from mywork.domain.errors import (
    LaterPeriodClosed,
    PeriodNotClosed,
    PeriodNotOver,
    PeriodNotReady,
    ReopeningNotProposed,
    SecondPersonNeeded,
)
from mywork.domain.period import months
from mywork.domain.period.messages import (
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
from mywork.domain.period.months import Period
from mywork.domain.period.state import Periods
from mywork.domain.reasons import check_reason

NAMED = 10  # failing items that a refusal names; the checklist names all


# Closing ------------------------------------------------------------------------------------


def close(command: ClosePeriod, state: Periods) -> Sequence[PeriodEvent]:
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


def propose_reopening(command: ProposeReopening, state: Periods) -> Sequence[PeriodEvent]:
    months.parse_period(command.period)
    check_reason(command.reason)
    _check_last_closed(command.period, state)
    proposed = ReopeningProposed(command.period, command.reason, command.proposed_by)
    return () if proposed == state.proposal else (proposed,)


def approve_reopening(command: ApproveReopening, state: Periods) -> Sequence[PeriodEvent]:
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
