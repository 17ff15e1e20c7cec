"""The SQL of the replay drills."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
import psycopg

from eventstore.recorder import translated
from eventstore.store import EventStore
from mywork.application.ports.replay_verifications import Verification
from mywork.ledger.differences import Replayed

_LOCK = 0x4472696C6C  # "Drill"; goes with its session, whatever ends that
_COLUMNS = "id, asked_by, asked_at, status, started_at, finished_at, report::text, note"
_ASK = """
INSERT INTO operations.drills (id, asked_by, asked_at, week) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
_OPEN = f"SELECT {_COLUMNS} FROM operations.drills WHERE status IN ('waiting', 'running')"
_SAVE = """
UPDATE operations.drills
   SET status = %s, started_at = %s, finished_at = %s, report = %s, note = %s WHERE id = %s
"""
_FIND = f"SELECT {_COLUMNS} FROM operations.drills WHERE id = %s"
_LATEST = f"""
SELECT {_COLUMNS} FROM operations.drills
 WHERE %(before)s = '' OR (asked_at, id) < (
       SELECT asked_at, id FROM operations.drills WHERE id = %(before)s)
 ORDER BY asked_at DESC, id DESC LIMIT %(limit)s
"""
_UNPUBLISHED = f"""
SELECT {_COLUMNS} FROM operations.drills
 WHERE report IS NOT NULL AND published_at IS NULL ORDER BY asked_at, id
"""
_PUBLISHED = "UPDATE operations.drills SET published_at = %s WHERE id = %s"


class Verifications:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    @contextmanager
    def alone(self) -> Iterator[bool]:
        with translated(), psycopg.connect(self._store.url, autocommit=True) as session:
            row = session.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
            yield bool(row and row[0])

    def ask(self, drill: Verification, week: datetime | None = None) -> bool:
        with self._store.transaction() as cursor:
            cursor.execute(_ASK, (drill.id, drill.asked_by, drill.asked_at, week))
            return cursor.rowcount == 1

    def open(self) -> Verification | None:
        return next(iter(self._read(_OPEN)), None)

    def save(self, drill: Verification) -> None:
        report = msgspec.json.encode(drill.replayed).decode() if drill.replayed else None
        moments = drill.started_at, drill.finished_at
        with self._store.transaction() as cursor:
            cursor.execute(_SAVE, (drill.status, *moments, report, drill.note, drill.id))

    def find(self, drill_id: str) -> Verification | None:
        return next(iter(self._read(_FIND, (drill_id,))), None)

    def latest(self, limit: int, *, before: str = "") -> Sequence[Verification]:
        return self._read(_LATEST, {"limit": limit, "before": before})

    def unpublished(self) -> Sequence[Verification]:
        return self._read(_UNPUBLISHED)

    def published(self, drill_id: str, at: datetime) -> None:
        with self._store.transaction() as cursor:
            cursor.execute(_PUBLISHED, (at, drill_id))

    def _read(self, query: str, parameters: Any = ()) -> Sequence[Verification]:
        with self._store.connection() as connection:
            return [_drill(row) for row in connection.execute(query.encode(), parameters)]


def _drill(row: tuple[Any, ...]) -> Verification:
    id_, asked_by, asked_at, status, started_at, finished_at, report, note = row
    replayed = msgspec.json.decode(report, type=Replayed) if report else None
    return Verification(id_, asked_by, asked_at, status, started_at, finished_at, replayed, note)
