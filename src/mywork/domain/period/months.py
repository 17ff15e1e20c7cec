"""Accounting periods: calendar months in UTC, written `2026-10`, so that their texts sort."""

import re
from datetime import UTC, datetime
from typing import NewType

from mywork.domain.errors import PeriodInvalid

Period = NewType("Period", str)

_PERIOD = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_LAST_YEAR = 9998  # a month's end is the first moment of the next


def parse_period(text: str) -> Period:
    """Raises PeriodInvalid for whatever is not a month such as `2026-10`."""
    if _PERIOD.fullmatch(text) is None or not 1 <= int(text[:4]) <= _LAST_YEAR:
        raise PeriodInvalid(f"{text!r} is not an accounting period; write a month as 2026-10")
    return Period(text)


def month_of(moment: datetime) -> Period:
    """The month in which an aware moment lies."""
    at = moment.astimezone(UTC)
    return _written(at.year * 12 + at.month - 1)


def following(period: Period) -> Period:
    return _written(_number(period) + 1)


def preceding(period: Period) -> Period:
    return _written(_number(period) - 1)


def begins_at(period: Period) -> datetime:
    """Its first moment, which is part of it."""
    return datetime(int(period[:4]), int(period[5:]), 1, tzinfo=UTC)


def ends_at(period: Period) -> datetime:
    """The first moment of the next month, which is not part of it."""
    return begins_at(following(period))


def _number(period: Period) -> int:
    """Months since the year 0."""
    return int(period[:4]) * 12 + int(period[5:]) - 1


def _written(number: int) -> Period:
    return Period(f"{number // 12:04d}-{number % 12 + 1:02d}")
