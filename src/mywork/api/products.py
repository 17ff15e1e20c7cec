"""Products: what is for sale, and what a seller offers."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from mywork.api.answers import Cursor, Limit, fresh, made, public
from mywork.api.auth import User
from mywork.api.documentation import WAITS_AND_CACHED, documented
from mywork.api.exact import DecimalText
from mywork.api.idempotency import OnceOnly
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.commands import envelope
from mywork.bootstrap.core import Core
from mywork.documents.document import Page, encode
from mywork.documents.products import (
    PRODUCT,
    SLUG,
    DraftedProduct,
    PricedProduct,
    Product,
    PublishedProduct,
)
from mywork.domain.errors import ProductNotFound
from mywork.domain.identifiers import ProductId, SellerId, derived_id
from mywork.domain.money import parse
from mywork.domain.product import CATEGORIES, DraftProduct, PriceProduct, PublishProduct
from mywork.domain.product import slug as product_slug
from mywork.domain.seller.decider import SELLER
from mywork.domain.seller.decisions import joined
from mywork.domain.streams import seller_stream
from mywork.projections import queries

router = APIRouter(prefix="/products", tags=["products"], route_class=StrictRoute)

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


_NAMED = "Its slug, or its id."
_PRODUCT = {
    "name": "product",
    "in": "path",
    "required": True,
    "description": _NAMED,
    "schema": {"type": "string"},
    "example": SLUG,
}
ONE_PRODUCT: dict[str, Any] = {"parameters": [_PRODUCT, *WAITS_AND_CACHED["parameters"]]}


def _named(request: Request, product: Annotated[str, Path(description=_NAMED)]) -> ProductId:
    """The product that the path names. Whether it is whose the command says is decided later."""
    if _ID.fullmatch(product):
        return ProductId(product)
    core: Core = request.app.state.core
    found = queries.product_of_slug(core.store, product)
    if found is None:
        raise ProductNotFound(f"there is no product {product}")
    return found


Named = Annotated[ProductId, Depends(_named)]


class Licenses(Strict):
    """Prices of further licences, in the product's currency."""

    extended: DecimalText | None = None
    enterprise: DecimalText | None = None


class Pricing(Strict):
    model_config = example_of({"price": "299.00", "licenses": {"extended": 599}})

    price: DecimalText = Field(description="Of the standard licence: 0 or 1.00 to 10,000.00 USD.")
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$", examples=["USD"])
    licenses: Licenses = Field(default_factory=Licenses)

    def prices_minor(self) -> dict[str, int]:
        offered = {
            "standard": self.price,
            "extended": self.licenses.extended,
            "enterprise": self.licenses.enterprise,
        }
        return {
            licence: parse(text, self.currency).amount_minor
            for licence, text in offered.items()
            if text is not None
        }


class NewProduct(Pricing):
    model_config = example_of(
        {
            "title": PRODUCT.title,
            "description": PRODUCT.description,
            "category": PRODUCT.category,
            "tech_stack": [*PRODUCT.tech_stack],
            "tags": [*PRODUCT.tags],
            "price": "299.00",
            "currency": "USD",
            "licenses": {"extended": "599.00", "enterprise": "1999.00"},
        }
    )

    title: str = Field(min_length=10, max_length=200, examples=[PRODUCT.title])
    description: str = Field(min_length=100, max_length=10_000, examples=[PRODUCT.description])
    category: str = Field(json_schema_extra={"enum": [*CATEGORIES]})
    tech_stack: list[str] = Field(default_factory=list, max_length=10)
    tags: list[str] = Field(default_factory=list, max_length=10)


@router.get(
    "",
    summary="Published products, newest first",
    responses=documented(Page[Product]),
    openapi_extra=WAITS_AND_CACHED,
)
async def list_products(
    request: Request,
    limit: Limit = 20,
    cursor: Cursor = "",
    category: Annotated[str, Query(max_length=50)] = "",
) -> Response:
    """Public. Page with `cursor`; filter by `category`."""
    await fresh(request, "products")
    where = {"status": "active"} | ({"category": category} if category else {})
    page = await queries.page(
        request.app.state.reader,
        queries.PUBLIC_PRODUCTS,
        queries.Asked(limit, cursor, where=where),
    )
    return public(request, encode(page))


@router.get(
    "/{product}",
    summary="One published product",
    responses=documented(Product, 404),
    openapi_extra=ONE_PRODUCT,
)
async def get_product(request: Request) -> Response:
    """Public. By slug, or by id."""
    await fresh(request, "products")
    product = request.path_params["product"]
    key = "product_id" if _ID.fullmatch(product) else "slug"
    where = {key: product, "status": "active"}
    body = await queries.one(request.app.state.reader, queries.PUBLIC_PRODUCTS, **where)
    if body is None:
        raise ProductNotFound(f"there is no product {product}")
    return public(request, body)


@router.post(
    "",
    summary="Draft a product",
    status_code=201,
    responses=documented(DraftedProduct, 401, 404, 409, 503, status=201),
)
def create_product(request: Request, body: NewProduct, user: User, once: OnceOnly) -> Response:
    """For sellers. The draft is seen by its seller only, until it is published."""
    core: Core = request.app.state.core

    def perform() -> Response:
        seller_id = SellerId(user.user_id)
        joined(core.handler.state(SELLER, seller_stream(seller_id)), seller_id)
        product_id = ProductId(derived_id("product", seller_id, once.request_id))
        command = DraftProduct(
            product_id=product_id,
            seller_id=seller_id,
            title=body.title,
            description=body.description,
            category=body.category,
            currency=body.currency,
            prices_minor=body.prices_minor(),
            tech_stack=tuple(body.tech_stack),
            tags=tuple(body.tags),
            at=core.outside.clock.now(),
        )
        position = _send(core, command, actor=seller_id, command_id=f"draft:{product_id}")
        slug = product_slug(body.title, product_id)
        drafted = DraftedProduct(id=product_id, slug=slug, status="draft")
        return made(core, drafted, position)

    return once.answer(perform)


@router.put(
    "/{product}",
    summary="Change a product's prices",
    responses=documented(PricedProduct, 401, 404, 409, 503),
)
def price_product(request: Request, product: Named, body: Pricing, user: User) -> Response:
    """For its seller. Orders placed before keep the price they were placed at."""
    core: Core = request.app.state.core
    command = PriceProduct(
        product_id=product,
        seller_id=SellerId(user.user_id),
        currency=body.currency,
        prices_minor=body.prices_minor(),
        at=core.outside.clock.now(),
    )
    position = _send(core, command, actor=user.user_id)
    return made(core, PricedProduct(id=product), position, status=200)


@router.post(
    "/{product}/publish",
    summary="Publish a product",
    responses=documented(PublishedProduct, 401, 404, 409, 503),
)
def publish_product(request: Request, product: Named, user: User) -> Response:
    """For its seller. Publishing twice changes nothing."""
    core: Core = request.app.state.core
    command = PublishProduct(product, SellerId(user.user_id), core.outside.clock.now())
    position = _send(core, command, actor=user.user_id)
    published = PublishedProduct(id=product, status="active")
    return made(core, published, position, status=200)


def _send(core: Core, command: Any, *, actor: str, command_id: str = "") -> int:
    return core.handler.handle(envelope(command, actor=actor, command_id=command_id)).position
