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
from mywork.domain.subscription.invoice import Line

DAY = timedelta(days=1)
ALL, NOTHING = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Refund:
    stripe_refund_id: str
    amount_minor: int
    at: datetime


def deferred(lines: Sequence[Line], refunds: Collection[Refund], through: datetime | None) -> int:
    """What the books hold deferred of an invoice, in minor units of its currency.

    Revenue is booked through a moment, None where none is yet; refunds made later have taken
    their unearned part, but nothing else has been earned since.
    """
    kept = ALL
    ordered = sorted(refunds, key=lambda refund: (refund.at, refund.stripe_refund_id))
    earlier = [refund for refund in ordered if through is not None and refund.at <= through]
    for refund in earlier:
        _, kept = _taken(lines, refund, kept)
    left = rounded_up(_unearned(lines, through) * kept)
    for refund in ordered[len(earlier) :]:
        unearned_minor, kept = _taken(lines, refund, kept)
        left -= unearned_minor
    return left


def _taken(lines: Sequence[Line], refund: Refund, kept: Fraction) -> tuple[int, Fraction]:
    """The unearned part of a refund, and how much of what is unearned is kept after it."""
    whole = _unearned(lines, refund.at)
    left = rounded_up(whole * kept)
    unearned_minor = min(refund.amount_minor, max(left, 0))
    return unearned_minor, Fraction(left - unearned_minor, whole) if whole > 0 else NOTHING


def _unearned(lines: Sequence[Line], through: datetime | None) -> int:
    """What is unearned of the lines, had nothing been refunded."""
    if through is None:
        return sum(line.amount_minor for line in lines)
    return sum(_left(line, through) for line in lines)


def _left(line: Line, through: datetime) -> int:
    days = max(1, _days(line.period_end - line.period_start))
    days_left = min(days, max(0, _days(line.period_end - through)))
    return rounded_up(Fraction(line.amount_minor * days_left, days))


def _days(span: timedelta) -> int:
    """Whole days, a begun one counted."""
    return -(-span // DAY)


def month_ends(lines: Sequence[Line], after: datetime) -> Sequence[datetime]:
    """When revenue is booked: each month's end behind `after`, until all lines are earned."""
    end = max((line.period_end for line in lines), default=after)
    found = [_next_month(after)]
    while found[-1] < end:
        found.append(_next_month(found[-1]))
    return found


def _next_month(moment: datetime) -> datetime:
    """The first of the next month, 00:00 UTC."""
    first = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + 32 * DAY).replace(day=1)
