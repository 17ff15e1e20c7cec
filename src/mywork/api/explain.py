"""Why the books say what they say: a balance opened into its entries, an entry into its event."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from mywork.api.answers import raw
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.looking import Looking
from mywork.api.strict import StrictRoute
from mywork.api.time_ranges import AsKnownAt, At, aware
from mywork.ledger.account_lines import Line
from mywork.ledger.accounts import chart_row
from mywork.ledger.code_versions import running
from mywork.ledger.explain.account import ExplainedAccount, Kind, explain_account
from mywork.ledger.explain.entry import ExplainedEntry, Posted, explain_entry
from mywork.ledger.time_range import up_to
from mywork.projections.documents import moment, money

router = APIRouter(prefix="/ledger", tags=["ledger"], route_class=StrictRoute)

_STREAM = "order-0199aa00-0000-7000-8000-000000000002"
_RULE = {
    "function": "mywork.ledger.rules.orders.order_paid",
    "line": 19,
    "sentence": "A buyer paid: Stripe owes us the price; the seller's share waits.",
}
_POSTING = {
    "account": "revenue:commission",
    "meaning": "the platform's share of sales",
    "currency": "USD",
    "amount_minor": -2990,
    "debit": 0.00,
    "debit_minor": 0,
    "credit": 29.90,
    "credit_minor": 2990,
    "object_id": "ch_1abc",
}
ENTRY = {
    "entry": 42,
    "event": "order.paid.v1",
    "stream": _STREAM,
    "version": 3,
    "happened": "Sale of SaaS starter: 299.00 USD less 29.90 USD commission",
    "effective_at": "2026-11-10T12:01:00Z",
    "booked_at": "2026-11-10T12:01:02Z",
    "period": "2026-11",
    "data": {},
    "metadata": {},
    "postings": [_POSTING],
    "stripe_ids": ["ch_1abc"],
    "rule": _RULE,
    "code_version": {
        "package_version": "1.0.0",
        "sources_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "first_used_at": "2026-11-01T08:00:00Z",
        "running": True,
    },
    "related": [
        {
            "entry": 43,
            "event": "order.payment_settled.v1",
            "stream": _STREAM,
            "effective_at": "2026-11-10T12:01:00Z",
            "object_id": "ch_1abc",
        }
    ],
}
_LINE = {
    "entry": 42,
    "event": "order.paid.v1",
    "stream": _STREAM,
    "effective_at": "2026-11-10T12:01:00Z",
    "booked_at": "2026-11-10T12:01:02Z",
    "period": "2026-11",
    "amount": 29.90,
    "amount_minor": 2990,
    "balance": 29.90,
    "balance_minor": 2990,
    "object_id": "ch_1abc",
}
ACCOUNT = {
    "account": "revenue:commission",
    "kind": "income",
    "meaning": "the platform's share of sales",
    "currency": "USD",
    "from": "2026-11-01T00:00:00Z",
    "at": "2026-11-10T12:30:00Z",
    "opening": 0.00,
    "opening_minor": 0,
    "kinds": [
        {
            "event": "order.paid.v1",
            "sentence": _RULE["sentence"],
            "entries": 1,
            "amount": 29.90,
            "amount_minor": 2990,
            "largest": [_LINE],
        }
    ],
    "balance": 29.90,
    "balance_minor": 2990,
    "last": [_LINE],
    "next_after": "2026-11-10T12:01:00+00:00_42",
}


@router.get(
    "/explain",
    summary="A balance opened into what it is made of",
    responses=documented(ACCOUNT, 401, 403, 404, 503),
    dependencies=[Depends(Looking("account", only=("seller:", "customer:")))],
)
def explain_balance(
    request: Request,
    _: Auditing,
    account: Annotated[str, Query(max_length=200, examples=["revenue:commission"])],
    currency: Annotated[str, Query(pattern="^[A-Z]{3}$")] = "USD",
    at: At = None,
    since: Annotated[
        datetime | None, Query(alias="from", description="By default the first of that month.")
    ] = None,
    as_known_at: AsKnownAt = None,
    after: Annotated[str, Query(max_length=60, description="`next_after` before.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="Of `last`.")] = 20,
) -> Response:
    """opening + kinds = balance, on the account's normal side; `last` begins with the latest
    entry, `next_after` leads to those before it."""
    core = request.app.state.core
    found = explain_account(
        core.store,
        (account, currency),
        up_to(at or core.outside.clock.now(), since),
        as_known_at=aware(as_known_at),
        after=after,
        limit=limit,
    )
    return raw(orjson.dumps(account_document(found)))


@router.get(
    "/entries/{entry}",
    summary="One entry: what happened, what it posted, by which rule and code",
    responses=documented(ENTRY, 401, 403, 404, 503),
    dependencies=[Depends(Looking())],
)
def get_ledger_entry(request: Request, _: Auditing, entry: int) -> Response:
    """An entry's number is the position of its event. `rule` is the running code's: where
    `code_version.running` is false, other sources posted it."""
    return raw(orjson.dumps(entry_document(explain_entry(request.app.state.core.store, entry))))


def entry_document(found: ExplainedEntry) -> dict[str, Any]:
    recorded, rule = found.recorded, found.rule
    return {
        "entry": recorded.position,
        "event": recorded.name,
        "stream": recorded.stream,
        "version": recorded.version,
        "happened": found.happened,
        "effective_at": moment(found.effective_at),
        "booked_at": moment(found.booked_at),
        "period": found.period,
        "data": found.data,
        "metadata": found.metadata,
        "postings": [_posting(line) for line in found.postings],
        "stripe_ids": found.stripe_ids,
        "rule": rule and {"function": rule.function, "line": rule.line, "sentence": rule.sentence},
        "code_version": _code_version(found),
        "related": [
            {
                "entry": item.position,
                "event": item.event,
                "stream": item.stream,
                "effective_at": moment(item.effective_at),
                "object_id": item.object_id,
            }
            for item in found.related
        ],
    }


def _posting(line: Posted) -> dict[str, Any]:
    return {
        "account": line.account,
        "meaning": line.meaning,
        "currency": line.currency,
        "amount_minor": line.amount_minor,
        **money("debit", max(line.amount_minor, 0), line.currency),
        **money("credit", max(-line.amount_minor, 0), line.currency),
        "object_id": line.object_id or None,
    }


def _code_version(found: ExplainedEntry) -> dict[str, Any] | None:
    version = found.code_version
    if version is None:
        return None
    return {
        "package_version": version.package_version,
        "sources_sha256": version.sources_sha256,
        "first_used_at": moment(found.code_first_used_at),
        "running": version == running(),
    }


def account_document(found: ExplainedAccount) -> dict[str, Any]:
    code, currency = found.key
    row = chart_row(code)
    sign = row.normal_sign
    return {
        "account": code,
        "kind": row.kind,
        "meaning": row.meaning,
        "currency": currency,
        "from": moment(found.time_range.since),
        "at": moment(found.time_range.until - timedelta(microseconds=1)),
        **money("opening", found.opening_minor * sign, currency),
        "kinds": [_kind(kind, currency, sign) for kind in found.kinds],
        **money("balance", found.balance_minor * sign, currency),
        "last": [_line(line, currency, sign) for line in found.last],
        "next_after": found.following,
    }


def _kind(kind: Kind, currency: str, sign: int) -> dict[str, Any]:
    return {
        "event": kind.event,
        "sentence": kind.sentence,
        "entries": kind.entries,
        **money("amount", kind.amount_minor * sign, currency),
        "largest": [_line(line, currency, sign) for line in kind.largest],
    }


def _line(line: Line, currency: str, sign: int) -> dict[str, Any]:
    return {
        "entry": line.position,
        "event": line.event,
        "stream": line.stream,
        "effective_at": moment(line.effective_at),
        "booked_at": moment(line.booked_at),
        "period": line.period,
        **money("amount", line.amount_minor * sign, currency),
        **money("balance", line.balance_minor * sign, currency),
        "object_id": line.object_id,
    }
