"""Financial statements for finance and auditors: each currency by itself, nothing converted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from mywork.api.answers import raw
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.strict import StrictRoute
from mywork.api.time_ranges import AsKnownAt, At, From, To, asked_range, aware
from mywork.domain.errors import PeriodInvalid
from mywork.domain.period.months import parse_period
from mywork.ledger.financials.balance_sheet import BalanceSheet, balance_sheet
from mywork.ledger.financials.items import Item
from mywork.ledger.financials.profit_and_loss import (
    ProfitAndLoss,
    profit_and_loss,
    profit_and_loss_of_periods,
)
from mywork.ledger.financials.safeguarding import Safeguarding, safeguarding
from mywork.projections.documents import moment, money

router = APIRouter(prefix="/finance", tags=["finance"], route_class=StrictRoute)

Currency = Annotated[
    str, Query(pattern="^([A-Z]{3})?$", description="Only this one; by default all.")
]
_ITEM = {
    "account": "revenue:commission",
    "meaning": "the platform's share of sales",
    "amount": 29.90,
    "amount_minor": 2990,
}


def _example(**parts: Any) -> dict[str, Any]:
    """`float` stands for an amount."""
    return {
        "currency": "USD",
        **{name: 29.90 if value is float else value for name, value in parts.items()},
        **{f"{name}_minor": 2990 for name, value in parts.items() if value is float},
    }


PROFIT_AND_LOSS = {
    "period": "2026-11",
    "last_period": "2026-11",
    "from": "2026-11-01T00:00:00Z",
    "to": "2026-12-01T00:00:00Z",
    "data": [
        _example(
            income=[_ITEM], total_income=float, expense=[_ITEM], total_expense=float, result=float
        )
    ],
}
BALANCE_SHEET = {
    "at": "2026-11-30T23:59:59Z",
    "data": [
        _example(
            balanced=True,
            assets=[_ITEM],
            total_assets=float,
            liabilities=[_ITEM],
            total_liabilities=float,
            equity=[_ITEM],
            total_equity=float,
        )
    ],
}
SAFEGUARDING = {
    "at": "2026-11-30T23:59:59Z",
    "safe": True,
    "data": [
        _example(
            safe=True,
            held=[_ITEM],
            total_held=float,
            owed=[_ITEM],
            total_owed=float,
            surplus=float,
            overdrawn=float,
            disputed=float,
        )
    ],
}


@router.get(
    "/profit-and-loss",
    summary="Income less expense",
    responses=documented(PROFIT_AND_LOSS, 401, 403, 503),
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
        found = profit_and_loss_of_periods(store, first, last)
        asked: dict[str, Any] = {"period": first, "last_period": last, "from": None, "to": None}
    else:
        chosen = asked_range(request, since, to)
        found = profit_and_loss(store, chosen, as_known_at=aware(as_known_at))
        asked = {"period": None, "last_period": None}
        asked |= {"from": moment(chosen.since), "to": moment(chosen.until)}
    data = [_earned(item) for item in found if currency in {"", item.currency}]
    return raw(orjson.dumps(asked | {"data": data}))


@router.get(
    "/balance-sheet",
    summary="Assets = liabilities + equity with the result",
    responses=documented(BALANCE_SHEET, 401, 403, 503),
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
    data = [_sheet(item) for item in found if currency in {"", item.currency}]
    return raw(orjson.dumps({"at": moment(asked), "data": data}))


@router.get(
    "/safeguarding",
    summary="Whether Stripe holds what sellers are owed",
    responses=documented(SAFEGUARDING, 401, 403, 503),
)
def get_safeguarding(
    request: Request, _: Auditing, at: At = None, as_known_at: AsKnownAt = None
) -> Response:
    """`safe` only if it is so in every currency. What sellers owe us (`overdrawn`) and their
    shares of open disputes (`disputed`) count on neither side."""
    store, known = request.app.state.core.store, aware(as_known_at)
    found = safeguarding(store, at=aware(at), as_known_at=known)
    document = {
        "at": moment(_moment(request, at)),
        "safe": all(item.safe for item in found),
        "data": [_guarded(item) for item in found],
    }
    return raw(orjson.dumps(document))


def _moment(request: Request, at: datetime | None) -> datetime:
    now: datetime = request.app.state.core.outside.clock.now()
    return aware(at) or now


def _earned(found: ProfitAndLoss) -> dict[str, Any]:
    code = found.currency
    return {
        "currency": code,
        "income": _items(found.income, code),
        **money("total_income", found.income_minor, code),
        "expense": _items(found.expense, code),
        **money("total_expense", found.expense_minor, code),
        **money("result", found.result_minor, code),
    }


def _sheet(found: BalanceSheet) -> dict[str, Any]:
    code = found.currency
    return {
        "currency": code,
        "balanced": found.balanced,
        "assets": _items(found.assets, code),
        **money("total_assets", found.assets_minor, code),
        "liabilities": _items(found.liabilities, code),
        **money("total_liabilities", found.liabilities_minor, code),
        "equity": _items(found.equity, code),
        **money("total_equity", found.equity_minor, code),
    }


def _guarded(found: Safeguarding) -> dict[str, Any]:
    code = found.currency
    return {
        "currency": code,
        "safe": found.safe,
        "held": _items(found.held, code),
        **money("total_held", found.held_minor, code),
        "owed": _items(found.owed, code),
        **money("total_owed", found.owed_minor, code),
        **money("surplus", found.surplus_minor, code),
        **money("overdrawn", found.overdrawn_minor, code),
        **money("disputed", found.disputed_minor, code),
    }


def _items(items: Sequence[Item], currency: str) -> list[dict[str, Any]]:
    return [
        {
            "account": item.account,
            "meaning": item.meaning,
            **money("amount", item.amount_minor, currency),
        }
        for item in items
    ]
