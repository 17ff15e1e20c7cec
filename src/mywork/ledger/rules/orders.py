"""Sales: what a buyer paid, divided between the seller and us."""

from mywork.domain import order
from mywork.ledger.accounts import (
    RECOVERY_PROCESSING,
    REVENUE_COMMISSION,
    STRIPE_UNCLEARED,
    seller_available,
    seller_pending,
)
from mywork.ledger.entry import Entry, entry


def order_paid(event: order.OrderPaid) -> Entry | None:
    return entry(
        event.currency,
        debit=[(STRIPE_UNCLEARED, event.amount_minor, event.charge_id)],
        credit=[
            (seller_pending(event.seller_id), event.seller_share_minor),
            (REVENUE_COMMISSION, event.commission_minor),
            (RECOVERY_PROCESSING, event.processing_fee_minor),
        ],
    )


def funds_released(event: order.FundsReleased) -> Entry | None:
    return entry(
        event.currency,
        debit=[(seller_pending(event.seller_id), event.amount_minor)],
        credit=[(seller_available(event.seller_id), event.amount_minor)],
    )
