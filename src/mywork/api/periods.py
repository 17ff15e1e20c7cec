"""Closing the books by HTTP: finance closes and reopens, auditors see the checklists."""

from fastapi import APIRouter, Request, Response
from pydantic import Field

from mywork.api.answers import made, raw
from mywork.api.auth import Auditing, Finance
from mywork.api.documentation import documented
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.usecases.closing_periods import ClosingPeriods
from mywork.documents.document import encode
from mywork.documents.periods import AccountingPeriods, DecidedPeriod, PeriodChecklist
from mywork.domain.period.months import parse_period

router = APIRouter(prefix="/finance/periods", tags=["finance"], route_class=StrictRoute)


class Reopening(Strict):
    model_config = example_of({"reason": "an invoice is missing"})

    reason: str = Field(min_length=1, max_length=2000)


@router.get(
    "",
    summary="Every month and whether it is closed",
    responses=documented(AccountingPeriods, 401, 403, 503),
)
def get_periods(request: Request, _: Auditing) -> Response:
    """The newest first. `version` counts closings; a reopening waits for a second person."""
    return raw(encode(_closing(request).listed()))


@router.get(
    "/{period}",
    summary="A month's checklist",
    responses=documented(PeriodChecklist, 401, 403, 503),
)
def get_period(request: Request, _: Auditing, period: str) -> Response:
    """Evaluated now: what was looked at, and what keeps the month from being closed, by name."""
    return raw(encode(_closing(request).checklist(parse_period(period))))


@router.post(
    "/{period}/close",
    summary="Close a month",
    responses=documented(DecidedPeriod, 401, 403, 409, 503),
)
def close_period(request: Request, period: str, user: Finance) -> Response:
    """Nothing gets into it any more: what comes late belongs to the next month and keeps its date.
    Refused while something of the checklist fails; the detail names the break or order."""
    outcome = _closing(request).close(parse_period(period), by=user.user_id)
    return _made(request, period, outcome.position)


@router.post(
    "/{period}/reopen",
    summary="Propose to reopen a month, or approve it",
    responses=documented(DecidedPeriod, 401, 403, 409, 503),
)
def reopen_period(request: Request, period: str, body: Reopening, user: Finance) -> Response:
    """It takes two people: the second makes the same call. Only the month closed last."""
    outcome = _closing(request).reopen(parse_period(period), reason=body.reason, by=user.user_id)
    return _made(request, period, outcome.position)


def _closing(request: Request) -> ClosingPeriods:
    closing: ClosingPeriods = request.app.state.core.closing_periods
    return closing


def _made(request: Request, period: str, position: int) -> Response:
    decided = _closing(request).decided(parse_period(period))
    return made(request.app.state.core, decided, position, status=200)
