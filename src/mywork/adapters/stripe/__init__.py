"""Stripe: the only package that imports its SDK.

Read `payments` and `billing` (what we ask of it), `webhooks` (what it tells us), `receipts` (what
that means).
"""

from mywork.adapters.stripe.billing import StripeBilling
from mywork.adapters.stripe.payments import StripePayments
from mywork.adapters.stripe.receipts import StripeTranslator
from mywork.adapters.stripe.webhooks import (
    CONNECT,
    HANDLED_EVENTS,
    PLATFORM,
    TRANSACTION,
    WebhookEndpoints,
    event_receipt,
    signature_header,
    verify_signature,
)

__all__ = [
    "CONNECT",
    "HANDLED_EVENTS",
    "PLATFORM",
    "TRANSACTION",
    "StripeBilling",
    "StripePayments",
    "StripeTranslator",
    "WebhookEndpoints",
    "event_receipt",
    "signature_header",
    "verify_signature",
]
