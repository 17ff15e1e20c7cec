"""What was answered to which request id, so that asking again does nothing twice."""

from psycopg.types.json import Jsonb

from eventstore.store import EventStore
from mywork.application.ports.identity import IdempotencyMismatch, StillInProgress
from mywork.application.ports.tables import StoredAnswer

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
