"""Disputes: what the bank took is held until the outcome; shares wait with it."""

from mywork.domain.accounts import (
    DISPUTES_HELD,
    EXPENSE_DISPUTE,
    FX_GAIN_LOSS,
    RECOVERY_DISPUTE,
    REVENUE_COMMISSION,
    STRIPE_UNCLEARED,
    SUSPENSE_STRIPE,
    seller_available,
    seller_disputed,
)
from mywork.domain.order.dispute_messages import (
    DisputeClosed,
    DisputeReinstated,
    DisputeSettled,
    DisputeWithdrawn,
)
from mywork.ledger.entry import Entry, entry
from mywork.ledger.rules.refunds import taken_from_seller
from mywork.ledger.rules.stripe import stripe_balance


def dispute_withdrawn(event: DisputeWithdrawn) -> Entry | None:
    """The buyer's bank took the payment: we hold a claim; the seller's share waits with it."""
    return entry(
        event.currency,
        debit=[(DISPUTES_HELD, event.amount_minor, event.dispute_id), *taken_from_seller(event)],
        credit=[
            (STRIPE_UNCLEARED, event.amount_minor, event.dispute_id),
            (seller_disputed(event.seller_id), event.seller_minor),
            (RECOVERY_DISPUTE, event.fee_minor),
        ],
    )


def dispute_reinstated(event: DisputeReinstated) -> Entry | None:
    """The bank gave it back: the claim ends, and the seller's share is free again."""
    return entry(
        event.currency,
        debit=[
            (STRIPE_UNCLEARED, event.amount_minor, event.dispute_id),
            (seller_disputed(event.seller_id), event.seller_minor),
            (RECOVERY_DISPUTE, event.fee_minor),
            (FX_GAIN_LOSS, event.exchange_loss_minor),
        ],
        credit=[
            (DISPUTES_HELD, event.held_minor, event.dispute_id),
            (seller_available(event.seller_id), event.seller_minor + event.fee_minor),
        ],
    )


def dispute_closed(event: DisputeClosed) -> Entry | None:
    """The dispute was lost: the claim ends, borne as the shares were set aside."""
    return entry(
        event.currency,
        debit=[
            (seller_disputed(event.seller_id), event.set_aside_minor),
            *taken_from_seller(event),
            (REVENUE_COMMISSION, event.commission_minor),
            (FX_GAIN_LOSS, event.exchange_loss_minor),
            (SUSPENSE_STRIPE, event.excess_minor, event.dispute_id),
        ],
        credit=[(DISPUTES_HELD, event.held_minor, event.dispute_id)],
    )


def dispute_settled(event: DisputeSettled) -> Entry | None:
    """Stripe's balance transaction of a dispute: its balance moves, the fee is known."""
    return entry(
        event.currency,
        debit=[
            (STRIPE_UNCLEARED, event.amount_minor, event.dispute_id),
            (EXPENSE_DISPUTE, event.fee_minor),
        ],
        credit=[(stripe_balance(event.available_on), event.amount_minor + event.fee_minor)],
    )
