"""The ledger, for the roles finance, auditor and admin: read only, by two kinds of time."""

from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from mywork.api.answers import raw
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.looking import Looking
from mywork.api.strict import StrictRoute
from mywork.domain.errors import AccountNotFound, NotFound
from mywork.ledger.accounts import chart_row
from mywork.ledger.book import Line
from mywork.ledger.trial_balance import TrialBalance, trial_balance
from mywork.projections.documents import exact, moment

router = APIRouter(prefix="/ledger", tags=["ledger"], route_class=StrictRoute)

At = Annotated[datetime | None, Query(description="What had happened by then (effective time).")]
AsKnownAt = Annotated[datetime | None, Query(description="What was booked by then.")]

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
    "amount": 29.90,
    "amount_minor": 2990,
    "balance": 29.90,
    "balance_minor": 2990,
    "object_id": "ch_1abc",
}
ENTRY = {
    "entry": 42,
    "event": "order.paid.v1",
    "stream": "order-0199aa00-0000-7000-8000-000000000002",
    "version": 3,
    "effective_at": "2026-11-10T12:01:00+00:00",
    "booked_at": "2026-11-10T12:01:02+00:00",
    "period": "2026-11",
    "data": {},
    "metadata": {},
    "postings": [
        {
            "account": "stripe:uncleared",
            "currency": "USD",
            "amount_minor": 29900,
            "object_id": "ch_1abc",
        },
        {
            "account": "revenue:commission",
            "currency": "USD",
            "amount_minor": -2990,
            "object_id": "ch_1abc",
        },
    ],
}


class EntryNotFound(NotFound):
    """No entry at this position."""


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
        request.app.state.core.store, at=_aware(at), as_known_at=_aware(as_known_at)
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
) -> Response:
    """All, or those whose code begins with `prefix`."""
    found = trial_balance(request.app.state.core.store, prefix=prefix)
    return raw(orjson.dumps({"data": _accounts(found)}))


@router.get(
    "/accounts/{account}/entries",
    summary="An account's lines, with the running balance",
    responses=documented({"data": [LINE], "next_after": 42}, 401, 403, 404, 503),
    dependencies=[Depends(Looking("account", only=("seller:", "customer:")))],
)
def get_entries(
    request: Request,
    _: Auditing,
    account: str,
    currency: Annotated[str, Query(pattern="^[A-Z]{3}$")] = "USD",
    after: Annotated[int, Query(ge=0, description="`next_after` of the page before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """In the order of booking. Amounts are on the account's normal side."""
    sign = chart_row(account).normal_sign
    lines = request.app.state.core.book.lines((account, currency), after=after, limit=limit + 1)
    if lines is None:
        raise AccountNotFound(f"{account} has never been used in {currency}")
    shown = lines[:limit]
    following = shown[-1].position if len(lines) > limit else None
    data = [_line(line, currency, sign) for line in shown]
    return raw(orjson.dumps({"data": data, "next_after": following}))


@router.get(
    "/entries/{entry}",
    summary="One entry with its postings and its event",
    responses=documented(ENTRY, 401, 403, 404, 503),
    dependencies=[Depends(Looking())],
)
def get_entry(request: Request, _: Auditing, entry: int) -> Response:
    """An entry's number is the position of its event."""
    found = request.app.state.core.book.entry(entry)
    if found is None:
        raise EntryNotFound(f"event {entry} posted nothing, or does not exist")
    return raw(orjson.dumps(found))


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
        "amount": exact(line.amount_minor * sign, currency),
        "amount_minor": line.amount_minor * sign,
        "balance": exact(line.balance_minor * sign, currency),
        "balance_minor": line.balance_minor * sign,
        "object_id": line.object_id,
    }


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
