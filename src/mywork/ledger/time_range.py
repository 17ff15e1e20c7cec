"""A stretch of effective time: from a moment up to, and not including, another."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mywork.domain.errors import TimeRangeInvalid

INSTANT = timedelta(microseconds=1)  # the least by which two times differ
LONGER_THAN_A_MONTH = timedelta(days=32)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Both aware; `since` is part of it, `until` is not. Raises TimeRangeInvalid."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.since >= self.until:
            raise TimeRangeInvalid(
                f"the time range must end after it begins; it begins {self.since.isoformat()} "
                f"and ends {self.until.isoformat()}"
            )


def default_range(since: datetime | None, until: datetime | None, *, now: datetime) -> TimeRange:
    """What somebody asked for; by default the whole of this month, or of the month that ends."""
    try:
        end = _aware(until) if until else _month(_month(now) + LONGER_THAN_A_MONTH)
        return TimeRange(_aware(since) if since else _month(end - INSTANT), end)
    except OverflowError:
        raise TimeRangeInvalid("the time range lies outside the calendar") from None


def up_to(at: datetime, since: datetime | None = None) -> TimeRange:
    """What leads to a moment (itself included), by default from the first of its month."""
    end = _aware(at)
    try:
        return TimeRange(_aware(since) if since else _month(end), end + INSTANT)
    except OverflowError:
        raise TimeRangeInvalid("the time lies outside the calendar") from None


def _month(moment: datetime) -> datetime:
    """The first moment of its month."""
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _aware(moment: datetime) -> datetime:
    """In UTC; a time without a zone is meant in UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
