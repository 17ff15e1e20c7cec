"""A seller's statement, for the seller and for finance: JSON, or CSV for a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from mywork.api.answers import raw
from mywork.api.auth import Auditing, User
from mywork.api.documentation import documented
from mywork.api.strict import StrictRoute
from mywork.api.time_ranges import From, To, asked_range
from mywork.bootstrap import Core
from mywork.domain import seller
from mywork.domain.identifiers import SellerId, UserId
from mywork.domain.money import decimal_text
from mywork.ledger.statement import STAGES, Line, Stages, Statement, statement
from mywork.ledger.time_range import TimeRange
from mywork.projections.documents import moment, money

router = APIRouter(route_class=StrictRoute)

CSV = "text/csv; charset=utf-8"
Currency = Annotated[str, Query(pattern="^[A-Z]{3}$", description="One at a time.")]
Format = Annotated[str, Query(pattern="^(json|csv)$")]

_STANDS = {"balance": 260.13, "balance_minor": 26013} | {
    name: value for stage in STAGES for name, value in ((stage, 0.00), (f"{stage}_minor", 0))
}
EXAMPLE = {
    "seller_id": "user_ada",
    "currency": "USD",
    "from": "2026-11-01T00:00:00Z",
    "to": "2026-12-01T00:00:00Z",
    "opening": _STANDS,
    "lines": [
        {
            "at": "2026-11-10T12:01:00Z",
            "what": "Sale of SaaS starter (standard licence): 299.00 USD less 29.90 USD commission,"
            " 8.97 USD processing",
            "reference": "MW-2026-00001",
            "object_id": "0b1c6f0e-54a2-5d4e-9a44-5a3c7f0e2d11",
            "event": "order.paid.v1",
            "amount": 260.13,
            "amount_minor": 26013,
            "balance": 260.13,
            "balance_minor": 26013,
            "moves": {name: value for name, value in _STANDS.items() if "balance" not in name},
        }
    ],
    "closing": _STANDS,
}
ANSWERS = documented(EXAMPLE, 401, 403, 404, 503)
ANSWERS[200]["content"][CSV] = {"schema": {"type": "string"}, "example": "at,what,reference\r\n"}


@router.get("/seller/statement", tags=["sellers"], summary="Your statement", responses=ANSWERS)
def own_statement(
    request: Request,
    user: User,
    since: From = None,
    to: To = None,
    currency: Currency = "USD",
    format: Format = "json",  # noqa: A002  the parameter's name in the API
) -> Response:
    """Opening + lines = closing, to the cent. Every line is an entry of the ledger, in the order
    in which things happened; `moves` says between which of your balances."""
    time_range = asked_range(request, since, to)
    return _answer(request, SellerId(user.user_id), currency, time_range, format)


@router.get(
    "/finance/sellers/{seller_id}/statement",
    tags=["finance"],
    summary="A seller's statement",
    responses=ANSWERS,
)
def statement_of_seller(
    request: Request,
    _: Auditing,
    seller_id: str,
    since: From = None,
    to: To = None,
    currency: Currency = "USD",
    format: Format = "json",  # noqa: A002
) -> Response:
    """The very statement that the seller sees."""
    time_range = asked_range(request, since, to)
    return _answer(request, SellerId(UserId(seller_id)), currency, time_range, format)


def _answer(
    request: Request, seller_id: SellerId, currency: str, time_range: TimeRange, form: str
) -> Response:
    core: Core = request.app.state.core
    seller.joined(core.handler.state(seller.decider, seller.stream_of(seller_id)), seller_id)
    found = statement(core.store, seller_id, currency, time_range)
    if form == "json":
        return raw(orjson.dumps(_document(found)))
    name = f"statement-{currency}-{time_range.since:%Y%m%d}-{time_range.until:%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_csv(found), headers=headers, media_type=CSV)


# JSON ---------------------------------------------------------------------------------------


def _document(found: Statement) -> dict[str, Any]:
    return {
        "seller_id": found.seller_id,
        "currency": found.currency,
        "from": moment(found.time_range.since),
        "to": moment(found.time_range.until),
        "opening": _stands(found.opening, found.currency),
        "lines": [_line(line, found.currency) for line in found.lines],
        "closing": _stands(found.closing, found.currency),
    }


def _line(line: Line, currency: str) -> dict[str, Any]:
    return {
        "at": moment(line.effective_at),
        "what": line.words.text,
        "reference": line.words.reference or None,
        "object_id": line.words.object_id or None,
        "event": line.event,
        **money("amount", line.amount_minor, currency),
        **money("balance", line.balance_minor, currency),
        "moves": _stages(line.moves, currency),
    }


def _stands(stages: Stages, currency: str) -> dict[str, Any]:
    return money("balance", sum(stages.values()), currency) | _stages(stages, currency)


def _stages(stages: Stages, currency: str) -> dict[str, Any]:
    return {
        name: value
        for stage, amount_minor in stages.items()
        for name, value in money(stage, amount_minor, currency).items()
    }


# CSV ----------------------------------------------------------------------------------------


def _csv(found: Statement) -> str:
    """One row a line between an opening and a closing row; amounts in the currency's digits."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("at", "what", "reference", "object", "amount", "balance", *STAGES))
    writer.writerows(_rows(found))
    return text.getvalue()


def _rows(found: Statement) -> Iterator[list[str | None]]:
    currency, since, until = found.currency, found.time_range.since, found.time_range.until
    yield _row(currency, (moment(since), "Opening", "", ""), None, found.opening)
    for line in found.lines:
        said = line.words
        about = moment(line.effective_at), said.text, said.reference, said.object_id
        yield _row(currency, about, line, line.moves)
    yield _row(currency, (moment(until), "Closing", "", ""), None, found.closing)


def _row(
    currency: str, about: tuple[str | None, ...], line: Line | None, stages: Stages
) -> list[str | None]:
    amount_minor = line.amount_minor if line else 0
    balance_minor = line.balance_minor if line else sum(stages.values())
    amounts = (amount_minor, balance_minor, *(stages.get(stage, 0) for stage in STAGES))
    return [*about, *(decimal_text(amount, currency) for amount in amounts)]
