"""A product: drafted by a seller, priced per licence, published, archived."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mywork.domain.decider import Decider
from mywork.domain.errors import (
    AlreadyExists,
    MoneyInvalid,
    ProductNotForSale,
    ProductNotFound,
    TextInvalid,
)
from mywork.domain.fees import check_price, schedule_for
from mywork.domain.identifiers import ProductId, SellerId
from mywork.domain.streams import product_stream

CATEGORIES = (
    "saas-starters",
    "api-services",
    "automation",
    "mobile-apps",
    "full-applications",
    "components",
)
LICENCES = ("standard", "extended", "enterprise")


# Commands -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DraftProduct:
    """`prices_minor` has a price per licence; "standard" is required."""

    product_id: ProductId
    seller_id: SellerId
    title: str
    description: str
    category: str
    currency: str
    prices_minor: Mapping[str, int]
    tech_stack: tuple[str, ...]
    tags: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class PriceProduct:
    product_id: ProductId
    seller_id: SellerId
    currency: str
    prices_minor: Mapping[str, int]
    at: datetime


@dataclass(frozen=True, slots=True)
class PublishProduct:
    product_id: ProductId
    seller_id: SellerId
    at: datetime


# Events -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProductDrafted:
    product_id: ProductId
    seller_id: SellerId
    slug: str
    title: str
    description: str
    category: str
    tech_stack: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProductPriced:
    product_id: ProductId
    currency: str
    prices_minor: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ProductPublished:
    product_id: ProductId


ProductEvent = ProductDrafted | ProductPriced | ProductPublished
EVENTS = {
    "product.drafted.v1": ProductDrafted,
    "product.priced.v1": ProductPriced,
    "product.published.v1": ProductPublished,
}


# States -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Absent:
    """No such product yet."""


@dataclass(frozen=True, slots=True)
class Draft:
    content: ProductDrafted
    pricing: ProductPriced | None = None


@dataclass(frozen=True, slots=True)
class Published:
    content: ProductDrafted
    pricing: ProductPriced


ProductState = Absent | Draft | Published


# Verbs --------------------------------------------------------------------------------------


def _draft(command: DraftProduct, state: ProductState) -> Sequence[ProductEvent]:
    if not isinstance(state, Absent):
        raise AlreadyExists(f"product {command.product_id} exists already")
    _check_length("title", command.title, 10, 200)
    _check_length("description", command.description, 100, 10_000)
    if command.category not in CATEGORIES:
        raise TextInvalid(f"category is one of {', '.join(CATEGORIES)}")
    if len(command.tech_stack) > 10 or len(command.tags) > 10:
        raise TextInvalid("tech_stack and tags have at most ten items each")
    for item in (*command.tech_stack, *command.tags):
        _check_length("each item of tech_stack and tags", item, 1, 50)
    drafted = ProductDrafted(
        product_id=command.product_id,
        seller_id=command.seller_id,
        slug=slug(command.title, command.product_id),
        title=command.title,
        description=command.description,
        category=command.category,
        tech_stack=command.tech_stack,
        tags=command.tags,
    )
    return (drafted, _priced(command))


def _price(command: PriceProduct, state: ProductState) -> Sequence[ProductEvent]:
    product = owned(state, command.product_id, command.seller_id)
    priced = _priced(command)
    return () if product.pricing == priced else (priced,)


def _publish(command: PublishProduct, state: ProductState) -> Sequence[ProductEvent]:
    product = owned(state, command.product_id, command.seller_id)
    if isinstance(product, Published):
        return ()
    if product.pricing is None:
        raise ProductNotForSale("set a price before publishing")
    return (ProductPublished(command.product_id),)


def _priced(command: DraftProduct | PriceProduct) -> ProductPriced:
    schedule = schedule_for(command.currency)
    if "standard" not in command.prices_minor:
        raise MoneyInvalid("a price for the standard licence is required")
    for licence, price_minor in command.prices_minor.items():
        if licence not in LICENCES:
            raise TextInvalid(f"licence is one of {', '.join(LICENCES)}")
        check_price(price_minor, schedule)
    return ProductPriced(command.product_id, command.currency, dict(command.prices_minor))


def _check_length(what: str, text: str, shortest: int, longest: int) -> None:
    if "\0" in text:
        raise TextInvalid(f"{what} has a NUL character; leave it out")
    if not shortest <= len(text) <= longest:
        raise TextInvalid(f"{what} has {shortest} to {longest} characters; this has {len(text)}")


def slug(title: str, product_id: ProductId) -> str:
    """`Next.js starter` -> `next-js-starter-1a2b3c4d5e`; unique because the id's random end is."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")
    return f"{words or 'product'}-{product_id.replace('-', '')[-10:]}"


def owned(state: ProductState, product_id: ProductId, seller_id: SellerId) -> Draft | Published:
    """The product, or ProductNotFound for everybody but its seller."""
    if isinstance(state, Absent) or state.content.seller_id != seller_id:
        raise ProductNotFound(f"you have no product {product_id}")
    return state


def for_sale(state: ProductState, product_id: ProductId) -> Published:
    """The published product that a buyer may order."""
    if isinstance(state, Published):
        return state
    raise ProductNotForSale(f"product {product_id} is not for sale")


def price_of(product: Published, licence: str) -> int:
    """The price in minor units; TextInvalid where the seller does not offer the licence."""
    try:
        return product.pricing.prices_minor[licence]
    except KeyError:
        offered = ", ".join(product.pricing.prices_minor)
        raise TextInvalid(f"this product has no {licence!r} licence; choose {offered}") from None


# The decider --------------------------------------------------------------------------------


def evolve_product(state: ProductState, event: ProductEvent) -> ProductState:
    match state, event:
        case _, ProductDrafted():
            return Draft(event)
        case ((Draft() | Published()), ProductPriced()):
            return replace(state, pricing=event)
        case Draft(pricing=ProductPriced() as pricing), ProductPublished():
            return Published(state.content, pricing)
        case _:
            return state


PRODUCT: Decider[ProductEvent, ProductState] = Decider(
    initial=Absent(),
    decisions={DraftProduct: _draft, PriceProduct: _price, PublishProduct: _publish},
    evolve=evolve_product,
    stream=lambda command: product_stream(command.product_id),
    events=EVENTS,
    still={ProductPriced: "what a licence costs; nobody has bought one"},
)
