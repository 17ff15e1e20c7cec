"""Products as the public and their sellers see them, and the answers to those who offer them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta

from mywork.documents.document import Amount, Currency, Document, Id, Moment, money
from mywork.documents.examples import PRODUCT_ID, SELLER_ID
from mywork.domain.product import CATEGORIES

Category = Annotated[
    str,
    Meta(
        title="Category",
        description="What kind of product it is.",
        extra_json_schema={"enum": [*CATEGORIES]},
    ),
]
ProductStatus = Annotated[
    Literal["draft", "pending", "active", "suspended", "unpublished", "archived"],
    Meta(
        title="ProductStatus",
        description="`active` is for sale. What comes after it, and `pending`, are to come.",
    ),
]
SLUG = "saas-starter-with-billing-8000000001"


class LicensePrice(Document):
    """In the product's currency."""

    price: Amount
    price_minor: int


class OfferedLicenses(Document):
    """What each licence costs; null where the seller does not offer it."""

    standard: LicensePrice | None
    extended: LicensePrice | None
    enterprise: LicensePrice | None


def licenses(prices_minor: Mapping[str, int], currency: str) -> OfferedLicenses:
    """Of minor units by licence."""
    prices = {
        licence: LicensePrice(**money("price", minor, currency))
        for licence, minor in prices_minor.items()
    }
    return OfferedLicenses(
        standard=prices.get("standard"),
        extended=prices.get("extended"),
        enterprise=prices.get("enterprise"),
    )


class ProductStats(Document):
    """Net of what was refunded, and of lost disputes."""

    sales: int


class ProductSeller(Document):
    """Who offers it; the name is null once the person asked to be forgotten."""

    id: Id
    username: str | None


class PreparedProduct(Document):
    """A product without its seller, whose name is personal data and is looked up when it is sent.

    `price` is that of the standard licence.
    """

    id: Id
    slug: str
    status: ProductStatus
    title: str
    description: str
    category: Category
    tech_stack: tuple[str, ...]
    tags: tuple[str, ...]
    price: Amount
    price_minor: int
    currency: Currency
    licenses: OfferedLicenses
    stats: ProductStats
    created_at: Moment
    published_at: Moment | None


class Product(PreparedProduct):
    """A product, with what each licence costs. `price` is that of the standard licence."""

    seller: ProductSeller


PRODUCT = Product(
    id=PRODUCT_ID,
    slug=SLUG,
    status="active",
    title="SaaS starter with billing",
    description="A starter with accounts, billing and tests. " * 3,
    category="saas-starters",
    tech_stack=("python", "postgresql"),
    tags=("billing",),
    **money("price", 29_900, "USD"),
    currency="USD",
    licenses=licenses({"standard": 29_900, "extended": 59_900, "enterprise": 199_900}, "USD"),
    stats=ProductStats(sales=12),
    created_at=datetime(2026, 11, 10, 12, tzinfo=UTC),
    published_at=datetime(2026, 11, 10, 12, 5, tzinfo=UTC),
    seller=ProductSeller(id=SELLER_ID, username="ada"),
)


class DraftedProduct(Document):
    """A product that was drafted just now."""

    id: Id
    slug: str
    status: ProductStatus


DRAFTED_PRODUCT = DraftedProduct(id=PRODUCT_ID, slug=SLUG, status="draft")


class PricedProduct(Document):
    """A product whose prices were changed just now."""

    id: Id


PRICED_PRODUCT = PricedProduct(id=PRODUCT_ID)


class PublishedProduct(Document):
    """A product that is for sale now."""

    id: Id
    status: ProductStatus


PUBLISHED_PRODUCT = PublishedProduct(id=PRODUCT_ID, status="active")
