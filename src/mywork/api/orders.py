"""Orders: buying, and looking at what one bought."""

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from mywork.api.answers import Cursor, Limit, fresh, listed, made, raw
from mywork.api.auth import User
from mywork.api.documentation import CURSOR, WAITS, documented
from mywork.api.examples import ORDER, PRODUCT_ID
from mywork.api.idempotency import OnceOnly
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.usecases.buying import PlacedOrder
from mywork.bootstrap import Core
from mywork.domain.errors import OrderNotFound
from mywork.domain.identifiers import ProductId
from mywork.projections import queries
from mywork.projections.documents import exact

router = APIRouter(prefix="/orders", tags=["orders"], route_class=StrictRoute)

PLACED = {
    "order_id": ORDER["id"],
    "order_number": "MW-2026-00001",
    "amount": 299.00,
    "amount_minor": 29900,
    "currency": "USD",
    "stripe_client_secret": "pi_1abc_secret_xyz",
    "status": "pending",
}


class NewOrder(Strict):
    model_config = example_of({"product_id": PRODUCT_ID, "license": "standard"})

    product_id: str = Field(min_length=36, max_length=36)
    license: Literal["standard", "extended", "enterprise"] = "standard"


@router.post(
    "",
    summary="Buy a product",
    status_code=201,
    responses=documented(PLACED, 400, 401, 404, 409, 503, status=201),
)
def place_order(request: Request, body: NewOrder, user: User, once: OnceOnly) -> Response:
    """Answers the client secret to confirm with Stripe; a free product completes at once.

    The price, its division and the licence are fixed now and for ever.
    """
    core: Core = request.app.state.core

    def perform() -> Response:
        placed = core.buying.place(
            user.user_id, ProductId(body.product_id), body.license, request_id=once.request_id
        )
        return made(core, _placed(placed), placed.position)

    return once.answer(perform, secret=True)


def _placed(placed: PlacedOrder) -> dict[str, Any]:
    terms = placed.terms
    return {
        "order_id": terms.order_id,
        "order_number": terms.order_number,
        "amount": exact(terms.price_minor, terms.currency),
        "amount_minor": terms.price_minor,
        "currency": terms.currency,
        "stripe_client_secret": placed.client_secret or None,
        "status": placed.status,
    }


@router.get(
    "",
    summary="Your orders, newest first",
    responses=documented({"data": [ORDER], "next_cursor": CURSOR}, 400, 401, 503),
    openapi_extra=WAITS,
)
async def list_orders(
    request: Request, user: User, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """What you bought, or began to buy."""
    await fresh(request, "orders")
    asked = queries.Asked(limit, cursor, user.user_id, where={"buyer_id": user.user_id})
    return listed(await queries.page(request.app.state.reader, queries.ORDERS, asked))


@router.get(
    "/{order_id}",
    summary="One order of yours",
    responses=documented(ORDER, 401, 404, 503),
    openapi_extra=WAITS,
)
async def get_order(request: Request, order_id: str, user: User) -> Response:
    """Somebody else's order is not found."""
    await fresh(request, "orders")
    body = await queries.one(
        request.app.state.reader,
        queries.ORDERS,
        user_id=user.user_id,
        order_id=order_id,
        buyer_id=user.user_id,
    )
    if body is None:
        raise OrderNotFound(f"you have no order {order_id}")
    return raw(body)
