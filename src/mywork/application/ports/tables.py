"""The operational tables: state, not facts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import psycopg

from mywork.application.ports.faults import VendorRefused
from mywork.application.stored import Stored
from mywork.domain.identifiers import UserId
from mywork.domain.period.messages import Check
from mywork.domain.period.months import Period

Write = Callable[[psycopg.Cursor[Any]], None]  # rows that must commit with something else


@dataclass(frozen=True, slots=True)
class RawReceipt:
    """Something a vendor told us, unread: `object_key` groups what concerns one object."""

    source: str
    external_id: str
    kind: str
    object_key: str
    body: bytes


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
    def retry(self, receipt_id: int, delay: timedelta, note: str) -> None: ...
    def dead_letter(self, receipt_id: int, note: str) -> Write: ...
    def waiting_for(self, object_keys: Sequence[str]) -> frozenset[str]:
        """Those objects of which a receipt is still to be worked."""

    def waiting(self, source: str) -> frozenset[str]:
        """The external ids of a source's receipts that are still to be worked."""

    def counts(self) -> Mapping[str, int]: ...


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A vendor call or a command that an event asks for at once.

    `key` is also the idempotency key of the call, and the id of the command.
    """

    key: str
    asked: Stored


@dataclass(frozen=True, slots=True)
class ClaimedRow:
    """`note` says why the attempt before had to wait; empty at the first."""

    row: OutboxRow
    attempts: int
    note: str = ""

    @property
    def idempotency_key(self) -> str:
        """The row's key; a new one after a definite no, which Stripe repeats for a day.

        That is safe because every attempt but the first looks up what it asks for.
        """
        refused = self.note.startswith(VendorRefused.__name__)
        return f"{self.row.key}:{self.attempts}" if refused else self.row.key


class OutboxTable(Protocol):
    def add(self, rows: Sequence[OutboxRow]) -> Write: ...
    def claim(self, key: str, lease: timedelta) -> ClaimedRow | None: ...
    def done(self, key: str) -> Write: ...
    def postpone(self, key: str, delay: timedelta, note: str) -> None: ...
    def overdue(self, limit: int, *, notices: bool = False) -> Sequence[str]:
        """Keys of what is due, the longest first: vendor calls, or the notices, apart."""

    def counts(self) -> Mapping[str, int]: ...


class OutboxQueue(Protocol):
    """Carries keys to workers; it may lose everything, since a sweep sends them again."""

    def send(self, keys: Sequence[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Deadline:
    """A command that the clock brings at `due_at`, in business time.

    `subject` tells it from others of its name: asked for once more, by the event at another
    position, it is the same deadline with a new time.
    """

    subject: str
    due_at: datetime
    asked: Stored
    position: int
    attempts: int = 0


class DeadlinesTable(Protocol):
    def add(self, deadlines: Sequence[Deadline]) -> Write: ...
    def due(self, now: datetime, limit: int) -> Sequence[Deadline]:
        """The longest due first, but for what was postponed."""

    def done(self, deadlines: Sequence[Deadline]) -> Write:
        """Remove them, but for those that were asked for again meanwhile."""

    def postpone(self, deadline: Deadline, delay: timedelta, note: str) -> None: ...
    def checks(self, cursor: psycopg.Cursor[Any], month: Period) -> Sequence[Check]:
        """What of a month the schedule has still to do; on a snapshot."""


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
