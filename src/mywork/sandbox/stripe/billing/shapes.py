"""Subscriptions and invoices as JSON objects, when they are made."""

from typing import Any

from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.world import World

# What is the same for all of them here: no tax, no discounts, no invoices sent by mail.
_EVERY_SUBSCRIPTION: Json = {
    "object": "subscription",
    "application": None,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "billing_cycle_anchor_config": None,
    "billing_mode": {"flexible": None, "type": "classic"},
    "billing_schedules": [],
    "cancel_at": None,
    "cancel_at_period_end": False,
    "canceled_at": None,
    "cancellation_details": {"comment": None, "feedback": None, "reason": None},
    "collection_method": "charge_automatically",
    "days_until_due": None,
    "default_source": None,
    "default_tax_rates": [],
    "discounts": [],
    "ended_at": None,
    "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
    "latest_invoice": None,
    "livemode": False,
    "next_pending_invoice_item_invoice": None,
    "on_behalf_of": None,
    "pause_collection": None,
    "pending_invoice_item_interval": None,
    "pending_setup_intent": None,
    "pending_update": None,
    "schedule": None,
    "transfer_data": None,
}
_EVERY_INVOICE: Json = {
    "object": "invoice",
    "account_country": "US",
    "account_name": "MyWork (simulated)",
    "amount_due": 0,
    "amount_overpaid": 0,
    "amount_paid": 0,
    "amount_remaining": 0,
    "amount_shipping": 0,
    "attempt_count": 0,
    "attempted": False,
    "auto_advance": True,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "status": None},
    "automatically_finalizes_at": None,
    "collection_method": "charge_automatically",
    "confirmation_secret": None,
    "default_payment_method": None,
    "default_tax_rates": [],
    "description": None,
    "discounts": [],
    "due_date": None,
    "effective_at": None,
    "ending_balance": None,
    "hosted_invoice_url": None,
    "invoice_pdf": None,
    "issuer": {"type": "self"},
    "livemode": False,
    "next_payment_attempt": None,
    "number": None,
    "payment_settings": dict.fromkeys(
        ("default_mandate", "payment_method_options", "payment_method_types")
    ),
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "status": "draft",
    "webhooks_delivered_at": None,
}
_TRANSITIONS = ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")


def subscription(
    world: World, customer: Json, params: Json, *, items: list[Json], trial_end: int | None
) -> Json:
    now, identifier = world.now(), items[0]["subscription"]
    asked = params.get("payment_settings") or {}
    behaviour = (params.get("trial_settings") or {}).get("end_behavior") or {}
    url = f"/v1/subscription_items?subscription={identifier}"
    return _EVERY_SUBSCRIPTION | {
        "id": identifier,
        "billing_cycle_anchor": trial_end or now,
        "created": now,
        "currency": items[0]["price"]["currency"],
        "customer": customer["id"],
        "default_payment_method": params.get("default_payment_method"),
        "description": params.get("description"),
        "items": listed(items, url),
        "metadata": params.get("metadata") or {},
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": asked.get("save_default_payment_method", "off"),
        },
        "start_date": now,
        "status": "trialing" if trial_end else "incomplete",
        "test_clock": customer["test_clock"],
        "trial_end": trial_end,
        "trial_settings": {
            "end_behavior": {
                "billing_cycle_anchor": None,
                "missing_payment_method": behaviour.get("missing_payment_method", "create_invoice"),
            }
        },
        "trial_start": now if trial_end else None,
    }


def invoice(
    world: World, customer: Json, subscription: Json, documents: list[Json], reason: str
) -> Json:
    """A draft of some lines; `amount_due` is decided by the balance."""
    now, identifier = world.now(), documents[0]["invoice"]
    total = sum(document["amount"] for document in documents)
    totals = ("subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax")
    details = {
        "metadata": dict(subscription["metadata"]),
        "subscription": subscription["id"],
        "subscription_proration_date": now if reason == "subscription_update" else None,
    }
    return (
        _EVERY_INVOICE
        | dict.fromkeys(totals, total)
        | {
            "id": identifier,
            "billing_reason": reason,
            "created": now,
            "currency": subscription["currency"],
            "customer": customer["id"],
            "customer_email": customer["email"],
            "customer_name": customer["name"],
            "lines": listed(documents, f"/v1/invoices/{identifier}/lines"),
            "metadata": {},
            "parent": {
                "quote_details": None,
                "subscription_details": details,
                "type": "subscription_details",
            },
            "payments": listed([], "/v1/invoice_payments"),
            "period_end": now,
            "period_start": min(document["period"]["start"] for document in documents),
            "starting_balance": customer["balance"],
            "status_transitions": dict.fromkeys(_TRANSITIONS),
            "test_clock": customer["test_clock"],
        }
    )


def listed(data: list[Any], url: str) -> Json:
    return {"object": "list", "data": data, "has_more": False, "url": url}
