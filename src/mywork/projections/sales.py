"""Sales as their sellers see them: shares, fees, and when held money is released.

Amounts of money on a balance come from the ledger; this says why some of it is "not yet".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventstore import Recorded
from mywork.domain import order
from mywork.projections.documents import document, moment, money
from mywork.projections.projection import Projection


@dataclass(frozen=True, slots=True)
class SaleRow:
    order_id: str
    order_number: str
    seller_id: str
    product_id: str
    product_title: str
    licence: str
    currency: str
    amount_minor: int
    seller_share_minor: int
    commission_minor: int
    processing_fee_minor: int
    status: str
    placed_at: datetime
    paid_at: datetime | None
    release_at: datetime | None
    released_at: datetime | None


def keys(event: Any) -> Sequence[str]:
    return (event.order_id,) if isinstance(event, order.Event) else ()


def evolve(row: SaleRow | None, recorded: Recorded) -> SaleRow | None:
    event, at = recorded.event, recorded.metadata.effective_at
    if isinstance(event, order.OrderPlaced):
        return _placed(event, at)
    if row is None:
        return None
    match event:
        case order.OrderGranted():
            return replace(row, status="completed", paid_at=at)
        case order.OrderPaid():
            return replace(row, status="completed", paid_at=at, release_at=event.hold_until)
        case order.FundsReleased():
            return replace(row, released_at=at)
        case order.OrderExpired():
            return replace(row, status="expired")
        case _:
            return row


def _placed(event: order.OrderPlaced, at: datetime) -> SaleRow:
    return SaleRow(
        order_id=event.order_id,
        order_number=event.order_number,
        seller_id=event.seller_id,
        product_id=event.product_id,
        product_title=event.product_title,
        licence=event.licence,
        currency=event.currency,
        amount_minor=event.price_minor,
        seller_share_minor=event.seller_share_minor,
        commission_minor=event.commission_minor,
        processing_fee_minor=event.processing_fee_minor,
        status="pending",
        placed_at=at,
        paid_at=None,
        release_at=None,
        released_at=None,
    )


def as_document(row: SaleRow) -> bytes:
    return document(
        {
            "id": row.order_id,
            "order_number": row.order_number,
            "status": row.status,
            "product": {"id": row.product_id, "title": row.product_title},
            "license": row.licence,
            **money("amount", row.amount_minor, row.currency),
            **money("seller_share", row.seller_share_minor, row.currency),
            **money("commission", row.commission_minor, row.currency),
            **money("processing_fee", row.processing_fee_minor, row.currency),
            "currency": row.currency,
            "created_at": moment(row.placed_at),
            "paid_at": moment(row.paid_at),
            "release_at": moment(row.release_at),
            "released_at": moment(row.released_at),
            "why_not_yet": "on hold until its release date" if _is_held(row) else None,
        }
    )


def _is_held(row: SaleRow) -> bool:
    return row.release_at is not None and row.released_at is None


SALES = Projection("sales", SaleRow, keys, evolve, as_document)
