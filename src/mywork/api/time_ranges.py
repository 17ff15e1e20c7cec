"""`?from=&to=` and `?at=&as_known_at=`: the times that a report is about, in every report alike."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query, Request

from mywork.ledger.time_range import TimeRange, default_range

From = Annotated[
    datetime | None,
    Query(alias="from", description="By default the first of this month."),
]
To = Annotated[
    datetime | None, Query(description="Not part of it; by default the end of this month.")
]
At = Annotated[
    datetime | None, Query(description="What had happened by then (effective time), inclusive.")
]
AsKnownAt = Annotated[datetime | None, Query(description="What was booked by then, inclusive.")]
_EVER = TimeRange(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def aware(at: datetime | None) -> datetime | None:
    """A time without a zone is meant in UTC."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def whole_range(since: datetime | None, until: datetime | None) -> TimeRange:
    """All time, where nothing else is asked; raises TimeRangeInvalid."""
    return TimeRange(aware(since) or _EVER.since, aware(until) or _EVER.until)


def asked_range(request: Request, since: datetime | None, until: datetime | None) -> TimeRange:
    """Raises TimeRangeInvalid when it is turned round or empty."""
    return default_range(since, until, now=request.app.state.core.outside.clock.now())
