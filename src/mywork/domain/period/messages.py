"""Commands and events of the accounting periods, and the checklist that a close stands on."""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.identifiers import UserId
from mywork.domain.period.months import Period

# The checklist ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Failing:
    """What keeps a period open: `subject` names the break, order, object, account or month."""

    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist: how many things were looked at, and which of them fail."""

    name: str
    examined: int
    failing: tuple[Failing, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.failing


# Commands -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClosePeriod:
    """`checks` is the checklist as of `checked_position`, the history's last event by then.

    `first` is the month in which the books begin; empty while there is no entry.
    """

    period: Period
    first: Period
    checks: tuple[Check, ...]
    checked_position: int
    closed_by: UserId
    at: datetime


@dataclass(frozen=True, slots=True)
class ProposeReopening:
    period: Period
    reason: str
    proposed_by: UserId
    at: datetime


@dataclass(frozen=True, slots=True)
class ApproveReopening:
    period: Period
    approved_by: UserId
    at: datetime


# Events -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PeriodClosed:
    """No entry gets into the month any more. `version` counts how often it was closed."""

    period: Period
    version: int
    checked_position: int
    checks: tuple[Check, ...]
    closed_by: UserId


@dataclass(frozen=True, slots=True)
class ReopeningProposed:
    period: Period
    reason: str
    proposed_by: UserId


@dataclass(frozen=True, slots=True)
class PeriodReopened:
    """Two people want it, for a reason: entries of the month get into it again."""

    period: Period
    reason: str
    proposed_by: UserId
    approved_by: UserId


PeriodEvent = PeriodClosed | ReopeningProposed | PeriodReopened
EVENTS = {
    "period.closed.v1": PeriodClosed,
    "period.reopening_proposed.v1": ReopeningProposed,
    "period.reopened.v1": PeriodReopened,
}
