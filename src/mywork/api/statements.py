"""A seller's statement, for the seller and for finance: JSON, CSV, or a PDF to file."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from mywork.api.access_log import Logged
from mywork.api.answers import raw
from mywork.api.auth import Auditing, User
from mywork.api.documentation import documented
from mywork.api.strict import StrictRoute
from mywork.api.time_ranges import From, To, asked_range
from mywork.application.usecases.letterhead import letterhead_of
from mywork.bootstrap.core import Core
from mywork.documents.document import encode
from mywork.documents.statements import (
    SellerStatement,
    StatementDifference,
    difference_of,
    statement_of,
)
from mywork.domain.errors import TimeRangeInvalid
from mywork.domain.identifiers import SellerId, UserId
from mywork.domain.period.months import parse_period
from mywork.domain.seller.decider import SELLER
from mywork.domain.seller.decisions import joined as seller_joined
from mywork.domain.streams import seller_stream
from mywork.ledger.statements.statement import Statement, period_statement, statement
from mywork.ledger.statements.totals import difference
from mywork.rendering.statement_pdf import statement_pdf
from mywork.rendering.statements import statement_spreadsheet

router = APIRouter(route_class=StrictRoute)

CSV, PDF = "text/csv; charset=utf-8", "application/pdf"
Currency = Annotated[str, Query(pattern="^[A-Z]{3}$", description="One at a time.")]
Format = Literal["json", "csv", "pdf"]
Month = Annotated[
    str | None,
    Query(description="An accounting period, instead of a time range: once closed, it stays."),
]
Version = Annotated[
    int | None,
    Query(ge=1, description="As of this closing of the period; by default as of the last."),
]

ANSWERS = documented(SellerStatement, 401, 403, 404, 503)
ANSWERS[200]["content"][CSV] = {"schema": {"type": "string"}, "example": "at,what,reference\r\n"}
ANSWERS[200]["content"][PDF] = {"schema": {"type": "string"}, "example": "%PDF-1.4 ..."}


@router.get("/seller/statement", tags=["sellers"], summary="Your statement", responses=ANSWERS)
def own_statement(
    request: Request,
    user: User,
    since: From = None,
    to: To = None,
    currency: Currency = "USD",
    format: Format = "json",  # noqa: A002  the parameter's name in the API
    period: Month = None,
    version: Version = None,
) -> Response:
    """Opening + lines = closing, to the cent. Every line is an entry of the ledger, in the order
    in which things happened; `moves` says between which of your balances."""
    seller_id = joined(request, user.user_id)
    found = _asked(request, (seller_id, currency), (since, to), (period, version))
    return _answer(request, found, format)


@router.get(
    "/finance/sellers/{seller_id}/statement",
    tags=["finance"],
    summary="A seller's statement",
    responses=ANSWERS,
    dependencies=[Depends(Logged("seller_id"))],
)
def statement_of_seller(
    request: Request,
    _: Auditing,
    seller_id: str,
    since: From = None,
    to: To = None,
    currency: Currency = "USD",
    format: Format = "json",  # noqa: A002
    period: Month = None,
    version: Version = None,
) -> Response:
    """The very statement that the seller sees."""
    of = joined(request, UserId(seller_id)), currency
    return _answer(request, _asked(request, of, (since, to), (period, version)), format)


@router.get(
    "/finance/sellers/{seller_id}/statement/difference",
    tags=["finance"],
    summary="What changed between two versions of a statement",
    responses=documented(StatementDifference, 401, 403, 404, 503),
    dependencies=[Depends(Logged("seller_id"))],
)
def statement_difference(
    request: Request,
    _: Auditing,
    seller_id: str,
    period: str,
    from_version: Annotated[int, Query(ge=1)] = 1,
    to_version: Version = None,
    currency: Currency = "USD",
) -> Response:
    """A month that was reopened and closed again is restated: the lines that came in between."""
    of = joined(request, UserId(seller_id)), currency
    older = _asked(request, of, (None, None), (period, from_version))
    newer = _asked(request, of, (None, None), (period, to_version))
    return raw(encode(difference_of(difference(older, newer))))


def joined(request: Request, user_id: UserId) -> SellerId:
    core: Core = request.app.state.core
    seller_id = SellerId(user_id)
    seller_joined(core.handler.state(SELLER, seller_stream(seller_id)), seller_id)
    return seller_id


def _asked(
    request: Request,
    of: tuple[SellerId, str],
    time_range: tuple[From, To],
    edition: tuple[Month, Version],
) -> Statement:
    """By accounting period where one is named, else by effective time; never by both."""
    core: Core = request.app.state.core
    (since, until), (month, version) = time_range, edition
    if month is None and version is None:
        return statement(core.store, *of, asked_range(request, since, until))
    if month is None or since or until:
        raise TimeRangeInvalid("ask for a time range, or for a period and its version")
    return period_statement(core.store, *of, parse_period(month), version=version)


def _answer(request: Request, found: Statement, form: str) -> Response:
    document = statement_of(found)
    if form == "json":
        return raw(encode(document))
    headers = {"Content-Disposition": f'attachment; filename="{_name(found)}.{form}"'}
    if form == "csv":
        return Response(statement_spreadsheet(document), headers=headers, media_type=CSV)
    core: Core = request.app.state.core
    platform = core.settings.platform_name
    head = letterhead_of(core.store, core.people, found, platform=platform)
    return Response(statement_pdf(document, head), headers=headers, media_type=PDF)


def _name(found: Statement) -> str:
    if found.edition:
        version = f"-v{found.edition.version}" if found.edition.version else ""
        return f"statement-{found.currency}-{found.edition.period}{version}"
    since, until = found.time_range.since, found.time_range.until
    return f"statement-{found.currency}-{since:%Y%m%d}-{until:%Y%m%d}"
