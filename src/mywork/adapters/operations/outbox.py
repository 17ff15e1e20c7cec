"""The table of vendor calls and commands that events asked for. Redis only carries their keys."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import psycopg

from eventstore.store import EventStore
from mywork.application.ports.tables import ClaimedRow, OutboxRow, Write
from mywork.application.stored import SEND_NOTICE, Stored

_ADD = """
INSERT INTO operations.effects (key, name, stream, body)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::jsonb[]) ON CONFLICT (key) DO NOTHING
"""
_CLAIM = """
UPDATE operations.effects SET attempts = attempts + 1, due_at = clock_timestamp() + %(lease)s
 WHERE key = (SELECT key FROM operations.effects
               WHERE key = %(key)s AND status = 'waiting' AND due_at <= clock_timestamp()
                 FOR UPDATE SKIP LOCKED)
RETURNING name, stream, body::text, attempts, note
"""
_OVERDUE = """
SELECT key FROM operations.effects
 WHERE status = 'waiting' AND due_at <= clock_timestamp()
   AND (name = %(notice)s) = %(notices)s ORDER BY due_at LIMIT %(limit)s
"""
_POSTPONE = """
UPDATE operations.effects SET due_at = clock_timestamp() + %s, note = %s WHERE key = %s
"""


class Outbox:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    def add(self, effects: Sequence[OutboxRow]) -> Write:
        columns = (
            [effect.key for effect in effects],
            [effect.asked.name for effect in effects],
            [effect.asked.stream for effect in effects],
            [effect.asked.body for effect in effects],
        )

        def write(cursor: psycopg.Cursor[object]) -> None:
            cursor.execute(_ADD, columns)

        return write

    def claim(self, key: str, lease: timedelta) -> ClaimedRow | None:
        """Lease a waiting effect that is due; None when another worker has it or it is done."""
        with self._store.transaction() as cursor:
            cursor.execute(_CLAIM, {"key": key, "lease": lease})
            row = cursor.fetchone()
        if row is None:
            return None
        *asked, attempts, note = row
        return ClaimedRow(OutboxRow(key, Stored(*asked)), attempts, note)

    def done(self, key: str) -> Write:
        def write(cursor: psycopg.Cursor[object]) -> None:
            cursor.execute("UPDATE operations.effects SET status = 'done' WHERE key = %s", (key,))

        return write

    def postpone(self, key: str, delay: timedelta, note: str) -> None:
        with self._store.transaction() as cursor:
            cursor.execute(_POSTPONE, (delay, note, key))

    def overdue(self, limit: int, *, notices: bool = False) -> Sequence[str]:
        asked = {"limit": limit, "notices": notices, "notice": SEND_NOTICE}
        with self._store.connection() as connection:
            return [row[0] for row in connection.execute(_OVERDUE, asked)]

    def counts(self) -> Mapping[str, int]:
        query = "SELECT status, count(*) FROM operations.effects GROUP BY status"
        with self._store.connection() as connection:
            found = dict(connection.execute(query).fetchall())
        return {"waiting": 0, "done": 0} | found
