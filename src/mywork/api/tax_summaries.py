"""Yearly gross totals: the seller's own, finance's view of the same, and CSV of all sellers."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from mywork.api.access_log import Logged
from mywork.api.answers import raw
from mywork.api.auth import Auditing, User
from mywork.api.documentation import documented
from mywork.api.statements import CSV, joined
from mywork.api.strict import StrictRoute
from mywork.bootstrap.core import Core
from mywork.documents.document import encode
from mywork.documents.tax_summaries import (
    TaxSummaries,
    TaxSummary,
    tax_summaries_of,
    tax_summary_of,
)
from mywork.domain.identifiers import SellerId, UserId
from mywork.ledger.statements.tax_summary import tax_summary
from mywork.rendering.tax_summaries import tax_spreadsheet

router = APIRouter(route_class=StrictRoute)

Year = Annotated[int, Query(ge=2000, le=9998, description="Its twelve accounting periods.")]
ANSWERS = documented(TaxSummary, 401, 403, 404, 503)
OF_ALL = documented(TaxSummaries, 401, 403, 503)
OF_ALL[200]["content"][CSV] = {"schema": {"type": "string"}, "example": "seller,span,currency\r\n"}


@router.get("/seller/tax-summary", tags=["sellers"], summary="Your year", responses=ANSWERS)
def own_summary(request: Request, user: User, year: Year) -> Response:
    """What buyers paid and got back, what was kept, what was paid out: by month, by quarter and
    for the year, in each currency. It is the sum of your monthly statements."""
    return _answer(request, joined(request, user.user_id), year)


@router.get(
    "/finance/sellers/{seller_id}/tax-summary",
    tags=["finance"],
    summary="A seller's year",
    responses=ANSWERS,
    dependencies=[Depends(Logged("seller_id"))],
)
def summary_of_seller(request: Request, _: Auditing, seller_id: str, year: Year) -> Response:
    """The very summary that the seller sees."""
    return _answer(request, joined(request, UserId(seller_id)), year)


@router.get(
    "/finance/tax-summary",
    tags=["finance"],
    summary="Every seller's year",
    responses=OF_ALL,
    dependencies=[Depends(Logged())],
)
def summary_of_all(
    request: Request,
    _: Auditing,
    year: Year,
    format: Literal["json", "csv"] = "json",  # noqa: A002
) -> Response:
    """A row a seller, month and currency."""
    core: Core = request.app.state.core
    found = tax_summaries_of(year, tax_summary(core.store, year))
    if format == "json":
        return raw(encode(found))
    headers = {"Content-Disposition": f'attachment; filename="tax-summary-{year}.csv"'}
    return Response(tax_spreadsheet(found), headers=headers, media_type=CSV)


def _answer(request: Request, seller_id: SellerId, year: int) -> Response:
    core: Core = request.app.state.core
    rows = tax_summary(core.store, year, seller_id)
    return raw(encode(tax_summary_of(seller_id, year, rows)))
