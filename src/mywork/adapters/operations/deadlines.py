"""The table of what the clock brings; retries use the database's real clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from eventstore.store import EventStore
from mywork.application.ports.tables import Deadline, Write
from mywork.application.stored import Stored
from mywork.domain.period.messages import Check, Failing
from mywork.domain.period.months import Period, ends_at

_ADD = """
INSERT INTO operations.deadlines (name, subject, due_at, stream, body, position)
SELECT * FROM unnest(%s::text[], %s::text[], %s::timestamptz[],
                     %s::text[], %s::jsonb[], %s::bigint[])
ON CONFLICT (name, subject) DO UPDATE
   SET due_at = excluded.due_at, stream = excluded.stream, body = excluded.body,
       position = excluded.position, attempts = 0, retry_at = '-infinity', note = ''
"""
_DUE = """
SELECT subject, due_at, position, attempts, name, stream, body::text FROM operations.deadlines
 WHERE due_at <= %s AND retry_at <= clock_timestamp() ORDER BY due_at, name, subject LIMIT %s
"""
# Only as it was worked: one that was asked for again meanwhile is another event's.
_PAST = """
DELETE FROM operations.deadlines d
 USING unnest(%s::text[], %s::text[], %s::timestamptz[], %s::bigint[])
       AS past(name, subject, due_at, position)
 WHERE d.name = past.name AND d.subject = past.subject
   AND d.due_at = past.due_at AND d.position = past.position
"""
_POSTPONE = """
UPDATE operations.deadlines
   SET attempts = attempts + 1, retry_at = clock_timestamp() + %s, note = %s
 WHERE name = %s AND subject = %s AND position = %s
"""

_OF_MONTH = """
SELECT name, subject, due_at FROM operations.deadlines WHERE due_at < %s ORDER BY due_at, subject
"""


class Deadlines:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    def add(self, deadlines: Sequence[Deadline]) -> Write:
        columns = (
            [deadline.asked.name for deadline in deadlines],
            [deadline.subject for deadline in deadlines],
            [deadline.due_at for deadline in deadlines],
            [deadline.asked.stream for deadline in deadlines],
            [deadline.asked.body for deadline in deadlines],
            [deadline.position for deadline in deadlines],
        )

        def write(cursor: psycopg.Cursor[object]) -> None:
            cursor.execute(_ADD, columns)

        return write

    def due(self, now: datetime, limit: int) -> Sequence[Deadline]:
        with self._store.connection() as connection:
            rows = connection.execute(_DUE, (now, limit)).fetchall()
        return [
            Deadline(subject, due_at, Stored(*asked), position, attempts)
            for subject, due_at, position, attempts, *asked in rows
        ]

    def done(self, deadlines: Sequence[Deadline]) -> Write:
        columns = (
            [deadline.asked.name for deadline in deadlines],
            [deadline.subject for deadline in deadlines],
            [deadline.due_at for deadline in deadlines],
            [deadline.position for deadline in deadlines],
        )

        def write(cursor: psycopg.Cursor[object]) -> None:
            cursor.execute(_PAST, columns)

        return write

    def postpone(self, deadline: Deadline, delay: timedelta, note: str) -> None:
        key = deadline.asked.name, deadline.subject, deadline.position
        with self._store.transaction() as cursor:
            cursor.execute(_POSTPONE, (delay, note, *key))

    def checks(self, cursor: psycopg.Cursor[Any], month: Period) -> list[Check]:
        rows = cursor.execute(_OF_MONTH, (ends_at(month),)).fetchall()
        failing = tuple(
            Failing(subject, f"{name.replace('_', ' ')} is due on {due_at.astimezone(UTC).date()}")
            for name, subject, due_at in rows
        )
        return [Check("schedule_worked", len(rows), failing)]
