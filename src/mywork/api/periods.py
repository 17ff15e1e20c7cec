"""`?from=&to=`: the period that a report is about, the same for every report."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Request

from mywork.ledger.period import Period, period

From = Annotated[
    datetime | None,
    Query(alias="from", description="By default the first of this month."),
]
To = Annotated[
    datetime | None, Query(description="Not part of it; by default the end of this month.")
]


def asked_period(request: Request, since: datetime | None, until: datetime | None) -> Period:
    """Raises PeriodInvalid when it is turned round or empty."""
    return period(since, until, now=request.app.state.core.outside.clock.now())
