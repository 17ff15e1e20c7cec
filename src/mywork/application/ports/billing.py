"""Stripe Billing: customers, subscriptions and their invoices."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mywork.domain.identifiers import UserId
from mywork.domain.subscription.contract_messages import Snapshot
from mywork.domain.subscription.invoice_messages import Line
from mywork.domain.subscription.plans import Plan


@dataclass(frozen=True, slots=True)
class SubscriptionInstruction:
    """A subscription that begins with its first payment: ours to identify by request."""

    user_id: UserId
    request_id: str
    customer_id: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class FoundSubscription:
    """`user_id` is empty where the subscription names nobody of ours."""

    user_id: UserId
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class FoundInvoice:
    """An invoice as Stripe has it; `user_id` is empty for one that no subscription of ours made.

    `amount_minor` was charged as `charge_id`; `credit_minor` came from the customer's balance,
    negative where it went there. `paid_at` is None while it is not paid.
    """

    invoice_id: str
    user_id: UserId
    subscription_id: str
    charge_id: str
    currency: str
    amount_minor: int
    credit_minor: int
    lines: tuple[Line, ...]
    paid_at: datetime | None


class Billing(Protocol):
    """Raises VendorUnavailable or VendorRefused."""

    def create_customer(self, user_id: UserId, email: str, *, idempotency_key: str) -> str: ...

    def create_subscription(
        self, instruction: SubscriptionInstruction, *, idempotency_key: str
    ) -> Snapshot:
        """Incomplete until its first invoice is paid with `client_secret`."""

    def find_subscription(self, customer_id: str, request_id: str) -> Snapshot | None: ...
    def subscription(self, subscription_id: str) -> FoundSubscription: ...

    def client_secret(self, subscription_id: str) -> str:
        """Of the payment that its latest invoice waits for; empty when that asks for none."""

    def change_plan(self, subscription_id: str, plan: Plan, *, idempotency_key: str) -> Snapshot:
        """At once and prorated; a card that declines the difference is a VendorRefused."""

    def set_ending(self, subscription_id: str, *, ends: bool, idempotency_key: str) -> Snapshot: ...
    def end(self, subscription_id: str, *, idempotency_key: str) -> Snapshot: ...
    def resume_paused(self, subscription_id: str, *, idempotency_key: str) -> Snapshot: ...

    def invoice(self, invoice_id: str) -> FoundInvoice: ...

    def invoice_of_payment(self, payment_intent_id: str) -> str:
        """The invoice that a payment is for; empty when it is for none."""
