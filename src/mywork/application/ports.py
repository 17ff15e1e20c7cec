"""Everything outside, as small Protocols: a fake of any of them is forty lines.

Money is integer minor units with an upper-case ISO 4217 currency; times are aware, in UTC.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import psycopg

from mywork.domain.errors import MyWorkError
from mywork.domain.identifiers import OrderId, PayoutId, SellerId, UserId

Write = Callable[[psycopg.Cursor[Any]], None]  # rows that must commit with something else


# Faults of vendors --------------------------------------------------------------------------


class VendorUnavailable(MyWorkError):
    """No answer, or a passing fault: the outcome is unknown. Look it up before trying again."""


class VendorRefused(MyWorkError):
    """The vendor said no and changed nothing. `code` is the vendor's own word for why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


# Time ---------------------------------------------------------------------------------------


class Clock(Protocol):
    """Business time. Signatures, tokens and leases use real time instead."""

    def now(self) -> datetime: ...

    def stamp(self) -> datetime | None:
        """The time to record events under; None leaves it to the database's clock."""


# Payments -----------------------------------------------------------------------------------


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
    """A transfer to a seller's account, and the bank payout there: ours to identify by id."""

    payout_id: PayoutId
    seller_id: SellerId
    stripe_account_id: str
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Balance:
    pending_minor: int
    available_minor: int


@dataclass(frozen=True, slots=True)
class RawReceipt:
    """Something a vendor told us, unread: `object_key` groups what concerns one object."""

    source: str
    external_id: str
    kind: str
    object_key: str
    body: bytes


class Payments(Protocol):
    """Stripe. Raises VendorUnavailable or VendorRefused."""

    def create_payment_intent(
        self, order_id: OrderId, currency: str, amount_minor: int, *, idempotency_key: str
    ) -> PaymentIntent: ...
    def payment_intent(self, payment_intent_id: str) -> PaymentIntent: ...
    def cancel_payment_intent(self, payment_intent_id: str, *, idempotency_key: str) -> None: ...

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

    def balance(self) -> Mapping[str, Balance]: ...
    def balance_transactions(self, after: str) -> Iterator[Sequence[RawReceipt]]:
        """Pages of transactions newer than one, oldest first; "" means from the beginning."""

    def events_since(self, since: datetime) -> Iterator[Sequence[RawReceipt]]:
        """Pages of events that may have been missed, of the platform and connected accounts."""


# Facts read from a vendor's payload ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """One movement of Stripe's balance; `amount_minor` and `net` are signed, fee is not netted.

    `available_on` is None where the money is available at once.
    """

    id: str
    category: str
    object_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    available_on: datetime | None
    exchange_rate: str
    created: datetime


@dataclass(frozen=True, slots=True)
class StaleAccount:
    """An account changed; what it says may be stale, so it is fetched again."""

    account_id: str
    at: datetime


class Translator(Protocol):
    """A vendor's payload to a command, a transaction, or None where we have no interest."""

    def __call__(self, receipt: "Receipt") -> object | None: ...


# Operational tables: state, not facts -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Receipt:
    """A stored receipt, claimed for work. `attempts` counts this one."""

    id: int
    source: str
    external_id: str
    kind: str
    object_key: str
    attempts: int
    body: bytes


class InboxTable(Protocol):
    def store(self, receipts: Iterable[RawReceipt], *, also: Write | None = None) -> int:
        """Store once by (source, external id), durably; returns how many were new."""

    def claim(self, limit: int, lease: timedelta) -> Sequence[Receipt]: ...
    def done(self, receipt_ids: Sequence[int]) -> Write: ...
    def park(self, receipt_id: int, delay: timedelta, note: str) -> None: ...
    def bury(self, receipt_id: int, note: str) -> Write: ...
    def counts(self) -> Mapping[str, int]: ...


@dataclass(frozen=True, slots=True)
class Effect:
    """A call to a vendor that an event asks for; `key` is also its idempotency key."""

    key: str
    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClaimedEffect:
    """`note` says why the attempt before had to wait; empty at the first."""

    effect: Effect
    attempts: int
    note: str = ""

    @property
    def idempotency_key(self) -> str:
        """The effect's key; a new one after a definite no, which Stripe repeats for a day.

        That is safe because every attempt but the first looks up what it asks for.
        """
        refused = self.note.startswith(VendorRefused.__name__)
        return f"{self.effect.key}:{self.attempts}" if refused else self.effect.key


class EffectsTable(Protocol):
    def add(self, effects: Sequence[Effect]) -> Write: ...
    def claim(self, key: str, lease: timedelta) -> ClaimedEffect | None: ...
    def done(self, key: str) -> Write: ...
    def postpone(self, key: str, delay: timedelta, note: str) -> None: ...
    def overdue(self, limit: int) -> Sequence[str]: ...
    def counts(self) -> Mapping[str, int]: ...


class EffectQueue(Protocol):
    """Carries keys to workers; it may lose everything, since a sweep sends them again."""

    def send(self, keys: Sequence[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something the clock brings: at `due_at` in business time, `kind` happens to `subject`."""

    kind: str
    subject: str
    due_at: datetime


class DeadlinesTable(Protocol):
    def add(self, deadlines: Sequence[Deadline]) -> Write: ...
    def due(self, now: datetime, limit: int) -> Sequence[Deadline]: ...
    def done(self, deadlines: Sequence[Deadline]) -> Write: ...


class CursorsTable(Protocol):
    def read(self, name: str) -> str: ...
    def move(self, name: str, value: str) -> Write: ...


@dataclass(frozen=True, slots=True)
class Person:
    """Erasable personal data, kept apart from events."""

    user_id: UserId
    username: str
    email: str


class PeopleTable(Protocol):
    def save(self, person: Person) -> None:
        """Raises AlreadyExists when the username is another user's."""

    def find(self, user_id: UserId) -> Person | None: ...
    def next_order_number(self, year: int) -> str: ...


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    status: int
    body: bytes
    headers: Mapping[str, str]


class IdempotencyTable(Protocol):
    def begin(self, user_id: str, key: str, body_hash: str) -> StoredAnswer | None:
        """Claim the key, or return its answer; raises IdempotencyMismatch or StillInProgress."""

    def finish(self, user_id: str, key: str, answer: StoredAnswer) -> None: ...
    def abandon(self, user_id: str, key: str) -> None: ...


# Identity -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Session:
    user_id: UserId
    session_id: str


class Identity(Protocol):
    def verify(self, token: str) -> Session:
        """Raises TokenInvalid."""


class TokenInvalid(MyWorkError):
    """The bearer token is missing, expired, forged or meant for somebody else."""


class IdempotencyMismatch(MyWorkError):
    """The idempotency key was used with another body."""


class StillInProgress(MyWorkError):
    """The first request with this idempotency key has not finished."""
