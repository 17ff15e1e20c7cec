"""The table of vendor calls and commands that events asked for. Redis only carries their keys."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import psycopg

from eventstore.store import EventStore
from mywork.application.ports.tables import ClaimedRow, OutboxRow, Write
from mywork.application.stored import SEND_NOTICE, Stored

_ADD = """
INSERT INTO operations.outbox (key, name, stream, body)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::jsonb[]) ON CONFLICT (key) DO NOTHING
"""
_CLAIM = """
UPDATE operations.outbox SET attempts = attempts + 1, due_at = clock_timestamp() + %(lease)s
 WHERE key = (SELECT key FROM operations.outbox
               WHERE key = %(key)s AND status = 'waiting' AND due_at <= clock_timestamp()
                 FOR UPDATE SKIP LOCKED)
RETURNING name, stream, body::text, attempts, note
"""
_OVERDUE = """
SELECT key FROM operations.outbox
 WHERE status = 'waiting' AND due_at <= clock_timestamp()
   AND (name = %(notice)s) = %(notices)s ORDER BY due_at LIMIT %(limit)s
"""
_POSTPONE = """
UPDATE operations.outbox SET due_at = clock_timestamp() + %s, note = %s WHERE key = %s
"""


class Outbox:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    def add(self, rows: Sequence[OutboxRow]) -> Write:
        columns = (
            [row.key for row in rows],
            [row.asked.name for row in rows],
            [row.asked.stream for row in rows],
            [row.asked.body for row in rows],
        )

        def write(cursor: psycopg.Cursor[object]) -> None:
            cursor.execute(_ADD, columns)

        return write

    def claim(self, key: str, lease: timedelta) -> ClaimedRow | None:
        """Lease a waiting row that is due; None when another worker has it or it is done."""
        with self._store.transaction() as cursor:
            cursor.execute(_CLAIM, {"key": key, "lease": lease})
            row = cursor.fetchone()
        if row is None:
            return None
        *asked, attempts, note = row
        return ClaimedRow(OutboxRow(key, Stored(*asked)), attempts, note)

    def done(self, key: str) -> Write:
        def write(cursor: psycopg.Cursor[object]) -> None:
            cursor.execute("UPDATE operations.outbox SET status = 'done' WHERE key = %s", (key,))

        return write

    def postpone(self, key: str, delay: timedelta, note: str) -> None:
        with self._store.transaction() as cursor:
            cursor.execute(_POSTPONE, (delay, note, key))

    def overdue(self, limit: int, *, notices: bool = False) -> Sequence[str]:
        asked = {"limit": limit, "notices": notices, "notice": SEND_NOTICE}
        with self._store.connection() as connection:
            return [row[0] for row in connection.execute(_OVERDUE, asked)]

    def counts(self) -> Mapping[str, int]:
        query = "SELECT status, count(*) FROM operations.outbox GROUP BY status"
        with self._store.connection() as connection:
            found = dict(connection.execute(query).fetchall())
        return {"waiting": 0, "done": 0} | found
