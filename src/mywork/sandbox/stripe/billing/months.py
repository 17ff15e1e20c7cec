"""Periods of a subscription: from an anchor in steps of its interval, in UTC."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta

from mywork.sandbox.stripe.errors import Json

_STEPS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}
_MONTHS = {"month": 1, "year": 12}


def period_end(anchor: int, recurring: Json, start: int) -> int:
    """The first step from the anchor behind `start`: the 31st stays the last of shorter months."""
    number = 1
    while (end := _stepped(anchor, recurring, number)) <= start:
        number += 1
    return end


def _stepped(anchor: int, recurring: Json, number: int) -> int:
    first = datetime.fromtimestamp(anchor, UTC)
    count = recurring["interval_count"] * number
    if recurring["interval"] in _STEPS:
        return int((first + _STEPS[recurring["interval"]] * count).timestamp())
    months = first.month - 1 + _MONTHS[recurring["interval"]] * count
    year, month = first.year + months // 12, months % 12 + 1
    day = min(first.day, monthrange(year, month)[1])
    return int(first.replace(year=year, month=month, day=day).timestamp())


def prorated(amount: int, left: int, whole: int, *, step: int = 1) -> int:
    """The part of an amount for the seconds left of a period, rounded half up to a step."""
    return (amount * left * 2 + whole * step) // (whole * step * 2) * step if whole else 0
