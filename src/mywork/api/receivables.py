"""Receivables for finance: what sellers owe, by age; and every payout, wherever it stands."""

from typing import Annotated, Any, Literal

import anyio.to_thread
import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from mywork.api.answers import Cursor, Limit, fresh, listed, raw
from mywork.api.auth import Auditing
from mywork.api.documentation import WAITS, documented
from mywork.api.looking import Looking
from mywork.api.strict import StrictRoute
from mywork.api.time_ranges import At, aware
from mywork.application.payouts.receivables import AGES, Receivable
from mywork.bootstrap.core import Core
from mywork.documents.document import Page
from mywork.documents.payouts import Payout, PayoutStatus
from mywork.projections import queries
from mywork.projections.documents import moment, money

router = APIRouter(prefix="/finance", tags=["finance"], route_class=StrictRoute)

Status = Literal["all"] | PayoutStatus
AMOUNTS = {
    "overdrawn": 0.00,
    "overdrawn_minor": 0,
    "owed": 269.10,
    "owed_minor": 26910,
    "written_off": 0.00,
    "written_off_minor": 0,
    "age_0_30": 0.00,
    "age_0_30_minor": 0,
    "age_31_60": 269.10,
    "age_31_60_minor": 26910,
    "age_61_90": 0.00,
    "age_61_90_minor": 0,
    "age_over_90": 0.00,
    "age_over_90_minor": 0,
}
ROW = {
    "seller_id": "user_ada",
    "currency": "USD",
    **AMOUNTS,
    "since": "2026-11-17T12:00:00Z",
    "proposed": 30.00,
    "proposed_minor": 3000,
    "proposed_by": "user_root",
    "reason": "the seller left",
}
EXAMPLE = {
    "as_of": "2026-12-31T09:00:00Z",
    "data": [ROW],
    "totals": [{"currency": "USD", **AMOUNTS}],
}


@router.get(
    "/receivables",
    summary="What sellers owe, by age",
    responses=documented(EXAMPLE, 400, 401, 403, 503),
    openapi_extra=WAITS,
    dependencies=[Depends(Looking())],
)
async def get_receivables(request: Request, _: Auditing, at: At = None) -> Response:
    """`overdrawn` stands below zero in a balance, `owed` is a debt after thirty days of that; ages
    count both, from when the balance fell. What is `proposed` to be written off waits for a second
    admin. `at` asks what was owed then, as far as is known now."""
    await fresh(request, "debts")
    core: Core = request.app.state.core
    asked = aware(at)
    found = await anyio.to_thread.run_sync(core.collecting.receivables, asked)
    document = {
        "as_of": moment(asked or core.outside.clock.now()),
        "data": [_row(item) for item in found],
        "totals": _totals(found),
    }
    return raw(orjson.dumps(document))


def _row(item: Receivable) -> dict[str, Any]:
    return {
        "seller_id": item.seller_id,
        "currency": item.currency,
        **_amounts(_minor(item), item.currency),
        "since": moment(item.since),
        **money("proposed", item.proposed_minor, item.currency),
        "proposed_by": item.proposed_by or None,
        "reason": item.reason or None,
    }


def _totals(found: list[Receivable]) -> list[dict[str, Any]]:
    totals: dict[str, dict[str, int]] = {}
    for item in found:
        known = totals.setdefault(item.currency, {})
        for name, minor in _minor(item).items():
            known[name] = known.get(name, 0) + minor
    return [
        {"currency": currency, **_amounts(minor, currency)}
        for currency, minor in sorted(totals.items())
    ]


def _minor(item: Receivable) -> dict[str, int]:
    return {
        "overdrawn": item.overdrawn_minor,
        "owed": item.owed_minor,
        "written_off": item.written_off_minor,
        **{f"age_{age}": item.ages[age] for age in AGES},
    }


def _amounts(minor: dict[str, int], currency: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, amount_minor in minor.items():
        fields |= money(name, amount_minor, currency)
    return fields


@router.get(
    "/payouts",
    summary="Payouts of all sellers, newest first",
    responses=documented(Page[Payout], 401, 403),
    openapi_extra=WAITS,
    dependencies=[Depends(Looking())],
)
async def list_payouts(
    request: Request,
    user: Auditing,
    limit: Limit = 20,
    cursor: Cursor = "",
    status: Annotated[Status, Query()] = "all",
) -> Response:
    """By status: `failed` and `held` are those that somebody may have to decide about."""
    await fresh(request, "payouts")
    where = {} if status == "all" else {"status": status}
    asked = queries.Asked(limit, cursor, user.user_id, role="mywork_auditor", where=where)
    return listed(await queries.page(request.app.state.reader, queries.PAYOUTS, asked))
