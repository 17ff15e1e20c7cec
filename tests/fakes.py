"""Stripe as a few dictionaries: the `Payments` port, with faults on demand."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from mywork.application.ports.mail import Message
from mywork.application.ports.payments import (
    AccountState,
    Balance,
    OnboardingLink,
    PaymentIntent,
    PayoutInstruction,
    RefundInstruction,
    Reversal,
    ReversalInstruction,
    StripeRefund,
)
from mywork.application.ports.tables import RawReceipt
from mywork.domain.identifiers import RefundId, SellerId

START = datetime(2026, 11, 10, 12, tzinfo=UTC)  # a Tuesday
T = TypeVar("T")


@dataclass
class FakeClock:
    time: datetime = START

    def now(self) -> datetime:
        return self.time

    def stamp(self) -> datetime | None:
        return self.time

    def advance(self, **delta: float) -> None:
        self.time += timedelta(**delta)


@dataclass
class FakeQueue:
    keys: list[str] = field(default_factory=list)

    def send(self, keys: Sequence[str]) -> None:
        self.keys += keys


@dataclass
class FakeMail:
    """`refuses` happen instead of the next letters; a key that was used sends nothing again."""

    sent: dict[str, Message] = field(default_factory=dict)  # by idempotency key
    refuses: list[Exception] = field(default_factory=list)

    def send(self, message: Message, *, idempotency_key: str) -> None:
        if self.refuses:
            raise self.refuses.pop(0)
        self.sent.setdefault(idempotency_key, message)


@dataclass
class FakePayments:
    """`refuses` happen instead of the next calls; `hangs_up` after them, when it is too late."""

    calls: list[str] = field(default_factory=list)
    refuses: list[Exception] = field(default_factory=list)
    hangs_up: list[Exception] = field(default_factory=list)
    by_key: dict[str, Any] = field(default_factory=dict)
    accounts: dict[str, AccountState] = field(default_factory=dict)
    transfers: dict[str, str] = field(default_factory=dict)  # payout id -> transfer
    bank_payouts: dict[tuple[str, int], str] = field(default_factory=dict)  # payout id, attempt
    available: dict[str, int] = field(default_factory=lambda: {"USD": 10**9})
    reversed: dict[str, list[Reversal]] = field(default_factory=dict)  # by transfer
    refunds: dict[RefundId, StripeRefund] = field(default_factory=dict)  # by our own id
    charged: int = 29_900  # of any payment, and given back where no amount is named
    transactions: list[RawReceipt] = field(default_factory=list)
    events: list[RawReceipt] = field(default_factory=list)
    asked_since: list[datetime] = field(default_factory=list)

    def _call(self, name: str, key: str, make: Callable[[], T]) -> T:
        self.calls.append(name)
        if self.refuses:
            raise self.refuses.pop(0)
        answer: T = self.by_key.setdefault(f"{name}:{key}", None) or make()
        self.by_key[f"{name}:{key}"] = answer
        if self.hangs_up:
            raise self.hangs_up.pop(0)
        return answer

    def create_payment_intent(self, order_id: str, *_: Any, idempotency_key: str) -> PaymentIntent:
        intent = PaymentIntent(f"pi_{order_id}", f"secret_{order_id}", "requires_payment_method")
        return self._call("create_payment_intent", idempotency_key, lambda: intent)

    def payment_intent(self, payment_intent_id: str) -> PaymentIntent:
        secret = payment_intent_id.replace("pi_", "secret_")
        intent = PaymentIntent(payment_intent_id, secret, "requires_payment_method")
        return self._call("payment_intent", payment_intent_id, lambda: intent)

    def cancel_payment_intent(self, payment_intent_id: str, *, idempotency_key: str) -> None:
        self._call("cancel_payment_intent", idempotency_key, lambda: payment_intent_id)

    def create_account(self, seller_id: SellerId, *_: str, idempotency_key: str) -> str:
        account = f"acct_{seller_id}"
        self.accounts.setdefault(account, account_state(seller_id, ready=False))
        return self._call("create_account", idempotency_key, lambda: account)

    def onboarding_link(self, account_id: str, **_: str) -> OnboardingLink:
        url = f"https://stripe.test/{account_id}"
        return self._call("onboarding_link", url, lambda: OnboardingLink(url, START))

    def account(self, account_id: str) -> AccountState:
        return self._call("account", account_id, lambda: self.accounts[account_id])

    def create_transfer(self, payout: PayoutInstruction, *, idempotency_key: str) -> str:
        def make() -> str:
            return self.transfers.setdefault(payout.payout_id, f"tr_{payout.payout_id}")

        return self._call("create_transfer", idempotency_key, make)

    def find_transfer(self, payout: PayoutInstruction) -> str | None:
        self.calls.append("find_transfer")
        return self.transfers.get(payout.payout_id)

    def create_bank_payout(self, payout: PayoutInstruction, *, idempotency_key: str) -> str:
        def make() -> str:
            key = payout.payout_id, payout.attempt
            return self.bank_payouts.setdefault(key, f"po_{payout.payout_id}_{payout.attempt}")

        return self._call("create_bank_payout", idempotency_key, make)

    def find_bank_payout(self, payout: PayoutInstruction) -> str | None:
        self.calls.append("find_bank_payout")
        return self.bank_payouts.get((payout.payout_id, payout.attempt))

    def create_reversal(
        self, instruction: ReversalInstruction, *, idempotency_key: str
    ) -> Reversal:
        def make() -> Reversal:
            asked_by = instruction.payout_id, instruction.number
            name = f"trr_{instruction.number}"
            made = Reversal(name, instruction.amount_minor, START, asked_by)
            self.reversed.setdefault(instruction.transfer_id, []).append(made)
            return made

        return self._call("create_reversal", idempotency_key, make)

    def reversals(self, transfer_id: str) -> Sequence[Reversal]:
        self.calls.append("reversals")
        return self.reversed.get(transfer_id, [])

    def create_refund(self, refund: RefundInstruction, *, idempotency_key: str) -> StripeRefund:
        def make() -> StripeRefund:
            amount_minor = refund.amount_minor or self.charged
            made = StripeRefund(f"re_{len(self.refunds) + 1}", "USD", amount_minor, START)
            self.refunds[refund.refund_id] = made
            return made

        return self._call("create_refund", idempotency_key, make)

    def find_refund(self, refund: RefundInstruction) -> StripeRefund | None:
        self.calls.append("find_refund")
        return self.refunds.get(refund.refund_id)

    def balance(self) -> dict[str, Balance]:
        return {currency: Balance(0, amount) for currency, amount in self.available.items()}

    def balance_transactions(self, after: str) -> Iterator[Sequence[RawReceipt]]:
        """Pages of two; `refuses` breaks off before the next page."""
        known = [receipt.external_id for receipt in self.transactions]
        start = known.index(after) + 1 if after else 0
        for first in range(start, len(known), 2):
            self.calls.append("balance_transactions")
            yield self.transactions[first : first + 2]
            if self.refuses:
                raise self.refuses.pop(0)

    def events_since(self, since: datetime) -> Iterator[Sequence[RawReceipt]]:
        self.asked_since.append(since)
        yield self.events


def account_state(seller_id: SellerId, *, ready: bool) -> AccountState:
    return AccountState(f"acct_{seller_id}", seller_id, ready, ready, ready, (), "")
