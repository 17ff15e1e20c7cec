"""The ledger, for the roles finance, auditor and admin: read only, by two kinds of time."""

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from mywork.api.answers import raw
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.looking import Looking
from mywork.api.strict import StrictRoute
from mywork.api.time_ranges import AsKnownAt, At, aware, whole_range
from mywork.ledger.account_lines import Line, account_lines
from mywork.ledger.accounts import chart_row
from mywork.ledger.trial_balance import TrialBalance, trial_balance
from mywork.projections.documents import exact, moment, money

router = APIRouter(prefix="/ledger", tags=["ledger"], route_class=StrictRoute)

ACCOUNT = {
    "account": "revenue:commission",
    "kind": "income",
    "currency": "USD",
    "debit": 0.00,
    "debit_minor": 0,
    "credit": 29.90,
    "credit_minor": 2990,
}
BALANCE = {
    "balanced": True,
    "accounts": [ACCOUNT],
    "totals": [{"currency": "USD", "debit_minor": 2990, "credit_minor": 2990}],
}
LINE = {
    "position": 42,
    "entry": 42,
    "event": "order.paid.v1",
    "stream": "order-0199aa00-0000-7000-8000-000000000002",
    "effective_at": "2026-11-10T12:01:00Z",
    "booked_at": "2026-11-10T12:01:02Z",
    "period": "2026-11",
    "amount": 29.90,
    "amount_minor": 2990,
    "balance": 29.90,
    "balance_minor": 2990,
    "object_id": "ch_1abc",
}
LINES = {
    "account": "revenue:commission",
    "currency": "USD",
    "opening": 0.00,
    "opening_minor": 0,
    "data": [LINE],
    "closing": 29.90,
    "closing_minor": 2990,
    "next_after": "2026-11-10T12:01:00+00:00_42",
}


@router.get(
    "/trial-balance",
    summary="Every account: debits equal credits",
    responses=documented(BALANCE, 401, 403, 503),
)
def get_trial_balance(
    request: Request, _: Auditing, at: At = None, as_known_at: AsKnownAt = None
) -> Response:
    """Now, or at a moment: by what had happened, and by what was booked."""
    found = trial_balance(
        request.app.state.core.store, at=aware(at), as_known_at=aware(as_known_at)
    )
    totals = [
        {"currency": currency, "debit_minor": debit, "credit_minor": credit}
        for currency, (debit, credit) in sorted(found.totals().items())
    ]
    document = {"balanced": found.balanced, "accounts": _accounts(found), "totals": totals}
    return raw(orjson.dumps(document))


@router.get(
    "/accounts",
    summary="Accounts and their balances",
    responses=documented({"data": [ACCOUNT]}, 401, 403, 503),
    dependencies=[Depends(Looking())],
)
def get_accounts(
    request: Request,
    _: Auditing,
    prefix: Annotated[str, Query(max_length=100, examples=["seller:user_ada:"])] = "",
    at: At = None,
    as_known_at: AsKnownAt = None,
) -> Response:
    """All, or those whose code begins with `prefix`; now, or at a moment."""
    store = request.app.state.core.store
    found = trial_balance(store, at=aware(at), as_known_at=aware(as_known_at), prefix=prefix)
    return raw(orjson.dumps({"data": _accounts(found)}))


@router.get(
    "/accounts/{account}/entries",
    summary="An account's lines, with the running balance",
    responses=documented(LINES, 401, 403, 404, 503),
    dependencies=[Depends(Looking("account", only=("seller:", "customer:")))],
)
def get_account_entries(
    request: Request,
    _: Auditing,
    account: str,
    currency: Annotated[str, Query(pattern="^[A-Z]{3}$")] = "USD",
    since: Annotated[datetime | None, Query(alias="from", description="By default all.")] = None,
    to: Annotated[datetime | None, Query(description="Not part of it; by default all.")] = None,
    as_known_at: AsKnownAt = None,
    after: Annotated[
        str, Query(max_length=60, description="`next_after` of the page before.")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """In the order in which they took effect: opening + lines = closing, on the account's normal
    side."""
    sign = chart_row(account).normal_sign
    page = account_lines(
        request.app.state.core.store,
        (account, currency),
        whole_range(since, to),
        limit=limit,
        as_known_at=aware(as_known_at),
        after=after,
    )
    document = {
        "account": account,
        "currency": currency,
        **money("opening", page.opening_minor * sign, currency),
        "data": [_line(line, currency, sign) for line in page.lines],
        **money("closing", page.closing_minor * sign, currency),
        "next_after": page.following,
    }
    return raw(orjson.dumps(document))


def _accounts(found: TrialBalance) -> list[dict[str, Any]]:
    return [
        {
            "account": row.account,
            "kind": row.kind,
            "currency": row.currency,
            "debit": exact(row.debit_minor, row.currency),
            "debit_minor": row.debit_minor,
            "credit": exact(row.credit_minor, row.currency),
            "credit_minor": row.credit_minor,
        }
        for row in found.rows
    ]


def _line(line: Line, currency: str, sign: int) -> dict[str, Any]:
    return {
        "position": line.position,
        "entry": line.position,
        "event": line.event,
        "stream": line.stream,
        "effective_at": moment(line.effective_at),
        "booked_at": moment(line.booked_at),
        "period": line.period,
        "amount": exact(line.amount_minor * sign, currency),
        "amount_minor": line.amount_minor * sign,
        "balance": exact(line.balance_minor * sign, currency),
        "balance_minor": line.balance_minor * sign,
        "object_id": line.object_id,
    }
