"""Adjustments of Stripe's balance without order or payout: fees, reserves, the platform's bank."""

from typing import assert_never

from mywork.domain.accounts import (
    BANK,
    EXPENSE_STRIPE_FEES,
    STRIPE_AVAILABLE,
    STRIPE_PENDING,
    STRIPE_RESERVED,
)
from mywork.domain.balance_adjustment import (
    AdjustmentEvent,
    AdjustmentFundsAvailable,
    AdjustmentRecorded,
)
from mywork.ledger.entry import Entry, entry
from mywork.ledger.rules.stripe import funds_available


def adjustment_posts(event: AdjustmentEvent) -> Entry | None:
    match event:
        case AdjustmentRecorded():
            return _recorded(event)
        case AdjustmentFundsAvailable():
            return funds_available(event)
        case _:
            assert_never(event)


def _recorded(event: AdjustmentRecorded) -> Entry | None:
    """Stripe's balance moved without a sale: a fee, its own reserve, or our bank."""
    balance = STRIPE_PENDING if event.available_on else STRIPE_AVAILABLE
    net_minor = event.amount_minor - event.fee_minor
    match event.kind:
        case "stripe_fee":
            return entry(
                event.currency,
                debit=[(balance, net_minor)],
                credit=[(EXPENSE_STRIPE_FEES, net_minor)],
            )
        case "reserve" | "bank":
            other = STRIPE_RESERVED if event.kind == "reserve" else BANK
            return entry(
                event.currency,
                debit=[(balance, net_minor), (EXPENSE_STRIPE_FEES, event.fee_minor)],
                credit=[(other, event.amount_minor, event.object_id)],
            )
        case _:
            assert_never(event.kind)
