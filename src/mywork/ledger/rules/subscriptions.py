"""Subscriptions: paid in advance, deferred, earned with the days; credit for unused time."""

from typing import assert_never

from mywork.domain.accounts import (
    DISPUTES_HELD,
    EXPENSE_DISPUTE,
    FX_GAIN_LOSS,
    REVENUE_SUBSCRIPTIONS,
    STRIPE_UNCLEARED,
    SUBSCRIPTIONS_DEFERRED,
    SUSPENSE_STRIPE,
    customer_credit,
)
from mywork.domain.subscription.decider import SubscriptionMoneyEvent
from mywork.domain.subscription.dispute_messages import (
    InvoiceDisputeClosed,
    InvoiceDisputeMoved,
    InvoiceDisputeSettled,
)
from mywork.domain.subscription.invoice_messages import (
    CreditApplied,
    CreditGranted,
    InvoicePaid,
    InvoiceRefunded,
    InvoiceRefundFailed,
    RevenueRecognised,
)
from mywork.domain.subscription.settlement_messages import (
    InvoiceConverted,
    InvoiceRefundSettled,
    InvoiceSettled,
    SubscriptionFundsAvailable,
)
from mywork.ledger.entry import Entry, Posting, entry
from mywork.ledger.rules.stripe import charge_settled, funds_available, stripe_balance


def subscription_posts(event: SubscriptionMoneyEvent) -> Entry | None:  # noqa: C901  a line an event
    match event:
        case InvoicePaid() | CreditApplied():
            return _paid(event)
        case CreditGranted():
            return _granted(event)
        case RevenueRecognised():
            return _recognised(event)
        case InvoiceRefunded():
            return _refunded(event)
        case InvoiceRefundFailed():
            returned = _refunded(event)
            return returned.reversed() if returned else None
        case InvoiceSettled():
            return charge_settled(event, event.charge_id)
        case InvoiceConverted():
            return _converted(event)
        case InvoiceRefundSettled():
            return _refund_settled(event)
        case InvoiceDisputeMoved():
            return _dispute_moved(event)
        case InvoiceDisputeClosed():
            return _dispute_closed(event)
        case InvoiceDisputeSettled():
            return _dispute_settled(event)
        case SubscriptionFundsAvailable():
            return funds_available(event)
        case _:
            assert_never(event)


def _paid(event: InvoicePaid | CreditApplied) -> Entry | None:
    """An invoice was paid by card, or from the customer's credit: it is earned with its days."""
    if isinstance(event, InvoicePaid):
        source = (STRIPE_UNCLEARED, event.amount_minor, event.charge_id)
    else:
        source = (customer_credit(event.user_id), event.amount_minor, "")
    return entry(
        event.currency,
        debit=[source],
        credit=[(SUBSCRIPTIONS_DEFERRED, event.amount_minor)],
    )


def _granted(event: CreditGranted) -> Entry | None:
    """Unused time was given back as credit for later invoices."""
    return entry(
        event.currency,
        debit=[(SUBSCRIPTIONS_DEFERRED, event.amount_minor)],
        credit=[(customer_credit(event.user_id), event.amount_minor)],
    )


def _recognised(event: RevenueRecognised) -> Entry | None:
    """Days have passed: what was paid in advance for them is earned."""
    return entry(
        event.currency,
        debit=[(SUBSCRIPTIONS_DEFERRED, event.amount_minor)],
        credit=[(REVENUE_SUBSCRIPTIONS, event.amount_minor)],
    )


def _refunded(
    event: InvoiceRefunded | InvoiceRefundFailed,
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


def _converted(event: InvoiceConverted) -> Entry:
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


def _refund_settled(event: InvoiceRefundSettled) -> Entry | None:
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


def _dispute_moved(event: InvoiceDisputeMoved) -> Entry | None:
    """The bank took an invoice's payment, or gave it back: our claim grows or ends."""
    return entry(
        event.currency,
        debit=[
            (DISPUTES_HELD, event.held_minor, event.dispute_id),
            (FX_GAIN_LOSS, event.amount_minor - event.held_minor),
        ],
        credit=[(STRIPE_UNCLEARED, event.amount_minor, event.dispute_id)],
    )


def _dispute_closed(event: InvoiceDisputeClosed) -> Entry | None:
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


def _dispute_settled(event: InvoiceDisputeSettled) -> Entry | None:
    """Stripe's balance transaction of an invoice's dispute: its balance moves."""
    return entry(
        event.currency,
        debit=[
            (STRIPE_UNCLEARED, event.amount_minor, event.dispute_id),
            (EXPENSE_DISPUTE, event.fee_minor),
        ],
        credit=[(stripe_balance(event.available_on), event.amount_minor + event.fee_minor)],
    )
