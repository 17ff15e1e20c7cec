"""`?from=&to=`: the time range that a report is about, the same for every report."""

from datetime import datetime
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


def asked_range(request: Request, since: datetime | None, until: datetime | None) -> TimeRange:
    """Raises TimeRangeInvalid when it is turned round or empty."""
    return default_range(since, until, now=request.app.state.core.outside.clock.now())
