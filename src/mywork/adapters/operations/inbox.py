"""The table of what vendors told us. Leases and retries use the database's real clock.

Nothing here is a fact; every change that must commit with facts is returned as a `Write`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import psycopg

from eventstore import arrays
from eventstore.store import EventStore
from mywork.application.ports.tables import RawReceipt, Receipt, Write

Cursor = psycopg.Cursor[object]


_STORE_RECEIPTS = """
WITH new AS (
    INSERT INTO operations.inbox (source, external_id, kind, object_key)
    SELECT source, external_id, kind, object_key
      FROM unnest(%(sources)s::text[], %(ids)s::text[], %(kinds)s::text[], %(objects)s::text[])
           AS r(source, external_id, kind, object_key)
    ON CONFLICT (source, external_id) DO NOTHING RETURNING id, source, external_id),
work AS (
    INSERT INTO operations.inbox_work (id) SELECT id FROM new)
INSERT INTO operations.inbox_bodies (id, body)
SELECT new.id, r.body FROM new
  JOIN unnest(%(sources)s::text[], %(ids)s::text[], %(bodies)b::bytea[])
       AS r(source, external_id, body) USING (source, external_id)
"""


# Of two receipts about one object only the older is claimed: its successor may build on it.
_CLAIM = """
WITH candidates AS MATERIALIZED (
    SELECT id FROM operations.inbox_work
     WHERE status = 'waiting' AND due_at <= clock_timestamp()
     ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED),
chosen AS MATERIALIZED (
    SELECT DISTINCT ON (i.object_key) i.id, i.source, i.external_id, i.kind, i.object_key
      FROM candidates JOIN operations.inbox i USING (id) ORDER BY i.object_key, i.id),
claimed AS (
    UPDATE operations.inbox_work w
       SET due_at = clock_timestamp() + %(lease)s, attempts = w.attempts + 1
      FROM chosen WHERE w.id = chosen.id
    RETURNING w.id, w.attempts)
SELECT chosen.*, claimed.attempts, bodies.body
  FROM claimed JOIN chosen USING (id) JOIN operations.inbox_bodies bodies USING (id)
 ORDER BY id
"""


_DONE = "DELETE FROM operations.inbox_work WHERE id = ANY(%s::bigint[])"


_DEAD_LETTER = "UPDATE operations.inbox_work SET status = 'dead', note = %s WHERE id = %s"


_RETRY = """
UPDATE operations.inbox_work SET due_at = clock_timestamp() + %s, note = %s WHERE id = %s
"""


_WAITING_FOR = """
SELECT DISTINCT object_key FROM operations.inbox_work JOIN operations.inbox USING (id)
 WHERE status = 'waiting' AND object_key = ANY(%s::text[])
"""


_COUNTS = "SELECT status, count(*) FROM operations.inbox_work GROUP BY status"


_WAITING = """
SELECT i.external_id FROM operations.inbox_work w JOIN operations.inbox i USING (id)
 WHERE i.source = %s AND w.status = 'waiting'
"""


class Inbox:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    def store(self, receipts: Iterable[RawReceipt], *, also: Write | None = None) -> int:
        rows = list({(row.source, row.external_id): row for row in receipts}.values())
        parameters = {
            "sources": arrays.texts(row.source for row in rows),
            "ids": arrays.texts(row.external_id for row in rows),
            "kinds": arrays.texts(row.kind for row in rows),
            "objects": arrays.texts(row.object_key for row in rows),
            "bodies": [row.body for row in rows],
        }
        with self._store.transaction() as cursor:
            cursor.execute(_STORE_RECEIPTS, parameters, prepare=True)
            stored = cursor.rowcount
            if also is not None:
                also(cursor)
        return stored

    def claim(self, limit: int, lease: timedelta) -> Sequence[Receipt]:
        with self._store.transaction() as cursor:
            cursor.execute(_CLAIM, {"limit": limit, "lease": lease}, prepare=True)
            return [Receipt(*row) for row in cursor.fetchall()]

    def done(self, receipt_ids: Sequence[int]) -> Write:
        def write(cursor: psycopg.Cursor[object]) -> None:
            if receipt_ids:
                cursor.execute(_DONE, (arrays.integers(receipt_ids),))

        return write

    def dead_letter(self, receipt_id: int, note: str) -> Write:
        return lambda cursor: _ignore(cursor.execute(_DEAD_LETTER, (note, receipt_id)))

    def retry(self, receipt_id: int, delay: timedelta, note: str) -> None:
        with self._store.transaction() as cursor:
            cursor.execute(_RETRY, (delay, note, receipt_id))

    def waiting_for(self, object_keys: Sequence[str]) -> frozenset[str]:
        if not object_keys:
            return frozenset()
        with self._store.connection() as connection:
            rows = connection.execute(_WAITING_FOR, (arrays.texts(object_keys),))
            return frozenset(row[0] for row in rows)

    def waiting(self, source: str) -> frozenset[str]:
        with self._store.connection() as connection:
            return frozenset(row[0] for row in connection.execute(_WAITING, (source,)))

    def counts(self) -> Mapping[str, int]:
        with self._store.connection() as connection:
            found = dict(connection.execute(_COUNTS).fetchall())
        return {"waiting": 0, "dead": 0} | found


def _ignore(_: object) -> None:
    """A Write returns nothing."""
