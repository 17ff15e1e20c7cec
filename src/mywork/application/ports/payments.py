"""Stripe's payments and Connect, and the facts read from its payloads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mywork.application.ports.tables import RawReceipt
from mywork.domain.identifiers import DisputeId, OrderId, PayoutId, RefundId, SellerId


@dataclass(frozen=True, slots=True)
class PaymentIntent:
    id: str
    client_secret: str
    status: str


@dataclass(frozen=True, slots=True)
class OnboardingLink:
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AccountState:
    """A seller's Stripe account as it is now; the seller is in its metadata."""

    stripe_account_id: str
    seller_id: SellerId
    details_submitted: bool
    charges_enabled: bool
    payouts_enabled: bool
    currently_due: tuple[str, ...]
    disabled_reason: str


@dataclass(frozen=True, slots=True)
class PayoutInstruction:
    """A transfer to a seller's account, and the bank payouts there: ours to identify by id.

    `attempt` counts the bank payouts of the same money.
    """

    payout_id: PayoutId
    seller_id: SellerId
    stripe_account_id: str
    currency: str
    amount_minor: int
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class ReversalInstruction:
    """The reversal of a transfer: ours to identify by payout id and number."""

    payout_id: PayoutId
    transfer_id: str
    currency: str
    amount_minor: int
    number: int


@dataclass(frozen=True, slots=True)
class Reversal:
    """A reversal of a transfer, as Stripe has it; `asked_by` names our instruction, if any."""

    id: str
    amount_minor: int
    created: datetime
    asked_by: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class RefundInstruction:
    """A refund of a payment (an intent or a charge), ours to identify by id.

    `amount_minor` in the currency the buyer paid in; None gives all of it back.
    """

    refund_id: RefundId
    payment: str
    currency: str = ""
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class StripeRefund:
    """A refund that exists, and since when; the amount in the currency the buyer paid in."""

    id: str
    currency: str
    amount_minor: int
    created: datetime


@dataclass(frozen=True, slots=True)
class Balance:
    pending_minor: int
    available_minor: int


class Payments(Protocol):
    """Stripe. Raises VendorUnavailable or VendorRefused."""

    def create_payment_intent(
        self, order_id: OrderId, currency: str, amount_minor: int, *, idempotency_key: str
    ) -> PaymentIntent: ...
    def payment_intent(self, payment_intent_id: str) -> PaymentIntent: ...
    def cancel_payment_intent(self, payment_intent_id: str, *, idempotency_key: str) -> None: ...

    def create_refund(self, refund: RefundInstruction, *, idempotency_key: str) -> StripeRefund: ...
    def find_refund(self, refund: RefundInstruction) -> StripeRefund | None: ...
    def submit_evidence(
        self,
        dispute_id: DisputeId,
        evidence: Mapping[str, str],
        *,
        final: bool,
        idempotency_key: str,
    ) -> None: ...

    def create_account(
        self, seller_id: SellerId, country: str, email: str, *, idempotency_key: str
    ) -> str: ...
    def onboarding_link(
        self, account_id: str, *, return_url: str, refresh_url: str
    ) -> OnboardingLink: ...
    def account(self, account_id: str) -> AccountState: ...

    def create_transfer(self, payout: PayoutInstruction, *, idempotency_key: str) -> str: ...
    def find_transfer(self, payout: PayoutInstruction) -> str | None: ...
    def create_bank_payout(self, payout: PayoutInstruction, *, idempotency_key: str) -> str: ...
    def find_bank_payout(self, payout: PayoutInstruction) -> str | None: ...
    def create_reversal(
        self, instruction: ReversalInstruction, *, idempotency_key: str
    ) -> Reversal: ...
    def reversals(self, transfer_id: str) -> Sequence[Reversal]:
        """Every reversal of a transfer, oldest first, whoever asked for it."""

    def balance(self) -> Mapping[str, Balance]: ...
    def balance_transactions(self, after: str) -> Iterator[Sequence[RawReceipt]]:
        """Pages of transactions newer than one, oldest first; "" means from the beginning."""

    def balance_transactions_between(
        self, since: datetime, until: datetime | None
    ) -> Iterator[Sequence[RawReceipt]]:
        """Pages of transactions created from one moment on and before another, newest first."""

    def balance_transaction(self, transaction_id: str) -> RawReceipt | None: ...

    def events_since(self, since: datetime) -> Iterator[Sequence[RawReceipt]]:
        """Pages of events that may have been missed, of the platform and connected accounts."""
