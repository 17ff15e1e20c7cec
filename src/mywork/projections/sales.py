"""Sales as their sellers see them: shares, fees, claims, and where the money of each is.

Amounts of money on a balance come from the ledger; this says which sale they are of, and why
some of it is "not yet".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventstore.envelope import Recorded
from mywork.documents import sales
from mywork.documents.document import encode, moment, money
from mywork.documents.orders import LicenseType, OrderedProduct, OrderStatus
from mywork.documents.sales import Sale
from mywork.domain.order.dispute_messages import FraudWarned
from mywork.domain.order.evolve import OrderEvent
from mywork.domain.order.sale_messages import OrderExpired, OrderGranted, OrderPaid, OrderPlaced
from mywork.domain.order.settlement_messages import PaymentConverted
from mywork.projections import balance_buckets
from mywork.projections.balance_buckets import Buckets
from mywork.projections.claims.claims import NONE, Claims
from mywork.projections.projection import Projection
from mywork.projections.why_not_yet import why_not_yet


@dataclass(frozen=True, slots=True)
class FraudWarning:
    warning_id: str
    fraud_type: str
    actionable: bool
    warned_at: datetime


@dataclass(frozen=True, slots=True)
class SaleRow:
    """`amount_minor` is in `currency`, what the buyer paid; shares in what the seller is owed."""

    order_id: str
    order_number: str
    seller_id: str
    product_id: str
    product_title: str
    licence: LicenseType
    currency: str
    amount_minor: int
    seller_share_minor: int
    commission_minor: int
    processing_fee_minor: int
    status: OrderStatus
    buckets: Buckets
    not_yet: bool
    claims: Claims
    fraud_warnings: tuple[FraudWarning, ...]
    placed_at: datetime
    paid_at: datetime | None


def keys(event: Any) -> Sequence[str]:
    return (event.order_id,) if isinstance(event, OrderEvent) else ()


def evolve(row: SaleRow | None, recorded: Recorded) -> SaleRow | None:
    event, at = recorded.event, recorded.metadata.effective_at
    if isinstance(event, OrderPlaced):
        return _placed(event, at)
    if row is None:
        return None
    row = _with_money(row, event, at)
    match event:
        case OrderGranted() | OrderPaid():
            completed = row.claims.status(row.amount_minor)
            return replace(row, status=completed, paid_at=at)
        case OrderExpired():
            return replace(row, status="expired")
        case PaymentConverted():
            return replace(
                row,
                seller_share_minor=event.seller_share_minor,
                commission_minor=event.commission_minor,
                processing_fee_minor=event.processing_fee_minor,
            )
        case FraudWarned():
            return _warned(row, event, at)
        case _:
            return row


def _with_money(row: SaleRow, event: Any, at: datetime) -> SaleRow:
    stands, asked_back = balance_buckets.evolve(row.buckets, event, at), row.claims.after(event, at)
    if stands is not row.buckets:
        row = replace(row, buckets=stands, not_yet=stands.not_yet)
    if asked_back is not row.claims:
        row = replace(row, claims=asked_back, status=asked_back.status(row.amount_minor))
    return row


def _warned(row: SaleRow, event: FraudWarned, at: datetime) -> SaleRow:
    warning = FraudWarning(event.warning_id, event.fraud_type, event.actionable, at)
    known = sorted((*row.fraud_warnings, warning), key=lambda w: (w.warned_at, w.warning_id))
    return replace(row, fraud_warnings=tuple(known))


def _placed(event: OrderPlaced, at: datetime) -> SaleRow:
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
        buckets=Buckets(event.currency),
        not_yet=False,
        claims=NONE,
        fraud_warnings=(),
        placed_at=at,
        paid_at=None,
    )


def as_document(row: SaleRow) -> bytes:
    stands, owed = row.buckets, row.buckets.currency
    return encode(
        Sale(
            id=row.order_id,
            order_number=row.order_number,
            status=row.status,
            product=OrderedProduct(id=row.product_id, title=row.product_title),
            license_type=row.licence,
            **money("amount", row.amount_minor, row.currency),
            **money("refunded", row.claims.refunded_minor, row.currency),
            currency=row.currency,
            owed_currency=owed,
            **money("seller_share", row.seller_share_minor, owed),
            **money("commission", row.commission_minor, owed),
            **money("processing_fee", row.processing_fee_minor, owed),
            **money("net_earnings", stands.net_minor, owed),
            **money("pending", stands.pending_minor, owed),
            **money("reserve", stands.reserve_minor, owed),
            **money("available", stands.available_minor, owed),
            **money("refunding", stands.refunding_minor, owed),
            **money("disputed", stands.disputed_minor, owed),
            created_at=moment(row.placed_at),
            paid_at=moment(row.paid_at),
            release_at=moment(stands.release_at),
            released_at=moment(stands.released_at),
            reserve_until=moment(stands.reserve_until),
            refunds=tuple(line.document() for line in row.claims.refunds),
            disputes=tuple(line.document() for line in row.claims.disputes),
            fraud_warnings=tuple(_warning(warning) for warning in row.fraud_warnings),
            why_not_yet=why_not_yet(stands, row.claims),
        )
    )


def _warning(warning: FraudWarning) -> sales.FraudWarning:
    return sales.FraudWarning(
        id=warning.warning_id,
        fraud_type=warning.fraud_type,
        actionable=warning.actionable,
        warned_at=moment(warning.warned_at),
    )


SALES = Projection("sales", SaleRow, keys, evolve, as_document)
