"""Accounting periods: months, closed in order once their checklist is clean.

What happens late belongs to the first open month and keeps its own date. A closed month is opened
again by two people, with a reason, the last one first.
"""

from mywork.domain.period.decider import (
    STREAM,
    Periods,
    decider,
    in_order,
)
from mywork.domain.period.months import (
    Period,
    begins_at,
    ends_at,
    following,
    month_of,
    parse,
    preceding,
)
from mywork.domain.period.words import (
    ApproveReopening,
    Check,
    ClosePeriod,
    Command,
    Event,
    Failing,
    PeriodClosed,
    PeriodReopened,
    ProposeReopening,
    ReopeningProposed,
)

__all__ = [
    "STREAM",
    "ApproveReopening",
    "Check",
    "ClosePeriod",
    "Command",
    "Event",
    "Failing",
    "Period",
    "PeriodClosed",
    "PeriodReopened",
    "Periods",
    "ProposeReopening",
    "ReopeningProposed",
    "begins_at",
    "decider",
    "ends_at",
    "following",
    "in_order",
    "month_of",
    "parse",
    "preceding",
]
