"""Disputes: for the seller who answers them, and for finance that pays for them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from mywork.api.access_log import Logged
from mywork.api.answers import Cursor, Limit, fresh, listed, made
from mywork.api.auth import Auditing, Roles, User
from mywork.api.documentation import WAITS, documented
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.bootstrap.core import Core
from mywork.documents.disputes import Dispute, DisputeStatus, SubmittedEvidence
from mywork.documents.document import Page
from mywork.domain.errors import DisputeNotFound
from mywork.domain.identifiers import DisputeId, OrderId
from mywork.projections import queries

router = APIRouter(route_class=StrictRoute)

Status = Literal["all"] | DisputeStatus
Text = Annotated[str | None, Field(default=None, max_length=20_000)]


class EvidenceTexts(Strict):
    """What can be said, by Stripe's own names; together at most 20,000 characters."""

    access_activity_log: Text
    cancellation_policy_disclosure: Text
    cancellation_rebuttal: Text
    customer_email_address: Text
    customer_name: Text
    customer_purchase_ip: Text
    duplicate_charge_explanation: Text
    product_description: Text
    refund_policy_disclosure: Text
    refund_refusal_explanation: Text
    service_date: Text
    uncategorized_text: Text


class NewEvidence(Strict):
    model_config = example_of(
        {"evidence": {"access_activity_log": "downloaded on 11 November 2026"}, "final": True}
    )

    evidence: EvidenceTexts
    final: bool = Field(description="True hands it to the bank, which can be done once only.")


@router.get(
    "/seller/disputes",
    tags=["sellers"],
    summary="Disputes of your sales",
    responses=documented(Page[Dispute], 401),
    openapi_extra=WAITS,
)
async def own_disputes(
    request: Request, user: User, limit: Limit = 20, cursor: Cursor = "", status: Status = "all"
) -> Response:
    """Newest first, with the date until which evidence is taken, and what each cost you."""
    await fresh(request, "disputes")
    where = {"seller_id": user.user_id, **_of_status(status)}
    asked = queries.Asked(limit, cursor, user.user_id, where=where)
    return listed(await queries.page(request.app.state.reader, queries.DISPUTES, asked))


@router.get(
    "/finance/disputes",
    tags=["finance"],
    summary="Disputes of all sales",
    responses=documented(Page[Dispute], 401, 403),
    openapi_extra=WAITS,
    dependencies=[Depends(Logged())],
)
async def all_disputes(
    request: Request, user: Auditing, limit: Limit = 20, cursor: Cursor = "", status: Status = "all"
) -> Response:
    """Newest first. `set_aside` and `cost` are the seller's, in the currency they are owed in."""
    await fresh(request, "disputes")
    asked = queries.Asked(
        limit, cursor, user.user_id, role="mywork_auditor", where=_of_status(status)
    )
    return listed(await queries.page(request.app.state.reader, queries.DISPUTES, asked))


def _of_status(status: Status) -> dict[str, str]:
    return {} if status == "all" else {"status": status}


async def disputed_order(request: Request, dispute_id: str, user: User, held: Roles) -> OrderId:
    """The order of a dispute that this user may contest; the others do not exist for them."""
    role: Any = "mywork_auditor" if "admin" in held else "mywork_reader"
    found = await queries.disputed_order(
        request.app.state.reader, dispute_id, user.user_id, role=role
    )
    if found is None:
        raise DisputeNotFound(f"you have no dispute {dispute_id}")
    return OrderId(found)


@router.post(
    "/disputes/{dispute_id}/evidence",
    tags=["sellers"],
    summary="Contest a dispute",
    responses=documented(SubmittedEvidence, 401, 404, 409, 503),
)
def submit_evidence(
    request: Request,
    dispute_id: str,
    body: NewEvidence,
    user: User,
    order_id: Annotated[OrderId, Depends(disputed_order)],
) -> Response:
    """For the sale's seller, and admins, until the evidence is due. The words go to the bank and
    are kept nowhere else. Sending the same again is safe."""
    core: Core = request.app.state.core
    position = core.disputing.submit_evidence(
        order_id,
        DisputeId(dispute_id),
        user.user_id,
        evidence=body.evidence.model_dump(exclude_none=True),
        final=body.final,
    )
    document = SubmittedEvidence(id=dispute_id, order_id=order_id, final=body.final)
    return made(core, document, position, status=200)
