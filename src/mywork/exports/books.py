"""The books as an export reads them: accounts once, entries a part at a time.

Entries stream from a server-side cursor, so memory does not grow with the books. Nothing of what
is read ever changes: entries are append-only, and the scope ends at a position.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg

from eventstore.store import EventStore
from mywork.domain.order.sale_messages import OrderPlaced
from mywork.exports.scope import Scope

ROWS_AT_A_TIME = 5_000

_AUDITOR = "SET LOCAL ROLE mywork_auditor"
_ACCOUNTS = """
SELECT a.code, a.currency, a.kind,
       coalesce(sum(p.amount_minor) FILTER (WHERE n.effective_at < %(since)s), 0)::bigint,
       sum(p.amount_minor)::bigint, min(n.effective_at), max(n.effective_at)
  FROM ledger.postings p
  JOIN ledger.entries n ON n.position = p.position
  JOIN ledger.accounts a ON a.id = p.account_id
 WHERE p.position <= %(head)s AND n.effective_at < %(until)s
 GROUP BY a.code, a.currency, a.kind ORDER BY a.code COLLATE "C", a.currency
"""
# The scope's next entries: where a part begins, and how long it may be.
PART = """
SELECT position, size FROM ledger.entries
 WHERE position > %(after)s AND position <= %(head)s
   AND effective_at >= %(since)s AND effective_at < %(until)s
 ORDER BY position LIMIT %(limit)s
"""
_ENTRIES = f"""
SELECT n.position, n.effective_at, n.booked_at, n.period, e.topic, e.originator_id,
       e.originator_version, a.code, a.kind, p.currency, p.amount_minor, p.object_id,
       f.topic, f.state, f.recorded_at
  FROM ({PART}) part
  JOIN ledger.entries n ON n.position = part.position
  JOIN eventstore.events e ON e.notification_id = n.position
  JOIN ledger.postings p ON p.position = n.position
  JOIN ledger.accounts a ON a.id = p.account_id
  LEFT JOIN eventstore.events f
         ON f.originator_id = e.originator_id AND f.originator_version = 1 AND p.line = 1
        AND starts_with(f.topic, 'order.')
 ORDER BY n.position, p.line
"""


@dataclass(frozen=True, slots=True)
class Account:
    """One account in one currency: debit-positive minor units where the scope begins and ends."""

    code: str
    currency: str
    kind: str
    opening_minor: int
    closing_minor: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A posting; `amount_minor` is debit-positive."""

    code: str
    kind: str
    currency: str
    amount_minor: int
    object_id: str | None


@dataclass(frozen=True, slots=True)
class BookEntry:
    """An entry with what names it; `placed` is its order's first event, if it is of an order."""

    position: int
    effective_at: datetime
    booked_at: datetime
    period: str
    event: str
    stream: str
    version: int
    placed: OrderPlaced | None
    lines: Sequence[Line]


class Books:
    """What a scope holds."""

    def __init__(self, store: EventStore, scope: Scope) -> None:
        self._store = store
        self.scope = scope

    @property
    def _parameters(self) -> dict[str, Any]:
        bounds = self.scope.bounds
        return {"head": self.scope.head, "since": bounds.since, "until": bounds.until}

    def accounts(self) -> list[Account]:
        """Every account that was ever posted to by the end of the scope, by code and currency."""
        with self.reading() as connection:
            return [Account(*row) for row in connection.execute(_ACCOUNTS, self._parameters)]

    def entries(self, *, after: int, limit: int) -> Iterator[BookEntry]:
        """The next entries behind a position, in the order of booking."""
        asked = self._parameters | {"after": after, "limit": limit}
        with self.reading() as connection, connection.cursor(name="export") as cursor:
            cursor.itersize = ROWS_AT_A_TIME
            cursor.execute(_ENTRIES, asked)
            for _, rows in groupby(cursor, key=itemgetter(0)):
                yield self._entry(list(rows))

    def copy(self, query: str, *, after: int, limit: int) -> Iterator[bytes]:
        """What COPY says of a query about the next entries, as PostgreSQL writes it."""
        return self.copied(query, self._parameters | {"after": after, "limit": limit})

    def copied(self, query: str, parameters: dict[str, Any]) -> Iterator[bytes]:
        """What COPY says, a piece at a time."""
        with (
            self.reading() as connection,
            connection.cursor() as cursor,
            cursor.copy(query, parameters) as copied,
        ):
            for block in copied:
                yield bytes(block)

    def part(self, *, after: int, limit: int) -> tuple[int, int, int] | None:
        """(first position, last position, postings) of the next part; None behind the last."""
        query = f"SELECT min(position), max(position), sum(size)::bigint FROM ({PART}) part"
        asked = self._parameters | {"after": after, "limit": limit}
        with self.reading() as connection:
            row = connection.execute(query, asked).fetchone()
        return (row[0], row[1], row[2]) if row and row[2] else None

    @contextmanager
    def reading(self) -> Iterator[psycopg.Connection[Any]]:
        """A transaction of the role that may only read."""
        with self._store.connection() as connection, connection.transaction():
            connection.execute(_AUDITOR)
            yield connection

    def _entry(self, rows: list[tuple[Any, ...]]) -> BookEntry:
        position, effective_at, booked_at, period, event, stream, version = rows[0][:7]
        return BookEntry(
            position,
            effective_at,
            booked_at,
            period,
            event,
            stream,
            version,
            self._placed(stream, *rows[0][12:]),
            [Line(*row[7:12]) for row in rows],
        )

    def _placed(
        self, stream: str, name: str | None, state: bytes | None, recorded_at: datetime | None
    ) -> OrderPlaced | None:
        if state is None:
            return None
        found = self._store.catalogue.decode((0, stream, 1, name, state, recorded_at)).event
        return found if isinstance(found, OrderPlaced) else None
