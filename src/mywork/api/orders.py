"""Orders: buying, and looking at what one bought."""

from fastapi import APIRouter, Request, Response
from pydantic import Field, ValidationInfo, field_validator

from mywork.api.answers import Cursor, Limit, fresh, listed, made, raw
from mywork.api.auth import User
from mywork.api.documentation import WAITS, documented
from mywork.api.idempotency import OnceOnly
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.usecases import buying
from mywork.bootstrap.core import Core
from mywork.documents.document import Page, money
from mywork.documents.examples import PRODUCT_ID
from mywork.documents.orders import LicenseType, Order, PlacedOrder
from mywork.domain.errors import OrderNotFound
from mywork.domain.identifiers import ProductId
from mywork.projections import queries

router = APIRouter(prefix="/orders", tags=["orders"], route_class=StrictRoute)


class NewOrder(Strict):
    model_config = example_of({"product_id": PRODUCT_ID, "license_type": "standard"})

    product_id: str = Field(min_length=36, max_length=36)
    license_type: LicenseType | None = Field(default=None, description="`standard`, if missing.")
    license: LicenseType | None = Field(
        default=None,
        description="The former name of `license_type`.",
        json_schema_extra={"deprecated": True},
    )

    @field_validator("license")
    @classmethod
    def _says_the_same(cls, former: LicenseType | None, info: ValidationInfo) -> LicenseType | None:
        named = info.data.get("license_type")
        if former is not None and named not in {None, former}:
            raise ValueError(f"license_type says {named}; leave out license, its former name")
        return former

    @property
    def licence(self) -> LicenseType:
        return self.license_type or self.license or "standard"


@router.post(
    "",
    summary="Buy a product",
    status_code=201,
    responses=documented(PlacedOrder, 401, 404, 409, 503, status=201),
)
def place_order(request: Request, body: NewOrder, user: User, once: OnceOnly) -> Response:
    """Answers the client secret to confirm with Stripe; a free product completes at once.

    The price, its division and the licence are fixed now and for ever.
    """
    core: Core = request.app.state.core

    def perform() -> Response:
        placed = core.buying.place(
            user.user_id, ProductId(body.product_id), body.licence, request_id=once.request_id
        )
        return made(core, _placed(placed), placed.position)

    return once.answer(perform, secret=True)


def _placed(placed: buying.PlacedOrder) -> PlacedOrder:
    terms = placed.terms
    return PlacedOrder(
        order_id=terms.order_id,
        order_number=terms.order_number,
        **money("amount", terms.price_minor, terms.currency),
        currency=terms.currency,
        stripe_client_secret=placed.client_secret or None,
        status=placed.status,
    )


@router.get(
    "",
    summary="Your orders, newest first",
    responses=documented(Page[Order], 401),
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
    responses=documented(Order, 401, 404),
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
