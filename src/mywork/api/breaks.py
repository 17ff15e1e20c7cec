"""Finance: what nobody has explained yet, and explaining it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from mywork.api.access_log import Logged
from mywork.api.answers import Cursor, Limit, fresh, listed, made, raw
from mywork.api.auth import Auditing, Finance
from mywork.api.documentation import WAITS, documented
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.commands import envelope
from mywork.bootstrap.core import Core
from mywork.documents.breaks import Break, BreakAssignment, BreakDecision, BreakStatus
from mywork.documents.document import Page
from mywork.domain.breaks.explanation_messages import AssignBreak, ReopenBreak
from mywork.domain.errors import BreakNotFound
from mywork.domain.identifiers import BreakId
from mywork.projections import queries

router = APIRouter(prefix="/finance", tags=["finance"], route_class=StrictRoute)


class Resolution(Strict):
    model_config = example_of({"account": "capital", "reason": "paid in by the owners"})

    account: str = Field(
        default="",
        max_length=100,
        description="Takes over what lies in suspense, or waits for Stripe.",
    )
    reason: str = Field(min_length=1, max_length=2000, examples=["refunded by hand, re_1abc"])


class Assignment(Strict):
    model_config = example_of({"owner": "user_fin"})

    owner: str = Field(
        max_length=100, description="Looks after it from now on; empty gives it back to everybody."
    )


class Reopening(Strict):
    model_config = example_of({"reason": "the refund never arrived"})

    reason: str = Field(min_length=1, max_length=2000)


@router.get(
    "/breaks",
    summary="Breaks, newest first",
    responses=documented(Page[Break], 401, 403),
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


@router.get(
    "/breaks/{break_id}",
    summary="A break with its evidence",
    responses=documented(Break, 401, 403, 404),
    openapi_extra=WAITS,
    dependencies=[Depends(Logged())],
)
async def get_break(request: Request, break_id: str, user: Auditing) -> Response:
    """What both sides say of a difference, by which transactions and which events."""
    await fresh(request, "breaks")
    found = await queries.one(
        request.app.state.reader,
        queries.BREAKS,
        user_id=user.user_id,
        role="mywork_auditor",
        break_id=break_id,
    )
    if found is None:
        raise BreakNotFound(f"there is no break {break_id}")
    return raw(found)


@router.post(
    "/breaks/{break_id}/resolve",
    summary="Resolve a break",
    responses=documented(BreakDecision, 401, 403, 404, 409, 503),
)
def resolve_break(request: Request, break_id: str, body: Resolution, user: Finance) -> Response:
    """Moves what lies in suspense to an account, with a reason, under your name.

    A fact that Stripe will never settle is moved there from `stripe:uncleared`."""
    core: Core = request.app.state.core
    command = core.aged_items.explanation(BreakId(break_id), body.account, body.reason)
    outcome = core.handler.handle(envelope(command, actor=user.user_id, reason=body.reason))
    return _decided(core, break_id, "resolved", outcome.position)


@router.post(
    "/breaks/{break_id}/assign",
    summary="Assign a break",
    responses=documented(BreakAssignment, 401, 403, 404, 409, 503),
)
def assign_break(request: Request, break_id: str, body: Assignment, user: Finance) -> Response:
    """Says who looks after it."""
    core: Core = request.app.state.core
    command = AssignBreak(BreakId(break_id), body.owner, core.outside.clock.now())
    outcome = core.handler.handle(envelope(command, actor=user.user_id))
    document = BreakAssignment(id=break_id, owner=body.owner or None)
    return made(core, document, outcome.position, status=200)


@router.post(
    "/breaks/{break_id}/reopen",
    summary="Reopen a break",
    responses=documented(BreakDecision, 401, 403, 404, 409, 503),
)
def reopen_break(request: Request, break_id: str, body: Reopening, user: Finance) -> Response:
    """Takes the explanation back, with a reason; the entry that it posted is reversed."""
    core: Core = request.app.state.core
    command = ReopenBreak(BreakId(break_id), body.reason, core.outside.clock.now())
    outcome = core.handler.handle(envelope(command, actor=user.user_id, reason=body.reason))
    return _decided(core, break_id, "open", outcome.position)


def _decided(core: Core, break_id: str, status: BreakStatus, position: int) -> Response:
    return made(core, BreakDecision(id=break_id, status=status), position, status=200)
