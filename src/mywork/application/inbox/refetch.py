"""What a webhook says may be stale or not enough: then Stripe is asked again, once per receipt.

Terminal facts are taken from the payload. Accounts and subscriptions change back and forth; an
invoice's webhook does not name its charge; a payment that names no order may be an invoice's.
"""

from datetime import datetime
from typing import assert_never

from mywork.application.inbox.exceptions import unexpected_payment
from mywork.application.ports.billing import Billing, FoundInvoice
from mywork.application.ports.meaning import (
    Commands,
    Decidable,
    Ignored,
    PaidInvoice,
    Refetch,
    StaleAccount,
    StaleSubscription,
    UnnamedPayment,
)
from mywork.application.ports.payments import Payments
from mywork.domain.errors import PredecessorMissing
from mywork.domain.seller.messages import UpdateOnboarding
from mywork.domain.subscription.contract_messages import FollowSubscription
from mywork.domain.subscription.invoice_messages import RecordInvoice


class Refetching:
    """Turns what must be asked again into what is known now."""

    def __init__(self, payments: Payments, billing: Billing) -> None:
        self._payments = payments
        self._billing = billing

    def __call__(self, meaning: Refetch) -> Decidable:
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
                assert_never(meaning)

    def _account(self, stale: StaleAccount) -> Commands:
        account = self._payments.account(stale.account_id)
        updated = UpdateOnboarding(
            seller_id=account.seller_id,
            stripe_account_id=account.stripe_account_id,
            details_submitted=account.details_submitted,
            charges_enabled=account.charges_enabled,
            payouts_enabled=account.payouts_enabled,
            currently_due=account.currently_due,
            disabled_reason=account.disabled_reason,
            at=stale.at,
        )
        return Commands((updated,))

    def _subscription(self, stale: StaleSubscription) -> Decidable:
        found = self._billing.subscription(stale.subscription_id)
        if not found.user_id:
            return Ignored("this subscription names no user of ours")
        at = found.snapshot.ended_at or stale.at
        return Commands((FollowSubscription(found.user_id, found.snapshot, at),))

    def _invoice(self, invoice_id: str) -> Decidable:
        invoice = self._billing.invoice(invoice_id)
        if invoice.paid_at is None:
            raise PredecessorMissing(f"the invoice {invoice_id} is not paid yet")
        return _recorded(invoice, invoice.paid_at)


def _recorded(invoice: FoundInvoice, paid_at: datetime) -> Decidable:
    recorded = RecordInvoice(
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
    if invoice.user_id:
        return Commands((recorded,))
    if not invoice.amount_minor:
        return Ignored("the invoice names no user of ours and moved no money")
    return Commands((unexpected_payment(recorded, "", "the invoice names no user of ours"),))
