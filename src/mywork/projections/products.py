"""Products as the public and their sellers see them, with what they sold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventstore.envelope import Recorded
from mywork.documents.document import encode, moment, money
from mywork.documents.products import (
    Category,
    PreparedProduct,
    ProductStats,
    ProductStatus,
    licenses,
)
from mywork.domain.order.sale_messages import OrderGranted, OrderPaid
from mywork.domain.product import ProductDrafted, ProductEvent, ProductPriced, ProductPublished
from mywork.projections.projection import Projection
from mywork.projections.returns import SalesReturned, with_returns


@dataclass(frozen=True, slots=True)
class ProductRow:
    """`sales` and `revenue_minor`, by currency, are net of refunds and of lost disputes."""

    product_id: str
    seller_id: str
    slug: str
    status: ProductStatus
    title: str
    description: str
    category: Category
    tech_stack: Sequence[str]
    tags: Sequence[str]
    currency: str
    price_minor: int
    prices_minor: Mapping[str, int]
    sales: int
    revenue_minor: Mapping[str, int]
    drafted_at: datetime
    published_at: datetime | None


def keys(event: Any) -> Sequence[str]:
    touches = isinstance(event, ProductEvent | OrderPaid | OrderGranted | SalesReturned)
    return (event.product_id,) if touches else ()


def evolve(row: ProductRow | None, recorded: Recorded) -> ProductRow | None:
    event, at = recorded.event, recorded.metadata.effective_at
    if isinstance(event, ProductDrafted):
        return _drafted(event, at)
    if row is None:
        return None
    match event:
        case ProductPriced(currency=currency, prices_minor=prices):
            standard = prices["standard"]
            return replace(row, currency=currency, price_minor=standard, prices_minor=prices)
        case ProductPublished():
            return replace(row, status="active", published_at=at)
        case OrderGranted():
            return replace(row, sales=row.sales + 1)
        case OrderPaid():
            return _sold(row, 1, event.currency, event.amount_minor)
        case SalesReturned():
            return _sold(row, -event.sales, event.currency, -event.revenue_minor)
        case _:
            return row


def _sold(row: ProductRow, sales: int, currency: str, revenue_minor: int) -> ProductRow:
    total = row.revenue_minor.get(currency, 0) + revenue_minor
    revenue = {**row.revenue_minor, currency: total}
    return replace(row, sales=row.sales + sales, revenue_minor=revenue)


def _drafted(event: ProductDrafted, at: datetime) -> ProductRow:
    return ProductRow(
        product_id=event.product_id,
        seller_id=event.seller_id,
        slug=event.slug,
        status="draft",
        title=event.title,
        description=event.description,
        category=event.category,
        tech_stack=event.tech_stack,
        tags=event.tags,
        currency="USD",
        price_minor=0,
        prices_minor={},
        sales=0,
        revenue_minor={},
        drafted_at=at,
        published_at=None,
    )


def as_document(row: ProductRow) -> bytes:
    """What the public sees: how often it was sold, and not for how much in all."""
    return encode(
        PreparedProduct(
            id=row.product_id,
            slug=row.slug,
            status=row.status,
            title=row.title,
            description=row.description,
            category=row.category,
            tech_stack=tuple(row.tech_stack),
            tags=tuple(row.tags),
            **money("price", row.price_minor, row.currency),
            currency=row.currency,
            licenses=licenses(row.prices_minor, row.currency),
            stats=ProductStats(sales=row.sales),
            created_at=moment(row.drafted_at),
            published_at=moment(row.published_at),
        )
    )


PRODUCTS = Projection("products", ProductRow, keys, evolve, as_document, with_returns)
