"""Stripe's payments and Connect behind the Payments port.

Separate charges and transfers: buyers are charged on the platform with the order as
`transfer_group`, sellers are paid by transfer and then by a payout of their Express account,
which is on a manual schedule. Everything we create carries our ids in its metadata, so it can be
looked up before a retry.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import orjson
import stripe

from mywork.adapters.stripe.amounts import from_stripe, to_stripe
from mywork.adapters.stripe.client import open_client
from mywork.adapters.stripe.faults import translated
from mywork.adapters.stripe.transfers import PAGE, StripeTransfers
from mywork.adapters.stripe.webhooks import (
    CONNECT,
    HANDLED_EVENTS,
    PLATFORM,
    event_receipt,
    transaction_receipt,
)
from mywork.application.ports.faults import VendorRefused
from mywork.application.ports.payments import (
    AccountState,
    Balance,
    OnboardingLink,
    PaymentIntent,
    RefundInstruction,
    StripeRefund,
)
from mywork.application.ports.tables import RawReceipt
from mywork.domain.identifiers import DisputeId, OrderId, SellerId, UserId


class StripePayments(StripeTransfers):
    """The Payments port on the real SDK; `api_base` points it at the sandbox."""

    def __init__(
        self, secret_key: str, *, api_base: str = "", http_client: stripe.HTTPClient | None = None
    ) -> None:
        super().__init__(open_client(secret_key, api_base=api_base, http_client=http_client))

    # Buyers -------------------------------------------------------------------------------

    def create_payment_intent(
        self, order_id: OrderId, currency: str, amount_minor: int, *, idempotency_key: str
    ) -> PaymentIntent:
        with translated():
            intent = self._client.payment_intents.create(
                {
                    "amount": to_stripe(amount_minor, currency),
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

    def create_refund(self, refund: RefundInstruction, *, idempotency_key: str) -> StripeRefund:
        parameters: dict[str, Any] = {
            _kind_of(refund.payment): refund.payment,
            "metadata": {"refund_id": refund.refund_id},
        }
        if refund.amount_minor is not None:
            parameters["amount"] = to_stripe(refund.amount_minor, refund.currency)
        with translated():
            made = self._client.refunds.create(
                cast("Any", parameters), {"idempotency_key": idempotency_key}
            )
        return _stripe_refund(made)

    def find_refund(self, refund: RefundInstruction) -> StripeRefund | None:
        asked = cast("Any", {_kind_of(refund.payment): refund.payment, "limit": PAGE})
        with translated():
            for candidate in self._client.refunds.list(asked).auto_paging_iter():
                metadata = candidate.to_dict(for_json=True).get("metadata") or {}
                if metadata.get("refund_id") == refund.refund_id:
                    return _stripe_refund(candidate)
        return None

    def submit_evidence(
        self,
        dispute_id: DisputeId,
        evidence: Mapping[str, str],
        *,
        final: bool,
        idempotency_key: str,
    ) -> None:
        with translated():
            self._client.disputes.update(
                dispute_id,
                {"evidence": cast("Any", dict(evidence)), "submit": final},
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

    # Reading back -------------------------------------------------------------------------

    def balance(self) -> Mapping[str, Balance]:
        with translated():
            answer = self._client.balance.retrieve()
        pending, available = _by_currency(answer.pending), _by_currency(answer.available)
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
            receipts = [transaction_receipt(item) for item in reversed(page.data)]
            after = receipts[-1].external_id
            yield receipts

    def _all_transactions(self) -> Iterator[Sequence[RawReceipt]]:
        with translated():
            listed = self._client.balance_transactions.list({"limit": PAGE})
            receipts = [transaction_receipt(item) for item in listed.auto_paging_iter()]
        receipts.reverse()
        for start in range(0, len(receipts), PAGE):
            yield receipts[start : start + PAGE]

    def balance_transactions_between(
        self, since: datetime, until: datetime | None
    ) -> Iterator[Sequence[RawReceipt]]:
        created = {"gte": int(since.timestamp())}
        if until is not None:
            created["lt"] = int(until.timestamp())
        asked: dict[str, Any] = {"limit": PAGE, "created": created}
        while True:
            with translated():
                page = self._client.balance_transactions.list(cast("Any", asked))
            if not page.data:
                return
            yield [transaction_receipt(item) for item in page.data]
            asked["starting_after"] = page.data[-1].id

    def balance_transaction(self, transaction_id: str) -> RawReceipt | None:
        try:
            with translated():
                found = self._client.balance_transactions.retrieve(transaction_id)
        except VendorRefused as error:
            if error.code == "resource_missing":
                return None
            raise
        return transaction_receipt(found)

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


def _kind_of(payment: str) -> str:
    return "payment_intent" if payment.startswith("pi_") else "charge"


def _stripe_refund(refund: stripe.Refund) -> StripeRefund:
    currency = refund.currency.upper()
    amount_minor = from_stripe(refund.amount, currency)
    created = datetime.fromtimestamp(refund.created, UTC)
    return StripeRefund(refund.id, currency, amount_minor, created)


def _by_currency(parts: Sequence[Any]) -> dict[str, int]:
    named = ((part.currency.upper(), part.amount) for part in parts)
    return {currency: from_stripe(amount, currency) for currency, amount in named}


def _payment_intent(intent: stripe.PaymentIntent) -> PaymentIntent:
    return PaymentIntent(intent.id, intent.client_secret or "", intent.status)
