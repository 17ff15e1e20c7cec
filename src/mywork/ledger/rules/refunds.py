"""Refunds: the seller's share is set aside at once; the rest moves when Stripe made it."""

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
from mywork.domain.order.dispute_messages import DisputeClosed, DisputeWithdrawn
from mywork.domain.order.refund_messages import (
    RefundCreated,
    RefundDeclined,
    RefundFailed,
    RefundRefused,
    RefundRequested,
)
from mywork.ledger.entry import Entry, Side, entry


def taken_from_seller(
    event: RefundRequested | DisputeWithdrawn | DisputeClosed,
) -> list[Side]:
    """This order's pending, then its reserve, then available: the order decided how much."""
    seller_id = event.seller_id
    return [
        (seller_pending(seller_id), event.from_pending_minor),
        (seller_reserve(seller_id), event.from_reserve_minor),
        (seller_available(seller_id), event.from_available_minor),
    ]


def refund_requested(event: RefundRequested) -> Entry | None:
    """A refund was asked for: the seller's share is set aside at once."""
    return entry(
        event.currency,
        debit=taken_from_seller(event),
        credit=[(seller_refunding(event.seller_id), event.seller_minor)],
    )


def refund_off(event: RefundDeclined | RefundRefused) -> Entry | None:
    """The refund was declined or refused: the seller's share goes back to where it belongs."""
    return entry(
        event.currency,
        debit=[(seller_refunding(event.seller_id), event.seller_minor)],
        credit=[
            (seller_pending(event.seller_id), event.to_pending_minor),
            (seller_available(event.seller_id), event.to_available_minor),
        ],
    )


def refund_created(event: RefundCreated) -> Entry | None:
    """Stripe made the refund: the share set aside and our own part go back to the buyer."""
    return entry(
        event.currency,
        debit=[
            (seller_refunding(event.seller_id), event.seller_minor),
            (REVENUE_COMMISSION, event.commission_minor),
            (RECOVERY_PROCESSING, event.processing_minor),
            (SUSPENSE_STRIPE, event.excess_minor, event.stripe_refund_id),
        ],
        credit=[(STRIPE_UNCLEARED, event.amount_minor, event.stripe_refund_id)],
    )


def refund_failed(event: RefundFailed) -> Entry | None:
    """The refund failed or was cancelled: everybody's part is theirs again."""
    return entry(
        event.currency,
        debit=[(STRIPE_UNCLEARED, event.amount_minor, event.stripe_refund_id)],
        credit=[
            (seller_pending(event.seller_id), event.to_pending_minor),
            (seller_available(event.seller_id), event.to_available_minor),
            (REVENUE_COMMISSION, event.commission_minor),
            (RECOVERY_PROCESSING, event.processing_minor),
            (SUSPENSE_STRIPE, event.excess_minor, event.stripe_refund_id),
        ],
    )
