"""What a month would have been under other fees or another hold; changes nothing."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response
from pydantic import Field

from mywork.api.answers import made
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.usecases.what_if import what_if
from mywork.bootstrap.core import Core
from mywork.documents.what_if import WhatIf
from mywork.domain.errors import FeeScheduleInvalid
from mywork.domain.fee_changes import FeeChanges, parse_document
from mywork.domain.order.simulation import OtherTerms
from mywork.domain.period.months import parse_period

router = APIRouter(prefix="/finance", tags=["finance"], route_class=StrictRoute)


class Question(Strict):
    model_config = example_of(
        {
            "period": "2026-10",
            "fee_schedule": {"commission": "12%", "USD": {"fixed": "0.50"}},
            "hold_days": 14,
        }
    )

    period: str
    fee_schedule: dict[str, str | dict[str, str]] | None = Field(
        None, description="Rates and fixed fees by name; what is not named stays as quoted."
    )
    hold_days: int | None = Field(None, ge=0, le=365)


@router.post(
    "/what-if",
    summary="A past month under other fees or another hold",
    responses=documented(WhatIf, 401, 403, 503),
)
def ask_what_if(request: Request, body: Question, _: Auditing) -> Response:
    """Every order that was paid in the month is decided again, with its refunds and disputes up to
    now. `sellers` is what they would have earned, `payable` what of it by the month's end."""
    core: Core = request.app.state.core
    if body.fee_schedule is None and body.hold_days is None:
        raise FeeScheduleInvalid("say what would be different: fee_schedule or hold_days")
    fees = FeeChanges() if body.fee_schedule is None else parse_document(body.fee_schedule)
    hold = None if body.hold_days is None else timedelta(days=body.hold_days)
    now = core.outside.clock.now()
    found = what_if(core.store, parse_period(body.period), OtherTerms(fees, hold), now=now)
    return made(core, found, 0, status=200)
