"""Subscriptions: paid in advance, deferred, earned with the days; credit for unused time."""

from mywork.domain import subscription
from mywork.ledger.accounts import (
    EXPENSE_DISPUTE,
    REVENUE_SUBSCRIPTIONS,
    STRIPE_UNCLEARED,
    SUBSCRIPTIONS_DEFERRED,
    customer_credit,
)
from mywork.ledger.entry import Entry, entry
from mywork.ledger.rules.stripe import charge_settled, funds_available, stripe_balance


def subscription_posts(event: subscription.Event) -> Entry | None:
    match event:
        case subscription.InvoicePaid() | subscription.CreditApplied():
            return _paid(event)
        case subscription.CreditGranted():
            return _granted(event)
        case subscription.RevenueRecognised():
            return _recognised(event)
        case subscription.InvoiceRefunded():
            return _refunded(event)
        case subscription.InvoiceRefundFailed():
            returned = _refunded(event)
            return returned.reversed() if returned else None
        case subscription.InvoiceSettled():
            return charge_settled(event, event.charge_id)
        case subscription.InvoiceRefundSettled():
            return _refund_settled(event)
        case subscription.SubscriptionFundsAvailable():
            return funds_available(event)
        case _:
            return None


def _paid(event: subscription.InvoicePaid | subscription.CreditApplied) -> Entry | None:
    """By card, or from the customer's balance."""
    if isinstance(event, subscription.InvoicePaid):
        source = (STRIPE_UNCLEARED, event.amount_minor, event.charge_id)
    else:
        source = (customer_credit(event.user_id), event.amount_minor, "")
    return entry(
        event.currency,
        debit=[source],
        credit=[(SUBSCRIPTIONS_DEFERRED, event.amount_minor)],
    )


def _granted(event: subscription.CreditGranted) -> Entry | None:
    return entry(
        event.currency,
        debit=[(SUBSCRIPTIONS_DEFERRED, event.amount_minor)],
        credit=[(customer_credit(event.user_id), event.amount_minor)],
    )


def _recognised(event: subscription.RevenueRecognised) -> Entry | None:
    return entry(
        event.currency,
        debit=[(SUBSCRIPTIONS_DEFERRED, event.amount_minor)],
        credit=[(REVENUE_SUBSCRIPTIONS, event.amount_minor)],
    )


def _refunded(
    event: subscription.InvoiceRefunded | subscription.InvoiceRefundFailed,
) -> Entry | None:
    return entry(
        event.currency,
        debit=[
            (SUBSCRIPTIONS_DEFERRED, event.deferred_minor),
            (REVENUE_SUBSCRIPTIONS, event.revenue_minor),
        ],
        credit=[(STRIPE_UNCLEARED, event.amount_minor, event.stripe_refund_id)],
    )


def _refund_settled(event: subscription.InvoiceRefundSettled) -> Entry | None:
    return entry(
        event.currency,
        debit=[
            (STRIPE_UNCLEARED, event.amount_minor, event.stripe_refund_id),
            (EXPENSE_DISPUTE, event.fee_minor),
        ],
        credit=[(stripe_balance(event.available_on), event.amount_minor + event.fee_minor)],
    )
