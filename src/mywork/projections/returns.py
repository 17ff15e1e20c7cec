"""What refunds and lost disputes take off a product's counters.

Their events name neither the product nor what else was asked back of the order; its history does.
It is read again for these few events only, so that a sale costs nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import psycopg

from eventstore.catalogue import Catalogue
from eventstore.envelope import Recorded
from eventstore.store import read
from mywork.domain.catalogue import EVENTS
from mywork.domain.identifiers import ProductId
from mywork.domain.order.dispute_messages import DisputeClosed, DisputeReinstated, DisputeWithdrawn
from mywork.domain.order.refund_messages import RefundCreated, RefundFailed
from mywork.domain.order.sale_messages import OrderPlaced
from mywork.projections.claims.claims import NONE

RETURNING = (
    RefundCreated,
    RefundFailed,
    DisputeWithdrawn,
    DisputeReinstated,
    DisputeClosed,
)


@dataclass(frozen=True, slots=True)
class SalesReturned:
    """Made of the history and never stored: how much less was sold; negative where it is more."""

    product_id: ProductId
    currency: str
    sales: int
    revenue_minor: int


def with_returns(cursor: psycopg.Cursor[Any], page: Sequence[Recorded]) -> Sequence[Recorded]:
    """The page, where each event by which an order's money goes or comes back says how much."""
    streams = {recorded.stream for recorded in page if isinstance(recorded.event, RETURNING)}
    if not streams:
        return page
    histories = read(cursor, _catalogue(), sorted(streams))
    return [
        replace(recorded, event=returned(histories[recorded.stream][: recorded.version]))
        if isinstance(recorded.event, RETURNING)
        else recorded
        for recorded in page
    ]


def returned(history: Sequence[Recorded]) -> SalesReturned:
    """By the last event of a paid order's history."""
    placed: OrderPlaced = history[0].event
    sales, revenue_minor = _sold(placed, history[:-1])
    then_sales, then_revenue_minor = _sold(placed, history)
    return SalesReturned(
        product_id=placed.product_id,
        currency=placed.currency,
        sales=sales - then_sales,
        revenue_minor=revenue_minor - then_revenue_minor,
    )


def _sold(placed: OrderPlaced, history: Sequence[Recorded]) -> tuple[int, int]:
    """An order of which nothing is left is no sale any more."""
    found = NONE
    for recorded in history:
        found = found.after(recorded.event, recorded.metadata.effective_at)
    left = max(placed.price_minor - found.refunded_minor - found.lost_minor, 0)
    return int(left > 0), left


@cache
def _catalogue() -> Catalogue:
    return Catalogue(EVENTS)
