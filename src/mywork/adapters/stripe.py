"""Stripe: the only module that imports its SDK.

Separate charges and transfers: buyers are charged on the platform with the order as
`transfer_group`, sellers are paid by transfer and then by a payout of their Express account,
which is on a manual schedule. Everything we create carries our ids in its metadata, so it can be
looked up before a retry.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import orjson
import stripe

from mywork.application.ports import (
    AccountState,
    Balance,
    OnboardingLink,
    PaymentIntent,
    PayoutInstruction,
    RawReceipt,
    VendorRefused,
    VendorUnavailable,
)
from mywork.domain.identifiers import OrderId, SellerId, UserId

PLATFORM = "stripe"
CONNECT = "stripe_connect"
TRANSACTION = "stripe_balance"

PAGE = 100  # Stripe's largest
TIMEOUT_SECONDS = 20
SIGNATURE_TOLERANCE_SECONDS = 300

# The events we act on; others are not asked for, and ignored when they come.
HANDLED_EVENTS = (
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "account.updated",
    "payout.paid",
    "payout.failed",
)


class StripePayments:
    """The Payments port on the real SDK; `api_base` points it at the sandbox."""

    def __init__(
        self, secret_key: str, *, api_base: str = "", http_client: stripe.HTTPClient | None = None
    ) -> None:
        addresses = cast("Any", {"api": api_base} if api_base else {})
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses=addresses,
            max_network_retries=2,
            http_client=http_client or stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        ).v1

    # Buyers -------------------------------------------------------------------------------

    def create_payment_intent(
        self, order_id: OrderId, currency: str, amount_minor: int, *, idempotency_key: str
    ) -> PaymentIntent:
        with translated():
            intent = self._client.payment_intents.create(
                {
                    "amount": amount_minor,
                    "currency": currency.lower(),
                    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                    "transfer_group": order_id,
                    "metadata": {"order_id": order_id},
                },
                {"idempotency_key": idempotency_key},
            )
        return _payment_intent(intent)

    def payment_intent(self, payment_intent_id: str) -> PaymentIntent:
        with translated():
            return _payment_intent(self._client.payment_intents.retrieve(payment_intent_id))

    def cancel_payment_intent(self, payment_intent_id: str, *, idempotency_key: str) -> None:
        with translated():
            self._client.payment_intents.cancel(
                payment_intent_id,
                {"cancellation_reason": "abandoned"},
                {"idempotency_key": idempotency_key},
            )

    # Sellers ------------------------------------------------------------------------------

    def create_account(
        self, seller_id: SellerId, country: str, email: str, *, idempotency_key: str
    ) -> str:
        parameters: dict[str, Any] = {
            "type": "express",
            "country": country,
            "capabilities": {"transfers": {"requested": True}},
            "settings": {"payouts": {"schedule": {"interval": "manual"}}},
            "metadata": {"seller_id": seller_id},
        }
        if email:
            parameters["email"] = email
        with translated():
            account = self._client.accounts.create(
                cast("Any", parameters), {"idempotency_key": idempotency_key}
            )
        return account.id

    def onboarding_link(
        self, account_id: str, *, return_url: str, refresh_url: str
    ) -> OnboardingLink:
        with translated():
            link = self._client.account_links.create(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                }
            )
        return OnboardingLink(link.url, datetime.fromtimestamp(link.expires_at, UTC))

    def account(self, account_id: str) -> AccountState:
        with translated():
            account = self._client.accounts.retrieve(account_id).to_dict(for_json=True)
        requirements = account.get("requirements") or {}
        return AccountState(
            stripe_account_id=account_id,
            seller_id=SellerId(UserId((account.get("metadata") or {}).get("seller_id", ""))),
            details_submitted=bool(account["details_submitted"]),
            charges_enabled=bool(account["charges_enabled"]),
            payouts_enabled=bool(account["payouts_enabled"]),
            currently_due=tuple(requirements.get("currently_due") or ()),
            disabled_reason=requirements.get("disabled_reason") or "",
        )

    # Payouts ------------------------------------------------------------------------------

    def create_transfer(self, payout: PayoutInstruction, *, idempotency_key: str) -> str:
        with translated():
            transfer = self._client.transfers.create(
                {
                    "amount": payout.amount_minor,
                    "currency": payout.currency.lower(),
                    "destination": payout.stripe_account_id,
                    "transfer_group": payout.payout_id,
                    "metadata": _payout_metadata(payout),
                },
                {"idempotency_key": idempotency_key},
            )
        return transfer.id

    def find_transfer(self, payout: PayoutInstruction) -> str | None:
        with translated():
            found = self._client.transfers.list({"transfer_group": payout.payout_id, "limit": 1})
        return found.data[0].id if found.data else None

    def create_bank_payout(self, payout: PayoutInstruction, *, idempotency_key: str) -> str:
        with translated():
            created = self._client.payouts.create(
                {
                    "amount": payout.amount_minor,
                    "currency": payout.currency.lower(),
                    "metadata": _payout_metadata(payout),
                },
                {"idempotency_key": idempotency_key, "stripe_account": payout.stripe_account_id},
            )
        return created.id

    def find_bank_payout(self, payout: PayoutInstruction) -> str | None:
        with translated():
            listed = self._client.payouts.list(
                {"limit": PAGE}, {"stripe_account": payout.stripe_account_id}
            )
            for candidate in listed.auto_paging_iter():
                metadata = candidate.to_dict(for_json=True).get("metadata") or {}
                if metadata.get("payout_id") == payout.payout_id:
                    return candidate.id
        return None

    # Reading back -------------------------------------------------------------------------

    def balance(self) -> Mapping[str, Balance]:
        with translated():
            answer = self._client.balance.retrieve()
        pending = {part.currency.upper(): part.amount for part in answer.pending}
        available = {part.currency.upper(): part.amount for part in answer.available}
        return {
            currency: Balance(pending.get(currency, 0), available.get(currency, 0))
            for currency in sorted(pending | available)
        }

    def balance_transactions(self, after: str) -> Iterator[Sequence[RawReceipt]]:
        """With a cursor, `ending_before` walks from it towards the present; without one, the
        whole list is read backwards once and handed out oldest first."""
        if not after:
            yield from self._all_transactions()
            return
        while True:
            with translated():
                page = self._client.balance_transactions.list(
                    {"limit": PAGE, "ending_before": after}
                )
            if not page.data:
                return
            receipts = [_transaction_receipt(item) for item in reversed(page.data)]
            after = receipts[-1].external_id
            yield receipts

    def _all_transactions(self) -> Iterator[Sequence[RawReceipt]]:
        with translated():
            listed = self._client.balance_transactions.list({"limit": PAGE})
            receipts = [_transaction_receipt(item) for item in listed.auto_paging_iter()]
        receipts.reverse()
        for start in range(0, len(receipts), PAGE):
            yield receipts[start : start + PAGE]

    def events_since(self, since: datetime) -> Iterator[Sequence[RawReceipt]]:
        yield from self._events(since, PLATFORM, "")
        with translated():
            accounts = [account.id for account in self._accounts()]
        for account_id in accounts:
            yield from self._events(since, CONNECT, account_id)

    def _accounts(self) -> Iterator[stripe.Account]:
        return self._client.accounts.list({"limit": PAGE}).auto_paging_iter()

    def _events(
        self, since: datetime, source: str, account_id: str
    ) -> Iterator[Sequence[RawReceipt]]:
        options = {"stripe_account": account_id} if account_id else {}
        with translated():
            listed = self._client.events.list(
                {
                    "limit": PAGE,
                    "created": {"gte": int(since.timestamp())},
                    "types": list(HANDLED_EVENTS),
                },
                cast("Any", options),
            )
            events = [event.to_dict(for_json=True) for event in listed.auto_paging_iter()]
        if account_id:
            events = [event | {"account": account_id} for event in events]
        receipts = [event_receipt(source, orjson.dumps(event)) for event in reversed(events)]
        for start in range(0, len(receipts), PAGE):
            yield receipts[start : start + PAGE]


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
            for endpoint in self._endpoints.list({"limit": PAGE}).data:
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


def _transaction_receipt(transaction: stripe.BalanceTransaction) -> RawReceipt:
    document = transaction.to_dict(for_json=True)
    return RawReceipt(
        source=TRANSACTION,
        external_id=document["id"],
        kind=document["reporting_category"],
        object_key=document.get("source") or document["id"],
        body=orjson.dumps(document),
    )


def _payment_intent(intent: stripe.PaymentIntent) -> PaymentIntent:
    return PaymentIntent(intent.id, intent.client_secret or "", intent.status)


def _payout_metadata(payout: PayoutInstruction) -> dict[str, str]:
    return {
        "payout_id": payout.payout_id,
        "seller_id": payout.seller_id,
        "currency": payout.currency,
    }


@contextmanager
def translated() -> Iterator[None]:
    """The SDK's errors as ours: refused for good, or unknown and to be tried again."""
    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError, stripe.PermissionError) as error:
        raise VendorRefused(error.code or "refused", error.user_message or str(error)) from error
    except stripe.StripeError as error:
        # Connection, rate limit, idempotency key in use, their fault, our key: none says no.
        raise VendorUnavailable(f"{type(error).__name__}: {error.user_message or error}") from error
