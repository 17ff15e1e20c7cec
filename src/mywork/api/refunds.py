"""Refunds of an order: asked for, approved or declined, each by whoever may."""

from fastapi import APIRouter, Request, Response
from pydantic import Field

from mywork.api.answers import made
from mywork.api.auth import Roles, User
from mywork.api.documentation import documented
from mywork.api.exact import DecimalText
from mywork.api.idempotency import OnceOnly
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.usecases.refunding import Asked, Decision
from mywork.bootstrap.core import Core
from mywork.documents.document import money
from mywork.documents.examples import REFUND_ID
from mywork.documents.refunds import RefundDecision, status_of
from mywork.domain.identifiers import OrderId, RefundId

router = APIRouter(prefix="/orders", tags=["orders"], route_class=StrictRoute)

Reason = Field(min_length=1, max_length=2000, examples=["it does not run here"])


class NewRefund(Strict):
    model_config = example_of({"amount": "99.00", "reason": "it does not run here"})

    amount: DecimalText | None = Field(default=None, description="All that is left, if missing.")
    currency: str = Field(default="", description="The order's, if it is named at all.")
    reason: str = Reason
    platform_bears_fee: bool = Field(default=False, description="For admins only.")


class Approval(Strict):
    model_config = example_of({"refund_id": REFUND_ID})

    refund_id: str = Field(min_length=1, max_length=100)


class Declining(Strict):
    model_config = example_of({"refund_id": REFUND_ID, "reason": "it was downloaded and used"})

    refund_id: str = Field(min_length=1, max_length=100)
    reason: str = Reason


@router.post(
    "/{order_id}/refund",
    summary="Refund an order, in whole or in part",
    status_code=201,
    responses=documented(RefundDecision, 401, 403, 404, 409, 503, status=201),
)
def request_refund(
    request: Request, order_id: str, body: NewRefund, user: User, held: Roles, once: OnceOnly
) -> Response:
    """For its buyer, its seller (both for 14 days) and admins.

    `approved`: Stripe is being asked. `requested`: the goods were downloaded, so the seller or an
    admin decides.
    """
    core: Core = request.app.state.core

    def perform() -> Response:
        by = core.refunding.asker(OrderId(order_id), user.user_id, admin="admin" in held)
        asked = Asked(by, body.amount, body.reason, body.platform_bears_fee, body.currency)
        decision = core.refunding.request(
            OrderId(order_id), user.user_id, asked, request_id=once.request_id
        )
        return made(core, _decided(order_id, decision), decision.position)

    return once.answer(perform)


@router.post(
    "/{order_id}/refund/approve",
    summary="Approve a refund that was asked for",
    responses=documented(RefundDecision, 401, 403, 404, 409, 503),
)
def approve_refund(
    request: Request, order_id: str, body: Approval, user: User, held: Roles
) -> Response:
    """For the order's seller, and admins. Approving twice changes nothing."""
    core: Core = request.app.state.core
    by = core.refunding.decider(OrderId(order_id), user.user_id, admin="admin" in held)
    decision = core.refunding.approve(OrderId(order_id), RefundId(body.refund_id), user.user_id, by)
    return made(core, _decided(order_id, decision), decision.position, status=200)


@router.post(
    "/{order_id}/refund/decline",
    summary="Decline a refund that was asked for",
    responses=documented(RefundDecision, 401, 403, 404, 409, 503),
)
def decline_refund(
    request: Request, order_id: str, body: Declining, user: User, held: Roles
) -> Response:
    """For the order's seller, and admins; the buyer is told the reason."""
    core: Core = request.app.state.core
    by = core.refunding.decider(OrderId(order_id), user.user_id, admin="admin" in held)
    decision = core.refunding.decline(
        OrderId(order_id), RefundId(body.refund_id), user.user_id, by, reason=body.reason
    )
    return made(core, _decided(order_id, decision), decision.position, status=200)


def _decided(order_id: str, decision: Decision) -> RefundDecision:
    amount = decision.amount
    return RefundDecision(
        id=decision.refund_id,
        order_id=order_id,
        status=status_of(decision.status),
        **money("amount", amount.amount_minor, amount.currency),
        currency=amount.currency,
    )
