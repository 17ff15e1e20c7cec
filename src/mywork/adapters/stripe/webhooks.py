"""What Stripe tells us, kept as it came: endpoints, signatures, receipts."""

from collections.abc import Sequence
from typing import Any, cast

import orjson
import stripe

from mywork.adapters.stripe.faults import translated
from mywork.application.ports.tables import RawReceipt

PLATFORM = "stripe"
CONNECT = "stripe_connect"
TRANSACTION = "stripe_balance"

SIGNATURE_TOLERANCE_SECONDS = 300

SUBSCRIPTION_EVENTS = (
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
)
# The events we act on; others are not asked for, and ignored when they come.
HANDLED_EVENTS = (
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "account.updated",
    "payout.paid",
    "payout.failed",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
    "radar.early_fraud_warning.created",
    "payout.canceled",
    "transfer.reversed",
    *SUBSCRIPTION_EVENTS,
    "invoice.paid",
    "invoice.payment_failed",
)


class WebhookEndpoints:
    """Where Stripe sends its events; the secret is told once, when an endpoint is made."""

    def __init__(self, secret_key: str, *, api_base: str = "") -> None:
        addresses = cast("Any", {"api": api_base} if api_base else {})
        client = stripe.StripeClient(secret_key, base_addresses=addresses)
        self._endpoints = client.v1.webhook_endpoints

    def create(self, url: str, events: Sequence[str], *, connect: bool) -> str:
        with translated():
            made = self._endpoints.create(
                cast("Any", {"url": url, "enabled_events": list(events), "connect": connect})
            )
        return made.secret or ""

    def delete_all(self) -> None:
        with translated():
            for endpoint in self._endpoints.list({"limit": 100}).data:
                self._endpoints.delete(endpoint.id)


def verify_signature(body: bytes, header: str, secret: str) -> bool:
    """Whether Stripe signed exactly these bytes within the last five minutes of real time."""
    try:
        stripe.WebhookSignature.verify_header(body, header, secret, SIGNATURE_TOLERANCE_SECONDS)
    except (stripe.SignatureVerificationError, ValueError):
        return False
    return True


def signature_header(body: bytes, secret: str, timestamp: int) -> str:
    """The header that Stripe would send with these bytes; for tests and benchmarks."""
    return str(stripe.WebhookSignature.generate_signature_header(body.decode(), secret, timestamp))


def event_receipt(source: str, body: bytes) -> RawReceipt:
    """The receipt of a snapshot event; raises ValueError for anything else."""
    event = orjson.loads(body)
    try:
        subject = event["data"]["object"]
        identifier, kind = event["id"], event["type"]
        object_key = subject.get("id") or identifier
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("not a snapshot event of Stripe's") from error
    if not all(isinstance(text, str) and text for text in (identifier, kind, object_key)):
        raise ValueError("not a snapshot event of Stripe's")
    return RawReceipt(source, identifier, kind, object_key, body)


def transaction_receipt(transaction: stripe.BalanceTransaction) -> RawReceipt:
    document = transaction.to_dict(for_json=True)
    return RawReceipt(
        source=TRANSACTION,
        external_id=document["id"],
        kind=document["reporting_category"],
        object_key=document.get("source") or document["id"],
        body=orjson.dumps(document),
    )
