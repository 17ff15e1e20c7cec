"""Fees for finance: what was quoted to sellers against what Stripe took."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from mywork.api.answers import raw
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.strict import StrictRoute
from mywork.api.time_ranges import From, To, asked_range
from mywork.ledger.reports import fees
from mywork.ledger.reports.fees import FeeRow
from mywork.projections.documents import moment, money

router = APIRouter(prefix="/finance", tags=["finance"], route_class=StrictRoute)

NAMED = 100  # orders named as not settled yet, at the most

UNKNOWN = {
    "order_number": "MW-2026-00007",
    "stream": "order-0199aa00-0000-7000-8000-000000000002",
}
ROW = {
    "key": "order-0199aa00-0000-7000-8000-000000000002",
    "order_number": "MW-2026-00001",
    "currency": "USD",
    "quoted": 8.97,
    "quoted_minor": 897,
    "actual": 9.12,
    "actual_minor": 912,
    "variance": -0.15,
    "variance_minor": -15,
    "dispute_quoted": 0.00,
    "dispute_quoted_minor": 0,
    "dispute_actual": 0.00,
    "dispute_actual_minor": 0,
    "dispute_variance": 0.00,
    "dispute_variance_minor": 0,
    "known": True,
}
EXAMPLE = {
    "from": "2026-11-01T00:00:00Z",
    "to": "2026-12-01T00:00:00Z",
    "group": "order",
    "data": [ROW],
    "next_after": "order-0199aa00-0000-7000-8000-000000000002:USD",
    "not_known_yet": [UNKNOWN],
}


@router.get(
    "/fees",
    summary="Quoted fees against actual ones",
    responses=documented(EXAMPLE, 401, 403, 503),
)
def get_fees(
    request: Request,
    _: Auditing,
    since: From = None,
    to: To = None,
    group: Annotated[str, Query(pattern="^(order|month)$")] = "month",
    after: Annotated[str, Query(max_length=200, description="`next_after` before.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="Of orders.")] = 100,
) -> Response:
    """By effective time. A positive variance is ours; where `known` is false the actual fee is
    still to come, and `not_known_yet` names such orders (the first hundred)."""
    store, time_range = request.app.state.core.store, asked_range(request, since, to)
    following = None
    if group == "month":
        rows = list(fees.by_month(store, time_range))
    else:
        key, _separator, currency = after.rpartition(":")
        found = fees.by_order(store, time_range, after=(key, currency), limit=limit + 1)
        rows = list(found[:limit])
        following = f"{rows[-1].key}:{rows[-1].currency}" if len(found) > limit else None
    document = {
        "from": moment(time_range.since),
        "to": moment(time_range.until),
        "group": group,
        "data": [_row(row) for row in rows],
        "next_after": following,
        "not_known_yet": [
            {"order_number": number, "stream": stream}
            for stream, number in fees.unsettled_orders(store, time_range, limit=NAMED)
        ],
    }
    return raw(orjson.dumps(document))


def _row(row: FeeRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "order_number": row.order_number or None,
        "currency": row.currency,
        **money("quoted", row.quoted_minor, row.currency),
        **money("actual", row.actual_minor, row.currency),
        **money("variance", row.variance_minor, row.currency),
        **money("dispute_quoted", row.dispute_quoted_minor, row.currency),
        **money("dispute_actual", row.dispute_actual_minor, row.currency),
        **money("dispute_variance", row.dispute_variance_minor, row.currency),
        "known": row.known,
    }
