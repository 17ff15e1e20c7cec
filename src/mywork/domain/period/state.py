"""Which months are closed: one boundary for all, because they are closed in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mywork.domain.period import months
from mywork.domain.period.messages import PeriodReopened, ReopeningProposed
from mywork.domain.period.months import Period


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
