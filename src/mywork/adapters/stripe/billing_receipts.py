"""What Billing's webhooks mean: a subscription is fetched again, a paid invoice is asked for."""

from mywork.adapters.stripe.reading import Json, id_of, metadata, moment
from mywork.application.ports.meaning import (
    Commands,
    Decidable,
    Ignored,
    PaidInvoice,
    StaleSubscription,
)
from mywork.domain.identifiers import UserId, is_opaque
from mywork.domain.subscription.invoice_messages import FailInvoice


def subscription_changed(event: Json) -> StaleSubscription | Ignored:
    subscription = event["data"]["object"]
    if not is_opaque(metadata(subscription, "user_id")):
        return Ignored("the subscription names no user of ours")
    return StaleSubscription(subscription["id"], moment(event["created"]))


def invoice_paid(event: Json) -> PaidInvoice:
    """Whosever it is: its money is on our balance."""
    return PaidInvoice(event["data"]["object"]["id"], moment(event["created"]))


def invoice_failed(event: Json) -> Decidable:
    invoice = event["data"]["object"]
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    user_id, again = metadata(details, "user_id"), invoice.get("next_payment_attempt")
    if not is_opaque(user_id):
        return Ignored("the invoice names no user of ours")
    failed = FailInvoice(
        user_id=UserId(user_id),
        invoice_id=invoice["id"],
        subscription_id=id_of(details["subscription"]),
        attempt=invoice["attempt_count"],
        next_attempt_at=moment(again) if again else None,
        at=moment(event["created"]),
    )
    return Commands((failed,))
