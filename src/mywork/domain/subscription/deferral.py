"""What of a paid invoice is not earned yet: a function of time, and of nothing else.

Each line is earned by days of 24 hours, counted back from the end of its period, so that a line
and the unused time of it that is given back later lose their days together. What is left is
rounded up: nothing is earned early, and the last day takes the residue.

A refund takes first what is unearned at its own time, the rest was revenue. Everything depends on
the times of lines and refunds alone: the order in which their facts reach us does not matter.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from mywork.domain.money import rounded_up
from mywork.domain.subscription.invoice_messages import Line

DAY = timedelta(days=1)
ALL, NOTHING = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Refund:
    stripe_refund_id: str
    amount_minor: int
    at: datetime


def unearned(lines: Sequence[Line], refunds: Collection[Refund], at: datetime) -> int:
    """What is not earned at a moment, after the refunds made by then; in minor units."""
    kept = ALL
    for refund in _in_order(refunds):
        if refund.at <= at:
            _, kept = _taken(lines, refund, kept)
    return rounded_up(_left(lines, at) * kept)


def taken(lines: Sequence[Line], refunds: Collection[Refund]) -> int:
    """How much of all these refunds was not earned yet when each of them was made."""
    kept, total_minor = ALL, 0
    for refund in _in_order(refunds):
        unearned_minor, kept = _taken(lines, refund, kept)
        total_minor += unearned_minor
    return total_minor


def _in_order(refunds: Collection[Refund]) -> Sequence[Refund]:
    return sorted(refunds, key=lambda refund: (refund.at, refund.stripe_refund_id))


def _taken(lines: Sequence[Line], refund: Refund, kept: Fraction) -> tuple[int, Fraction]:
    """The unearned part of a refund, and how much of what is unearned is kept after it."""
    whole = _left(lines, refund.at)
    left = rounded_up(whole * kept)
    unearned_minor = min(refund.amount_minor, max(left, 0))
    return unearned_minor, Fraction(left - unearned_minor, whole) if whole > 0 else NOTHING


def _left(lines: Sequence[Line], at: datetime) -> int:
    """What is unearned of the lines, had nothing been refunded."""
    return sum(_left_of(line, at) for line in lines)


def _left_of(line: Line, at: datetime) -> int:
    days = max(1, _days(line.period_end - line.period_start))
    days_left = min(days, max(0, _days(line.period_end - at)))
    return rounded_up(Fraction(line.amount_minor * days_left, days))


def _days(span: timedelta) -> int:
    """Whole days, a begun one counted."""
    return -(-span // DAY)


def month_ends(after: datetime, until: datetime) -> Sequence[datetime]:
    """When revenue is booked: each month's end behind `after`, the last at or behind `until`."""
    found = [_next_month(after)]
    while found[-1] < until:
        found.append(_next_month(found[-1]))
    return found


def _next_month(moment: datetime) -> datetime:
    """The first of the next month, 00:00 UTC."""
    first = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + 32 * DAY).replace(day=1)
