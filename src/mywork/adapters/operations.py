"""The SQL of the operational tables: inbox, cursors, people, idempotency.

(`effects` and `deadlines` have files of their own.) Leases and retries use the database's real
clock; nothing here is a fact, and every change that must commit with facts is returned as a
`Write`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import psycopg
from psycopg.types.json import Jsonb

from eventstore import arrays
from eventstore.errors import ConstraintBroken
from eventstore.store import EventStore
from mywork.application.ports.identity import IdempotencyMismatch, StillInProgress
from mywork.application.ports.tables import Person, RawReceipt, Receipt, StoredAnswer, Write
from mywork.domain.errors import AlreadyExists
from mywork.domain.identifiers import UserId

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
_BURY = "UPDATE operations.inbox_work SET status = 'dead', note = %s WHERE id = %s"
_PARK = """
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

    def bury(self, receipt_id: int, note: str) -> Write:
        return lambda cursor: _ignore(cursor.execute(_BURY, (note, receipt_id)))

    def park(self, receipt_id: int, delay: timedelta, note: str) -> None:
        with self._store.transaction() as cursor:
            cursor.execute(_PARK, (delay, note, receipt_id))

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


_MOVE_CURSOR = """
INSERT INTO operations.cursors (name, value) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""


class Cursors:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    def read(self, name: str) -> str:
        query = "SELECT value FROM operations.cursors WHERE name = %s"
        with self._store.connection() as connection:
            row = connection.execute(query, (name,)).fetchone()
        return str(row[0]) if row else ""

    def move(self, name: str, value: str) -> Write:
        return lambda cursor: _ignore(cursor.execute(_MOVE_CURSOR, (name, value)))


_SAVE_PERSON = """
INSERT INTO operations.people (user_id, username, email) VALUES (%s, %s, %s)
ON CONFLICT (user_id) DO UPDATE SET username = excluded.username, email = excluded.email
"""
_NEXT_NUMBER = """
INSERT INTO operations.order_numbers AS n (year, last) VALUES (%s, 1)
ON CONFLICT (year) DO UPDATE SET last = n.last + 1 RETURNING last
"""


class People:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    def save(self, person: Person) -> None:
        try:
            with self._store.transaction() as cursor:
                cursor.execute(_SAVE_PERSON, (person.user_id, person.username, person.email))
        except ConstraintBroken as broken:
            raise AlreadyExists(f"the username {person.username!r} is taken") from broken

    def find(self, user_id: UserId) -> Person | None:
        query = "SELECT user_id, username, email FROM operations.people WHERE user_id = %s"
        with self._store.connection() as connection:
            row = connection.execute(query, (user_id,)).fetchone()
        return Person(*row) if row else None

    def next_order_number(self, year: int) -> str:
        with self._store.transaction() as cursor:
            cursor.execute(_NEXT_NUMBER, (year,))
            ((last,),) = cursor.fetchall()
        return f"MW-{year}-{last:05d}"


# A key lives for a day. One that never got its answer (a crash) is free again after a minute:
# the use case behind it resumes with the same ids, so doing it again is safe.
_BEGIN = """
INSERT INTO operations.idempotency AS i (user_id, key, body_hash) VALUES (%s, %s, %s)
ON CONFLICT (user_id, key) DO UPDATE
   SET created_at = clock_timestamp(), body_hash = excluded.body_hash,
       status = NULL, headers = NULL, body = NULL
 WHERE i.created_at < clock_timestamp() - interval '24 hours'
    OR (i.status IS NULL AND i.body_hash = excluded.body_hash
        AND i.created_at < clock_timestamp() - interval '1 minute')
"""
_ANSWER = """
SELECT body_hash, status, body, headers FROM operations.idempotency
 WHERE user_id = %s AND key = %s
"""
_FINISH = """
UPDATE operations.idempotency SET status = %s, body = %s, headers = %s
 WHERE user_id = %s AND key = %s
"""
_FORGET = """
DELETE FROM operations.idempotency WHERE created_at < clock_timestamp() - interval '24 hours'
"""
_ABANDON = """
DELETE FROM operations.idempotency WHERE user_id = %s AND key = %s AND status IS NULL
"""


class Idempotency:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    def begin(self, user_id: str, key: str, body_hash: str) -> StoredAnswer | None:
        with self._store.transaction() as cursor:
            cursor.execute(_BEGIN, (user_id, key, body_hash))
            if cursor.rowcount:
                return None
            cursor.execute(_ANSWER, (user_id, key))
            row = cursor.fetchone()
        if row is None:
            raise StillInProgress("the first request with this key is just ending; try again")
        known_hash, status, body, headers = row
        if known_hash != body_hash:
            raise IdempotencyMismatch("this idempotency key was used with another request")
        if status is None:
            raise StillInProgress("the first request with this idempotency key has not finished")
        return StoredAnswer(status, bytes(body), headers)

    def finish(self, user_id: str, key: str, answer: StoredAnswer) -> None:
        row = (answer.status, answer.body, Jsonb(dict(answer.headers)), user_id, key)
        with self._store.transaction() as cursor:
            cursor.execute(_FINISH, row)

    def forget_old(self) -> int:
        """Remove keys that have lived their day; returns how many."""
        with self._store.transaction() as cursor:
            cursor.execute(_FORGET)
            return cursor.rowcount

    def abandon(self, user_id: str, key: str) -> None:
        with self._store.transaction() as cursor:
            cursor.execute(_ABANDON, (user_id, key))


def _ignore(_: object) -> None:
    """A Write returns nothing."""
