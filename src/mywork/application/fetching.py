"""What a webhook says may be stale or not enough: then Stripe is asked again, once per receipt.

Terminal facts are taken from the payload. Accounts and subscriptions change back and forth; an
invoice's webhook does not name its charge; a payment that names no order may be an invoice's.
"""

from datetime import datetime

from mywork.application.ports import (
    Billing,
    FoundInvoice,
    PaidInvoice,
    Payments,
    StaleAccount,
    StaleSubscription,
    UnnamedPayment,
)
from mywork.application.unexpected import unexpected_payment
from mywork.domain import breaks, subscription
from mywork.domain.errors import PredecessorMissing
from mywork.domain.seller import UpdateOnboarding


class Fetching:
    """Turns what must be asked again into commands, and leaves everything else as it is."""

    def __init__(self, payments: Payments, billing: Billing) -> None:
        self._payments = payments
        self._billing = billing

    def __call__(self, meaning: object) -> object:
        """Raises VendorUnavailable or VendorRefused, and PredecessorMissing before its time."""
        match meaning:
            case StaleAccount():
                return self._account(meaning)
            case StaleSubscription():
                return self._subscription(meaning)
            case PaidInvoice():
                return self._invoice(meaning.invoice_id)
            case UnnamedPayment():
                invoice_id = self._billing.invoice_of_payment(meaning.payment_intent_id)
                return self._invoice(invoice_id) if invoice_id else meaning.otherwise
            case _:
                return meaning

    def _account(self, stale: StaleAccount) -> UpdateOnboarding:
        account = self._payments.account(stale.account_id)
        return UpdateOnboarding(
            seller_id=account.seller_id,
            stripe_account_id=account.stripe_account_id,
            details_submitted=account.details_submitted,
            charges_enabled=account.charges_enabled,
            payouts_enabled=account.payouts_enabled,
            currently_due=account.currently_due,
            disabled_reason=account.disabled_reason,
            at=stale.at,
        )

    def _subscription(self, stale: StaleSubscription) -> subscription.FollowSubscription | None:
        found = self._billing.subscription(stale.subscription_id)
        if not found.user_id:
            return None  # not one of ours
        at = found.snapshot.ended_at or stale.at
        return subscription.FollowSubscription(found.user_id, found.snapshot, at)

    def _invoice(self, invoice_id: str) -> subscription.RecordInvoice | breaks.OpenBreak | None:
        invoice = self._billing.invoice(invoice_id)
        if invoice.paid_at is None:
            raise PredecessorMissing(f"the invoice {invoice_id} is not paid yet")
        return _recorded(invoice, invoice.paid_at)


def _recorded(
    invoice: FoundInvoice, paid_at: datetime
) -> subscription.RecordInvoice | breaks.OpenBreak | None:
    recorded = subscription.RecordInvoice(
        user_id=invoice.user_id,
        invoice_id=invoice.invoice_id,
        subscription_id=invoice.subscription_id,
        charge_id=invoice.charge_id,
        currency=invoice.currency,
        amount_minor=invoice.amount_minor,
        credit_minor=invoice.credit_minor,
        lines=invoice.lines,
        at=paid_at,
    )
    if invoice.user_id or not invoice.amount_minor:
        return recorded if invoice.user_id else None
    return unexpected_payment(recorded, "", "the invoice names no user of ours")
