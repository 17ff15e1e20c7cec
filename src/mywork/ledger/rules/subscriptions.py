"""Subscriptions: paid in advance, deferred, earned with the days; credit for unused time."""

from mywork.domain import subscription
from mywork.ledger.accounts import (
    DISPUTES_HELD,
    EXPENSE_DISPUTE,
    FX_GAIN_LOSS,
    REVENUE_SUBSCRIPTIONS,
    STRIPE_UNCLEARED,
    SUBSCRIPTIONS_DEFERRED,
    SUSPENSE_STRIPE,
    customer_credit,
)
from mywork.ledger.entry import Entry, Posting, entry
from mywork.ledger.rules.stripe import charge_settled, funds_available, stripe_balance


def subscription_posts(event: subscription.Event) -> Entry | None:  # noqa: C901  one line an event
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
        case subscription.InvoiceConverted():
            return _converted(event)
        case subscription.InvoiceRefundSettled():
            return _refund_settled(event)
        case subscription.InvoiceDisputeMoved():
            return _dispute_moved(event)
        case subscription.InvoiceDisputeClosed():
            return _dispute_closed(event)
        case subscription.InvoiceDisputeSettled():
            return _dispute_settled(event)
        case subscription.SubscriptionFundsAvailable():
            return funds_available(event)
        case _:
            return None


def _paid(event: subscription.InvoicePaid | subscription.CreditApplied) -> Entry | None:
    """An invoice was paid by card, or from the customer's credit: it is earned with its days."""
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
    """Unused time was given back as credit for later invoices."""
    return entry(
        event.currency,
        debit=[(SUBSCRIPTIONS_DEFERRED, event.amount_minor)],
        credit=[(customer_credit(event.user_id), event.amount_minor)],
    )


def _recognised(event: subscription.RevenueRecognised) -> Entry | None:
    """Days have passed: what was paid in advance for them is earned."""
    return entry(
        event.currency,
        debit=[(SUBSCRIPTIONS_DEFERRED, event.amount_minor)],
        credit=[(REVENUE_SUBSCRIPTIONS, event.amount_minor)],
    )


def _refunded(
    event: subscription.InvoiceRefunded | subscription.InvoiceRefundFailed,
) -> Entry | None:
    """An invoice was refunded, first what is not earned yet; reversed when the refund failed."""
    return entry(
        event.currency,
        debit=[
            (SUBSCRIPTIONS_DEFERRED, event.deferred_minor),
            (REVENUE_SUBSCRIPTIONS, event.revenue_minor),
        ],
        credit=[(STRIPE_UNCLEARED, event.amount_minor, event.stripe_refund_id)],
    )


def _converted(event: subscription.InvoiceConverted) -> Entry:
    """Stripe settled in another currency: what is owed in one ends, and begins in the other."""
    before, after = event.currency, event.settlement_currency
    lines = (
        Posting(STRIPE_UNCLEARED, before, -event.amount_minor, event.charge_id),
        Posting(SUBSCRIPTIONS_DEFERRED, before, event.deferred_minor),
        Posting(REVENUE_SUBSCRIPTIONS, before, event.revenue_minor),
        Posting(STRIPE_UNCLEARED, after, event.settled_minor, event.charge_id),
        Posting(SUBSCRIPTIONS_DEFERRED, after, -event.settled_deferred_minor),
        Posting(REVENUE_SUBSCRIPTIONS, after, -event.settled_revenue_minor),
    )
    return Entry(tuple(line for line in lines if line.amount_minor))


def _refund_settled(event: subscription.InvoiceRefundSettled) -> Entry | None:
    """Stripe's balance transaction of an invoice's refund: its balance falls."""
    return entry(
        event.currency,
        debit=[
            (STRIPE_UNCLEARED, event.amount_minor, event.stripe_refund_id),
            (FX_GAIN_LOSS, event.exchange_loss_minor),
            (EXPENSE_DISPUTE, event.fee_minor),
        ],
        credit=[(stripe_balance(event.available_on), event.moved_minor + event.fee_minor)],
    )


def _dispute_moved(event: subscription.InvoiceDisputeMoved) -> Entry | None:
    """The bank took an invoice's payment, or gave it back: our claim grows or ends."""
    return entry(
        event.currency,
        debit=[
            (DISPUTES_HELD, event.held_minor, event.dispute_id),
            (FX_GAIN_LOSS, event.amount_minor - event.held_minor),
        ],
        credit=[(STRIPE_UNCLEARED, event.amount_minor, event.dispute_id)],
    )


def _dispute_closed(event: subscription.InvoiceDisputeClosed) -> Entry | None:
    """The dispute of an invoice was lost: the claim ends, first by what is not earned yet."""
    return entry(
        event.currency,
        debit=[
            (SUBSCRIPTIONS_DEFERRED, event.deferred_minor),
            (REVENUE_SUBSCRIPTIONS, event.revenue_minor),
            (FX_GAIN_LOSS, event.exchange_loss_minor),
            (SUSPENSE_STRIPE, event.excess_minor, event.dispute_id),
        ],
        credit=[(DISPUTES_HELD, event.held_minor, event.dispute_id)],
    )


def _dispute_settled(event: subscription.InvoiceDisputeSettled) -> Entry | None:
    """Stripe's balance transaction of an invoice's dispute: its balance moves."""
    return entry(
        event.currency,
        debit=[
            (STRIPE_UNCLEARED, event.amount_minor, event.dispute_id),
            (EXPENSE_DISPUTE, event.fee_minor),
        ],
        credit=[(stripe_balance(event.available_on), event.amount_minor + event.fee_minor)],
    )
