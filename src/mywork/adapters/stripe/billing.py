"""Stripe Billing behind the Billing port.

Prices are found by lookup key and made where they are missing, so that a new account needs no
preparation. Subscriptions carry our user and request in their metadata, which their invoices
repeat; so everything can be looked up, whoever made it.
"""

from typing import Any, cast

import stripe

from mywork.adapters.stripe.amounts import to_stripe
from mywork.adapters.stripe.billing_reading import found_invoice, found_subscription
from mywork.adapters.stripe.client import open_client
from mywork.adapters.stripe.faults import translated
from mywork.adapters.stripe.reading import Json, id_of
from mywork.application.ports.billing import (
    FoundInvoice,
    FoundSubscription,
    SubscriptionInstruction,
)
from mywork.application.ports.faults import VendorRefused
from mywork.domain.identifiers import UserId
from mywork.domain.subscription.contract_messages import Snapshot
from mywork.domain.subscription.plans import INTERVAL, Plan

PAGE = 100  # Stripe's largest
TAKEN = "resource_already_exists"


class StripeBilling:
    """The Billing port on the real SDK; `api_base` points it at the sandbox."""

    def __init__(
        self, secret_key: str, *, api_base: str = "", http_client: stripe.HTTPClient | None = None
    ) -> None:
        self._client = open_client(secret_key, api_base=api_base, http_client=http_client)
        self._prices: dict[str, str] = {}  # by plan

    # What is sold -------------------------------------------------------------------------

    def _price(self, plan: Plan) -> str:
        if plan.id not in self._prices:
            self._prices[plan.id] = self._known_price(plan) or self._made_price(plan)
        return self._prices[plan.id]

    def _known_price(self, plan: Plan) -> str:
        with translated():
            found = self._client.prices.list({"lookup_keys": [plan.id], "active": True})
        return found.data[0].id if found.data else ""

    def _made_price(self, plan: Plan) -> str:
        try:
            with translated():
                price = self._client.prices.create(
                    {
                        "product": self._product(plan),
                        "currency": plan.currency.lower(),
                        "unit_amount": to_stripe(plan.price_minor, plan.currency),
                        "recurring": {"interval": INTERVAL},
                        "lookup_key": plan.id,
                        "nickname": plan.tier,
                        "metadata": {"tier": plan.tier},
                    }
                )
        except VendorRefused as error:
            known = self._known_price(plan) if error.code == TAKEN else ""
            if not known:
                raise
            return known  # somebody else was first
        return price.id

    def _product(self, plan: Plan) -> str:
        name = f"mywork_{plan.tier}"
        try:
            with translated():
                self._client.products.create({"id": name, "name": f"MyWork {plan.tier}"})
        except VendorRefused as error:
            if error.code != TAKEN:
                raise
        return name

    # Beginning ----------------------------------------------------------------------------

    def create_customer(self, user_id: UserId, email: str, *, idempotency_key: str) -> str:
        parameters: dict[str, Any] = {"metadata": {"user_id": user_id}}
        if email:
            parameters["email"] = email
        with translated():
            made = self._client.customers.create(
                cast("Any", parameters), {"idempotency_key": idempotency_key}
            )
        return made.id

    def create_subscription(
        self, instruction: SubscriptionInstruction, *, idempotency_key: str
    ) -> Snapshot:
        """Its first payment saves the card for the renewals."""
        price = self._price(instruction.plan)
        with translated():
            made = self._client.subscriptions.create(
                {
                    "customer": instruction.customer_id,
                    "items": [{"price": price}],
                    "payment_behavior": "default_incomplete",
                    "payment_settings": {"save_default_payment_method": "on_subscription"},
                    "metadata": {
                        "user_id": instruction.user_id,
                        "request_id": instruction.request_id,
                    },
                },
                {"idempotency_key": idempotency_key},
            )
        return _snapshot(made)

    def find_subscription(self, customer_id: str, request_id: str) -> Snapshot | None:
        with translated():
            listed = self._client.subscriptions.list(
                {"customer": customer_id, "status": "all", "limit": PAGE}
            )
            for candidate in listed.auto_paging_iter():
                if candidate.to_dict(for_json=True)["metadata"].get("request_id") == request_id:
                    return _snapshot(candidate)
        return None

    # Looking ------------------------------------------------------------------------------

    def subscription(self, subscription_id: str) -> FoundSubscription:
        with translated():
            found = self._client.subscriptions.retrieve(subscription_id)
        return found_subscription(found.to_dict(for_json=True))

    def client_secret(self, subscription_id: str) -> str:
        with translated():
            found = self._client.subscriptions.retrieve(
                subscription_id, {"expand": ["latest_invoice.confirmation_secret"]}
            ).to_dict(for_json=True)
        invoice = found.get("latest_invoice") or {}
        if invoice.get("status") != "open":
            return ""
        return str((invoice.get("confirmation_secret") or {}).get("client_secret", ""))

    # Changing -----------------------------------------------------------------------------

    def change_plan(self, subscription_id: str, plan: Plan, *, idempotency_key: str) -> Snapshot:
        """A card that declines the difference leaves everything as it was."""
        price = self._price(plan)
        with translated():
            present = self._client.subscriptions.retrieve(subscription_id)
            item = present.to_dict(for_json=True)["items"]["data"][0]["id"]
            changed = self._client.subscriptions.update(
                subscription_id,
                {
                    "items": [{"id": item, "price": price}],
                    "proration_behavior": "always_invoice",
                    "payment_behavior": "error_if_incomplete",
                },
                {"idempotency_key": idempotency_key},
            )
        return _snapshot(changed)

    def set_ending(self, subscription_id: str, *, ends: bool, idempotency_key: str) -> Snapshot:
        with translated():
            changed = self._client.subscriptions.update(
                subscription_id,
                {"cancel_at_period_end": ends},
                {"idempotency_key": idempotency_key},
            )
        return _snapshot(changed)

    def end(self, subscription_id: str, *, idempotency_key: str) -> Snapshot:
        with translated():
            ended = self._client.subscriptions.cancel(
                subscription_id, None, {"idempotency_key": idempotency_key}
            )
        return _snapshot(ended)

    def resume_paused(self, subscription_id: str, *, idempotency_key: str) -> Snapshot:
        with translated():
            resumed = self._client.subscriptions.resume(
                subscription_id, None, {"idempotency_key": idempotency_key}
            )
        return _snapshot(resumed)

    # Invoices -----------------------------------------------------------------------------

    def invoice(self, invoice_id: str) -> FoundInvoice:
        """With all of its lines: a webhook shows the first ten."""
        expand = ["payments.data.payment.payment_intent"]
        with translated():
            found = self._client.invoices.retrieve(invoice_id, {"expand": expand})
            lines = self._client.invoices.line_items.list(invoice_id, {"limit": PAGE})
            documents: list[Json] = [
                line.to_dict(for_json=True) for line in lines.auto_paging_iter()
            ]
        return found_invoice(found.to_dict(for_json=True), documents)

    def invoice_of_payment(self, payment_intent_id: str) -> str:
        with translated():
            found = self._client.invoice_payments.list(
                {"payment": {"type": "payment_intent", "payment_intent": payment_intent_id}}
            )
        return id_of(found.data[0].to_dict(for_json=True)["invoice"]) if found.data else ""


def _snapshot(found: stripe.Subscription) -> Snapshot:
    return found_subscription(found.to_dict(for_json=True)).snapshot
