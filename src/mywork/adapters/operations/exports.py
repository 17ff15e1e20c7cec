"""The table of exports that were asked for."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta

from eventstore.store import EventStore
from mywork.application.ports.exports import ExportJob, ExportProgress, ExportWish

_COLUMNS = ", ".join(field.name for field in fields(ExportJob))
_ADD = """
INSERT INTO operations.exports (id, format, head, since, until, requested_by)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING
"""
_FIND = f"SELECT {_COLUMNS} FROM operations.exports WHERE id = %s"
_PAGE = f"""
SELECT {_COLUMNS} FROM operations.exports
 WHERE number < coalesce(%s::bigint, 9223372036854775807) ORDER BY number DESC LIMIT %s
"""
_CLAIM = f"""
UPDATE operations.exports SET claims = claims + 1, due_at = clock_timestamp() + %s
 WHERE id = (SELECT id FROM operations.exports
              WHERE status = 'waiting' AND due_at <= clock_timestamp()
              ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING {_COLUMNS}
"""
_MINE = "WHERE id = %s AND claims = %s AND status = 'waiting'"
_ADVANCE = f"""
UPDATE operations.exports
   SET reached = %s, rows = %s, parts = %s, note = '', due_at = clock_timestamp() + %s {_MINE}
"""
_COMPLETE = f"""
UPDATE operations.exports
   SET reached = %s, rows = %s, parts = %s, sha256 = %s, note = '', status = 'completed',
       finished_at = clock_timestamp() {_MINE}
"""
_POSTPONE = f"""
UPDATE operations.exports
   SET failures = failures + 1, due_at = clock_timestamp() + %s, note = %s {_MINE}
"""
_FAIL = f"""
UPDATE operations.exports
   SET failures = failures + 1, note = %s, status = 'failed', finished_at = clock_timestamp()
 {_MINE}
"""


class Exports:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    def add(self, wish: ExportWish) -> None:
        row = wish.id, wish.format, wish.head, wish.since, wish.until, wish.requested_by
        self._change(_ADD, *row)

    def find(self, job_id: str) -> ExportJob | None:
        with self._store.connection() as connection:
            row = connection.execute(_FIND, (job_id,)).fetchone()
        return ExportJob(*row) if row else None

    def page(self, *, before: int | None, limit: int) -> Sequence[ExportJob]:
        with self._store.connection() as connection:
            return [ExportJob(*row) for row in connection.execute(_PAGE, (before, limit))]

    def claim(self, lease: timedelta) -> ExportJob | None:
        with self._store.transaction() as cursor:
            row = cursor.execute(_CLAIM, (lease,)).fetchone()
        return ExportJob(*row) if row else None

    def advance(self, job: ExportJob, progress: ExportProgress, lease: timedelta) -> bool:
        return self._mine(_ADVANCE, job, progress.reached, progress.rows, progress.parts, lease)

    def complete(self, job: ExportJob, progress: ExportProgress, sha256: str) -> bool:
        done = progress.reached, progress.rows, progress.parts
        return self._mine(_COMPLETE, job, *done, sha256)

    def postpone(self, job: ExportJob, delay: timedelta, note: str) -> bool:
        return self._mine(_POSTPONE, job, delay, note)

    def fail(self, job: ExportJob, note: str) -> bool:
        return self._mine(_FAIL, job, note)

    def _mine(self, statement: str, job: ExportJob, *values: object) -> bool:
        return self._change(statement, *values, job.id, job.claims)

    def _change(self, statement: str, *values: object) -> bool:
        with self._store.transaction() as cursor:
            return cursor.execute(statement, values).rowcount == 1
