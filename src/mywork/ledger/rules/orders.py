"""Orders: what a buyer paid, divided between the seller and us, and what became of it."""

from typing import assert_never

from mywork.domain.accounts import (
    RECOVERY_PROCESSING,
    REVENUE_COMMISSION,
    STRIPE_UNCLEARED,
    SUSPENSE_STRIPE,
    seller_available,
    seller_pending,
    seller_refunding,
    seller_reserve,
)
from mywork.domain.order.decider import OrderMoneyEvent
from mywork.domain.order.dispute_messages import (
    DisputeClosed,
    DisputeReinstated,
    DisputeSettled,
    DisputeWithdrawn,
)
from mywork.domain.order.refund_messages import (
    RefundCreated,
    RefundDeclined,
    RefundFailed,
    RefundRefused,
    RefundRequested,
    RefundSettled,
)
from mywork.domain.order.sale_messages import OrderPaid
from mywork.domain.order.settlement_messages import (
    ConvertedPart,
    FundsAvailable,
    FundsReleased,
    PaymentConverted,
    PaymentSettled,
    ReserveKept,
    ReserveReleased,
)
from mywork.ledger.entry import Entry, Posting, entry
from mywork.ledger.rules.disputes import (
    dispute_closed,
    dispute_reinstated,
    dispute_settled,
    dispute_withdrawn,
)
from mywork.ledger.rules.refunds import refund_created, refund_failed, refund_off, refund_requested
from mywork.ledger.rules.stripe import charge_settled, funds_available, refund_settled


def order_posts(event: OrderMoneyEvent) -> Entry | None:  # noqa: C901  a line an event
    match event:
        case OrderPaid():
            return order_paid(event)
        case PaymentSettled():
            return charge_settled(event, event.charge_id)
        case FundsAvailable():
            return funds_available(event)
        case FundsReleased():
            return funds_released(event)
        case PaymentConverted():
            return payment_converted(event)
        case ReserveKept():
            return reserve_kept(event)
        case ReserveReleased():
            return reserve_released(event)
        case RefundRequested():
            return refund_requested(event)
        case RefundDeclined() | RefundRefused():
            return refund_off(event)
        case RefundCreated():
            return refund_created(event)
        case RefundFailed():
            return refund_failed(event)
        case RefundSettled():
            return refund_settled(event)
        case DisputeWithdrawn():
            return dispute_withdrawn(event)
        case DisputeReinstated():
            return dispute_reinstated(event)
        case DisputeClosed():
            return dispute_closed(event)
        case DisputeSettled():
            return dispute_settled(event)
        case _:
            assert_never(event)


def order_paid(event: OrderPaid) -> Entry | None:
    """A buyer paid: Stripe owes us the price; the seller's share waits, the rest is earned."""
    return entry(
        event.currency,
        debit=[(STRIPE_UNCLEARED, event.amount_minor, event.charge_id)],
        credit=[
            (seller_pending(event.seller_id), event.seller_share_minor),
            (REVENUE_COMMISSION, event.commission_minor),
            (RECOVERY_PROCESSING, event.processing_fee_minor),
        ],
    )


def funds_released(event: FundsReleased) -> Entry | None:
    """The hold is over: the seller's share is free to be paid out."""
    return entry(
        event.currency,
        debit=[(seller_pending(event.seller_id), event.amount_minor)],
        credit=[(seller_available(event.seller_id), event.amount_minor)],
    )


def reserve_kept(event: ReserveKept) -> Entry | None:
    """The hold is over: a part of the seller's share stays in reserve for a while."""
    return entry(
        event.currency,
        debit=[(seller_pending(event.seller_id), event.amount_minor)],
        credit=[(seller_reserve(event.seller_id), event.amount_minor)],
    )


def reserve_released(event: ReserveReleased) -> Entry | None:
    """The reserve is over: that part is free to be paid out, too."""
    return entry(
        event.currency,
        debit=[(seller_reserve(event.seller_id), event.amount_minor)],
        credit=[(seller_available(event.seller_id), event.amount_minor)],
    )


def payment_converted(event: PaymentConverted) -> Entry:
    """Stripe settled in another currency: what is owed in one ends, and begins in the other."""
    before, after = event.currency, event.settlement_currency
    lines = [
        Posting(STRIPE_UNCLEARED, before, -event.amount_minor, event.charge_id),
        Posting(STRIPE_UNCLEARED, after, event.settled_minor, event.charge_id),
    ]
    for part in event.parts:
        account = _account_of(part, event)
        lines.append(Posting(account, before, part.from_minor, part.object_id))
        lines.append(Posting(account, after, -part.to_minor, part.object_id))
    return Entry(tuple(line for line in lines if line.amount_minor))


def _account_of(part: ConvertedPart, event: PaymentConverted) -> str:
    seller_id = event.seller_id
    match part.part:
        case "pending":
            return seller_pending(seller_id)
        case "reserve":
            return seller_reserve(seller_id)
        case "available":
            return seller_available(seller_id)
        case "refunding":
            return seller_refunding(seller_id)
        case "commission":
            return REVENUE_COMMISSION
        case "processing":
            return RECOVERY_PROCESSING
        case "uncleared":
            return STRIPE_UNCLEARED
        case "suspense":
            return SUSPENSE_STRIPE
