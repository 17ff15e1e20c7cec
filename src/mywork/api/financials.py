"""Financial statements for finance and auditors: each currency by itself, nothing converted."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from mywork.api.answers import raw
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.strict import StrictRoute
from mywork.api.time_ranges import AsKnownAt, At, From, To, asked_range, aware
from mywork.documents.document import encode
from mywork.documents.financials import (
    BalanceSheetReport,
    ProfitAndLossReport,
    SafeguardingReport,
    balance_sheet_of,
    profit_and_loss_of,
    safeguarding_of,
)
from mywork.domain.errors import PeriodInvalid
from mywork.domain.period.months import parse_period
from mywork.ledger.financials.balance_sheet import balance_sheet
from mywork.ledger.financials.profit_and_loss import profit_and_loss, profit_and_loss_of_periods
from mywork.ledger.financials.safeguarding import safeguarding

router = APIRouter(prefix="/finance", tags=["finance"], route_class=StrictRoute)

Currency = Annotated[
    str, Query(pattern="^([A-Z]{3})?$", description="Only this one; by default all.")
]


@router.get(
    "/profit-and-loss",
    summary="Income less expense",
    responses=documented(ProfitAndLossReport, 401, 403, 503),
)
def get_profit_and_loss(
    request: Request,
    _: Auditing,
    period: Annotated[str, Query(description="An accounting period, such as 2026-11.")] = "",
    last_period: Annotated[str, Query(description="Up to this one; by default only that.")] = "",
    since: From = None,
    to: To = None,
    as_known_at: AsKnownAt = None,
    currency: Currency = "",
) -> Response:
    """Of accounting periods, which never change once they are closed; or of what took effect in a
    time range, as known now or at a moment."""
    store = request.app.state.core.store
    if period:
        if since or to or as_known_at:
            raise PeriodInvalid("ask for `period`, or for `from`, `to` and `as_known_at`")
        first, last = parse_period(period), parse_period(last_period or period)
        of_periods = profit_and_loss_of_periods(store, first, last)
        return raw(encode(profit_and_loss_of((first, last), of_periods, currency)))
    chosen = asked_range(request, since, to)
    found = profit_and_loss(store, chosen, as_known_at=aware(as_known_at))
    return raw(encode(profit_and_loss_of(chosen, found, currency)))


@router.get(
    "/balance-sheet",
    summary="Assets = liabilities + equity with the result",
    responses=documented(BalanceSheetReport, 401, 403, 503),
)
def get_balance_sheet(
    request: Request,
    _: Auditing,
    at: At = None,
    as_known_at: AsKnownAt = None,
    currency: Currency = "",
) -> Response:
    """At a moment, by default now. Nothing is set off: what stands below zero is listed on the
    other side."""
    core = request.app.state.core
    asked = _moment(request, at)
    found = balance_sheet(core.store, asked, as_known_at=aware(as_known_at))
    return raw(encode(balance_sheet_of(asked, found, currency)))


@router.get(
    "/safeguarding",
    summary="Whether Stripe holds what sellers are owed",
    responses=documented(SafeguardingReport, 401, 403, 503),
)
def get_safeguarding(
    request: Request, _: Auditing, at: At = None, as_known_at: AsKnownAt = None
) -> Response:
    """`safe` only if it is so in every currency. What sellers owe us (`overdrawn`) and their
    shares of open disputes (`disputed`) count on neither side."""
    store, known = request.app.state.core.store, aware(as_known_at)
    found = safeguarding(store, at=aware(at), as_known_at=known)
    return raw(encode(safeguarding_of(_moment(request, at), found)))


def _moment(request: Request, at: datetime | None) -> datetime:
    now: datetime = request.app.state.core.outside.clock.now()
    return aware(at) or now
