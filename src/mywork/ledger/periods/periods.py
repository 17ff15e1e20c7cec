"""To which accounting period an entry belongs: the pure rule, for whoever replays history.

The book writes by the same rule in SQL (`ledger.period_of`), against `ledger.closings`, which
holds the first open month from each closing or reopening on.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mywork.domain.period.messages import PeriodClosed, PeriodReopened
from mywork.domain.period.months import Period, following, month_of


@dataclass(frozen=True, slots=True)
class Closing:
    """An event of an append, by its index there, that moves the first open month.

    `checked_position` is where the history ended when the checklist of a close was made; None
    for a reopening.
    """

    index: int
    first_open: Period
    checked_position: int | None


def period_of(effective_at: datetime, first_open: Period | None) -> Period:
    """The month of its effective date, or the first open month where that is later.

    `first_open` is as of the event before the entry's own; None before the first close.
    """
    month = month_of(effective_at)
    return max(month, first_open) if first_open else month


def first_open_after(event: Any, before: Period | None) -> Period | None:
    """The first open month once an event has happened."""
    match event:
        case PeriodClosed():
            return following(event.period)
        case PeriodReopened():
            return event.period
        case _:
            return before


def closing_of(index: int, event: Any) -> Closing | None:
    """What the book must write of an event besides its entry; for nearly every one nothing."""
    match event:
        case PeriodClosed():
            return Closing(index, following(event.period), event.checked_position)
        case PeriodReopened():
            return Closing(index, event.period, None)
        case _:
            return None
