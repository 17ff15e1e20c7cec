"""Receivables for finance: what sellers owe, by age; and every payout, wherever it stands."""

from typing import Annotated, Literal

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request, Response

from mywork.api.access_log import Logged
from mywork.api.answers import Cursor, Limit, fresh, listed, raw
from mywork.api.auth import Auditing
from mywork.api.documentation import WAITS, documented
from mywork.api.strict import StrictRoute
from mywork.api.time_ranges import At, aware
from mywork.bootstrap.core import Core
from mywork.documents.debts import Receivables
from mywork.documents.document import Page, encode
from mywork.documents.payouts import Payout, PayoutStatus
from mywork.projections import queries

router = APIRouter(prefix="/finance", tags=["finance"], route_class=StrictRoute)

Status = Literal["all"] | PayoutStatus


@router.get(
    "/receivables",
    summary="What sellers owe, by age",
    responses=documented(Receivables, 401, 403),
    openapi_extra=WAITS,
    dependencies=[Depends(Logged())],
)
async def get_receivables(request: Request, _: Auditing, at: At = None) -> Response:
    """`overdrawn` stands below zero in a balance, `owed` is a debt after thirty days of that; ages
    count both, from when the balance fell. What is `proposed` to be written off waits for a second
    admin. `at` asks what was owed then, as far as is known now."""
    await fresh(request, "debts")
    core: Core = request.app.state.core
    found = await anyio.to_thread.run_sync(core.collecting.receivables, aware(at))
    return raw(encode(found))


@router.get(
    "/payouts",
    summary="Payouts of all sellers, newest first",
    responses=documented(Page[Payout], 401, 403),
    openapi_extra=WAITS,
    dependencies=[Depends(Logged())],
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
