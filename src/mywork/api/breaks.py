"""Finance: what nobody has explained yet, and explaining it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from mywork.api.answers import Cursor, Limit, fresh, listed, made
from mywork.api.auth import Auditing, Finance
from mywork.api.documentation import CURSOR, WAITS, documented
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.commands import envelope
from mywork.bootstrap import Core
from mywork.domain.identifiers import BreakId
from mywork.projections import queries

router = APIRouter(prefix="/finance", tags=["finance"], route_class=StrictRoute)

BREAK = {
    "id": "ch_1abc",
    "status": "resolved",
    "kind": "unexpected_payment",
    "object_id": "ch_1abc",
    "amount": 299.00,
    "amount_minor": 29900,
    "currency": "USD",
    "concerns": "order-0199aa00-0000-7000-8000-000000000002",
    "detail": "the order expired before ch_1abc was paid",
    "account": "capital",
    "reason": "paid in by the owners",
    "opened_at": "2026-11-10T12:01:00Z",
    "resolved_at": "2026-11-11T09:00:00Z",
}


class Resolution(Strict):
    model_config = example_of({"account": "capital", "reason": "paid in by the owners"})

    account: str = Field(
        default="",
        max_length=100,
        description="Takes over what lies in suspense, or waits for Stripe.",
    )
    reason: str = Field(min_length=1, max_length=2000, examples=["refunded by hand, re_1abc"])


@router.get(
    "/breaks",
    summary="Breaks, newest first",
    responses=documented({"data": [BREAK], "next_cursor": CURSOR}, 400, 401, 403, 503),
    openapi_extra=WAITS,
)
async def list_breaks(
    request: Request,
    user: Auditing,
    limit: Limit = 20,
    cursor: Cursor = "",
    status: Annotated[str, Query(pattern="^(open|resolved|all)$")] = "open",
) -> Response:
    """Money and facts that our books could not explain."""
    await fresh(request, "breaks")
    asked = queries.Asked(
        limit,
        cursor,
        user.user_id,
        role="mywork_auditor",
        where={} if status == "all" else {"status": status},
    )
    return listed(await queries.page(request.app.state.reader, queries.BREAKS, asked))


@router.post(
    "/breaks/{break_id}/resolve",
    summary="Resolve a break",
    responses=documented({"id": "ch_1abc", "status": "resolved"}, 401, 403, 404, 409, 503),
)
def resolve_break(request: Request, break_id: str, body: Resolution, user: Finance) -> Response:
    """Moves what lies in suspense to an account, with a reason, under your name.

    A fact that Stripe will never settle is moved there from `stripe:uncleared`."""
    core: Core = request.app.state.core
    command = core.overdue_facts.explanation(BreakId(break_id), body.account, body.reason)
    outcome = core.handler.handle(envelope(command, actor=user.user_id, reason=body.reason))
    return made(core, {"id": break_id, "status": "resolved"}, outcome.position, status=200)
