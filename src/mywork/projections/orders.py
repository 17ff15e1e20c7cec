"""Orders as their buyers see them: paid, refunded or disputed, and whether they may be used."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventstore.envelope import Recorded
from mywork.documents.document import encode, moment, money
from mywork.documents.orders import LicenseType, Order, OrderedProduct, OrderStatus, PaymentStatus
from mywork.domain.order.evolve import OrderEvent
from mywork.domain.order.sale_messages import (
    OrderExpired,
    OrderGranted,
    OrderPaid,
    OrderPlaced,
    PaymentAttemptFailed,
)
from mywork.projections.claims.claims import NONE, Claims
from mywork.projections.projection import Projection


@dataclass(frozen=True, slots=True)
class OrderRow:
    order_id: str
    order_number: str
    buyer_id: str
    seller_id: str
    product_id: str
    product_title: str
    licence: LicenseType
    currency: str
    amount_minor: int
    status: OrderStatus
    payment_status: PaymentStatus
    failure_code: str
    claims: Claims
    placed_at: datetime
    paid_at: datetime | None
    failed_at: datetime | None


def keys(event: Any) -> Sequence[str]:
    return (event.order_id,) if isinstance(event, OrderEvent) else ()


def evolve(row: OrderRow | None, recorded: Recorded) -> OrderRow | None:
    event, at = recorded.event, recorded.metadata.effective_at
    if isinstance(event, OrderPlaced):
        return _placed(event, at)
    if row is None:
        return None
    match event:
        case OrderGranted():
            return replace(row, status="completed", payment_status="not_required", paid_at=at)
        case PaymentAttemptFailed():
            return _attempt_failed(row, event, at)
        case OrderPaid():
            return _with_claims(replace(row, failure_code="", paid_at=at), row.claims)
        case OrderExpired() if row.failure_code:
            return replace(row, status="failed")
        case OrderExpired():
            return replace(row, status="expired", payment_status="cancelled")
        case _:
            after = row.claims.after(event, at)
            return row if after is row.claims else _with_claims(row, after)


def _attempt_failed(row: OrderRow, event: PaymentAttemptFailed, at: datetime) -> OrderRow:
    """The latest attempt is shown, whichever became known last."""
    if row.failed_at is not None and at < row.failed_at:
        return row
    return replace(row, payment_status="failed", failure_code=event.failure_code, failed_at=at)


def _with_claims(row: OrderRow, claims: Claims) -> OrderRow:
    refunded = claims.refunded(row.amount_minor)
    return replace(
        row,
        claims=claims,
        status=claims.status(row.amount_minor),
        payment_status="refunded" if refunded else "completed",
    )


def _placed(event: OrderPlaced, at: datetime) -> OrderRow:
    return OrderRow(
        order_id=event.order_id,
        order_number=event.order_number,
        buyer_id=event.buyer_id,
        seller_id=event.seller_id,
        product_id=event.product_id,
        product_title=event.product_title,
        licence=event.licence,
        currency=event.currency,
        amount_minor=event.price_minor,
        status="pending",
        payment_status="pending",
        failure_code="",
        claims=NONE,
        placed_at=at,
        paid_at=None,
        failed_at=None,
    )


def as_document(row: OrderRow) -> bytes:
    return encode(
        Order(
            id=row.order_id,
            order_number=row.order_number,
            status=row.status,
            payment_status=row.payment_status,
            failure_code=row.failure_code or None,
            access=row.claims.access(row.amount_minor) if row.paid_at else None,
            product=OrderedProduct(id=row.product_id, title=row.product_title),
            seller_id=row.seller_id,
            license_type=row.licence,
            **money("amount", row.amount_minor, row.currency),
            **money("refunded", row.claims.refunded_minor, row.currency),
            currency=row.currency,
            refunds=tuple(line.document() for line in row.claims.refunds),
            disputed=row.claims.disputed,
            disputes=tuple(line.document() for line in row.claims.disputes),
            created_at=moment(row.placed_at),
            paid_at=moment(row.paid_at),
        )
    )


ORDERS = Projection("orders", OrderRow, keys, evolve, as_document)
