"""Stripe's own balance transactions: what alone moves `stripe:pending` and `stripe:available`."""

from datetime import datetime

from mywork.domain.accounts import (
    EXPENSE_DISPUTE,
    EXPENSE_PROCESSING,
    FX_GAIN_LOSS,
    STRIPE_AVAILABLE,
    STRIPE_PENDING,
    STRIPE_UNCLEARED,
)
from mywork.domain.balance_adjustment import AdjustmentFundsAvailable
from mywork.domain.breaks.return_messages import PaymentReturnSettled
from mywork.domain.breaks.settlement_messages import BreakFundsAvailable, BreakSettled
from mywork.domain.order.refund_messages import RefundSettled
from mywork.domain.order.settlement_messages import FundsAvailable, PaymentSettled
from mywork.domain.subscription.settlement_messages import (
    InvoiceSettled,
    SubscriptionFundsAvailable,
)
from mywork.ledger.entry import Entry, entry


def charge_settled(
    event: PaymentSettled | BreakSettled | InvoiceSettled, charge_id: str
) -> Entry | None:
    """Stripe's balance transaction of a payment: its balance grows by the net, the fee is known."""
    return entry(
        event.currency,
        debit=[
            (STRIPE_PENDING, event.amount_minor - event.fee_minor),
            (EXPENSE_PROCESSING, event.fee_minor),
        ],
        credit=[(STRIPE_UNCLEARED, event.amount_minor, charge_id)],
    )


def funds_available(
    event: FundsAvailable
    | BreakFundsAvailable
    | AdjustmentFundsAvailable
    | SubscriptionFundsAvailable,
) -> Entry | None:
    """What Stripe's balance held as pending has become available on its day."""
    return entry(
        event.currency,
        debit=[(STRIPE_AVAILABLE, event.net_minor)],
        credit=[(STRIPE_PENDING, event.net_minor)],
    )


def stripe_balance(available_on: datetime | None) -> str:
    """Where a transaction moves Stripe's balance: at once, or pending until its day."""
    return STRIPE_AVAILABLE if available_on is None else STRIPE_PENDING


def refund_settled(
    event: RefundSettled | PaymentReturnSettled,
) -> Entry | None:
    """Stripe's balance transaction of a refund: its balance falls by what really moved."""
    return entry(
        event.currency,
        debit=[
            (STRIPE_UNCLEARED, event.amount_minor, event.stripe_refund_id),
            (FX_GAIN_LOSS, event.exchange_loss_minor),
            (EXPENSE_DISPUTE, event.fee_minor),
        ],
        credit=[(stripe_balance(event.available_on), event.moved_minor + event.fee_minor)],
    )
