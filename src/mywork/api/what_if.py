"""What a month would have been under other fees or another hold; changes nothing."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from mywork.api.answers import made
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.usecases.what_if import Comparison, Figures, what_if
from mywork.bootstrap.core import Core
from mywork.domain.errors import FeeScheduleInvalid
from mywork.domain.fee_changes import FeeChanges, parse_document
from mywork.domain.order.simulation import OtherTerms
from mywork.domain.period.months import parse_period
from mywork.projections.documents import money

router = APIRouter(prefix="/finance", tags=["finance"], route_class=StrictRoute)

_FIGURES = {
    name: value
    for figure, minor in (
        ("gross", 29_900),
        ("commission", 3_588),
        ("processing", 897),
        ("dispute_fees", 0),
        ("revenue", 4_485),
        ("sellers", 25_415),
        ("payable", 25_415),
    )
    for name, value in ((figure, minor / 100), (f"{figure}_minor", minor))
}
_SIDES = {"actual": _FIGURES, "hypothetical": _FIGURES, "change": _FIGURES}
EXAMPLE = {
    "period": "2026-10",
    "orders": 250,
    "currencies": [{"currency": "USD", **_SIDES}],
    "sellers_most_affected": [{"seller_id": "user_ada", "currency": "USD", **_SIDES}],
}


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
    responses=documented(EXAMPLE, 401, 403, 503),
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
    document = {
        "period": found.period,
        "orders": found.orders,
        "currencies": [_compared(item) for item in found.currencies],
        "sellers_most_affected": [
            {"seller_id": item.seller_id} | _compared(item) for item in found.sellers
        ],
    }
    return made(core, document, 0, status=200)


def _compared(item: Comparison) -> dict[str, Any]:
    actual, hypothetical = _minor(item.actual), _minor(item.hypothetical)
    change = {name: hypothetical[name] - actual[name] for name in actual}
    return {
        "currency": item.currency,
        "actual": _amounts(actual, item.currency),
        "hypothetical": _amounts(hypothetical, item.currency),
        "change": _amounts(change, item.currency),
    }


def _minor(side: Figures) -> dict[str, int]:
    return {
        "gross": side.gross_minor,
        "commission": side.commission_minor,
        "processing": side.processing_minor,
        "dispute_fees": side.disputes_minor,
        "revenue": side.revenue_minor,
        "sellers": side.sellers_minor,
        "payable": side.payable_minor,
    }


def _amounts(minor: dict[str, int], currency: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, amount_minor in minor.items():
        fields |= money(name, amount_minor, currency)
    return fields
