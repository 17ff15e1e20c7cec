"""Fees for finance: what was quoted to sellers against what Stripe took."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from mywork.api.answers import raw
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.strict import StrictRoute
from mywork.api.time_ranges import From, To, asked_range
from mywork.documents.document import encode
from mywork.documents.fees import FeeGroup, FeeReport, fee_report_of
from mywork.ledger.reports import fees

router = APIRouter(prefix="/finance", tags=["finance"], route_class=StrictRoute)

NAMED = 100  # orders named as not settled yet, at the most


@router.get(
    "/fees",
    summary="Quoted fees against actual ones",
    responses=documented(FeeReport, 401, 403, 503),
)
def get_fees(
    request: Request,
    _: Auditing,
    since: From = None,
    to: To = None,
    group: FeeGroup = "month",
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
    unsettled = fees.unsettled_orders(store, time_range, limit=NAMED)
    report = fee_report_of(time_range, group, rows, unsettled=unsettled, following=following)
    return raw(encode(report))
