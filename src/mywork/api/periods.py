"""Closing the books by HTTP: finance closes and reopens, auditors see the checklists."""

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import Field

from mywork.api.answers import made, raw
from mywork.api.auth import Auditing, Finance
from mywork.api.documentation import documented
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.usecases.closing_periods import Checklist, ClosingPeriods, Standing
from mywork.domain.period.messages import Check
from mywork.domain.period.months import parse_period
from mywork.projections.documents import moment

router = APIRouter(prefix="/finance/periods", tags=["finance"], route_class=StrictRoute)

STANDING = {
    "period": "2026-10",
    "status": "closed",
    "version": 1,
    "reopening_proposed_by": "user_alice",
    "reopening_reason": "an invoice is missing",
}
CHECK = {
    "name": "fees_known",
    "passed": False,
    "examined": 250,
    "failing": [
        {
            "subject": "MW-2026-00007",
            "detail": "the fee is not known: 299.00 USD of ch_1 wait for Stripe's transaction",
        }
    ],
}
CHECKLIST = {
    "period": "2026-10",
    "status": "open",
    "version": 0,
    "ready": False,
    "as_of_position": 4711,
    "as_of": "2026-11-03T09:00:00Z",
    "checks": [CHECK],
}
CLOSED = {"period": "2026-10", "status": "closed", "version": 1}


class Reopening(Strict):
    model_config = example_of({"reason": "an invoice is missing"})

    reason: str = Field(min_length=1, max_length=2000)


@router.get(
    "",
    summary="Every month and whether it is closed",
    responses=documented({"data": [STANDING]}, 401, 403, 503),
)
def get_periods(request: Request, _: Auditing) -> Response:
    """The newest first. `version` counts closings; a reopening waits for a second person."""
    return raw(orjson.dumps({"data": [_standing(item) for item in _desk(request).listed()]}))


@router.get(
    "/{period}",
    summary="A month's checklist",
    responses=documented(CHECKLIST, 401, 403, 503),
)
def get_period(request: Request, _: Auditing, period: str) -> Response:
    """Evaluated now: what was looked at, and what keeps the month from being closed, by name."""
    found = _desk(request).checklist(parse_period(period))
    now = request.app.state.core.outside.clock.now()
    return raw(orjson.dumps(_checklist(found) | {"as_of": moment(now)}))


@router.post(
    "/{period}/close",
    summary="Close a month",
    responses=documented(CLOSED, 401, 403, 409, 503),
)
def close_period(request: Request, period: str, user: Finance) -> Response:
    """Nothing gets into it any more: what comes late belongs to the next month and keeps its date.
    Refused while something of the checklist fails; the detail names the break or order."""
    outcome = _desk(request).close(parse_period(period), by=user.user_id)
    return _made(request, period, outcome.position)


@router.post(
    "/{period}/reopen",
    summary="Propose to reopen a month, or approve it",
    responses=documented(CLOSED | {"status": "reopening_proposed"}, 401, 403, 409, 503),
)
def reopen_period(request: Request, period: str, body: Reopening, user: Finance) -> Response:
    """It takes two people: the second makes the same call. Only the month closed last."""
    outcome = _desk(request).reopen(parse_period(period), reason=body.reason, by=user.user_id)
    return _made(request, period, outcome.position)


def _desk(request: Request) -> ClosingPeriods:
    desk: ClosingPeriods = request.app.state.core.closing_periods
    return desk


def _made(request: Request, period: str, position: int) -> Response:
    state = _desk(request).periods()
    document = {"period": period, "version": state.versions.get(parse_period(period), 0)}
    if not state.is_closed(parse_period(period)):
        status = "open"
    else:
        status = "reopening_proposed" if state.proposal else "closed"
    return made(request.app.state.core, document | {"status": status}, position, status=200)


def _standing(item: Standing) -> dict[str, Any]:
    proposal = item.proposal
    return {
        "period": item.period,
        "status": "closed" if item.closed else "open",
        "version": item.version,
        "reopening_proposed_by": proposal.proposed_by if proposal else None,
        "reopening_reason": proposal.reason if proposal else None,
    }


def _checklist(found: Checklist) -> dict[str, Any]:
    return {
        "period": found.period,
        "status": "closed" if found.closed else "open",
        "version": found.version,
        "ready": found.ready,
        "as_of_position": found.stands.head,
        "checks": [_check(check) for check in found.checks],
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "name": check.name,
        "passed": check.passed,
        "examined": check.examined,
        "failing": [{"subject": item.subject, "detail": item.detail} for item in check.failing],
    }
