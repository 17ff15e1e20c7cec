"""The one transaction that appends: lock, events, and whatever must commit with them.

Built on the `eventsourcing` library's PostgreSQL recorder, with its insert replaced:
- an advisory lock instead of LOCK TABLE, which an insert-only role may not take (before
  PostgreSQL 17 no grant allows it) and which collides with vacuum;
- positions counted under that lock, so that they have no gaps, and `recorded_at` beside them;
- a hook that writes in the same transaction, told the positions it belongs to;
- no silent retry: the library repeats an OperationalError ten times, lock timeouts included,
  and reports every integrity error as the same conflict.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

import psycopg
from eventsourcing.persistence import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    PersistenceError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.utils import strtobool
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import tuple_row

from eventstore import arrays
from eventstore.errors import (
    AppendOutcomeUnknown,
    ConstraintBroken,
    EventStoreError,
    NotStorable,
    StoreUnavailable,
    StreamConflict,
    UnsafeConfiguration,
)

AppendCursor = psycopg.Cursor[Any]
Alongside = Callable[[AppendCursor, Sequence[int]], None]

APPEND_LOCK = 0x4D79576F726B  # "MyWork"; advisory locks are per database
LOCK_TIMEOUT_SECONDS = 10  # above deadlock_timeout (1 s), so a deadlock is named as one
EVENTS_KEY = "events_stream_version"

_INSERT = """
INSERT INTO eventstore.events
       (originator_id, originator_version, topic, state, notification_id, recorded_at)
SELECT new.stream, new.version, new.name, new.state, head.position + new.ordinality,
       greatest(coalesce(%s, clock_timestamp()), head.recorded_at)
  FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::bytea[])
       WITH ORDINALITY AS new(stream, version, name, state, ordinality),
       (SELECT coalesce(max(notification_id), 0) AS position,
               (SELECT recorded_at FROM eventstore.events
                 ORDER BY notification_id DESC LIMIT 1) AS recorded_at
          FROM eventstore.events) AS head
 ORDER BY new.ordinality
RETURNING notification_id
"""


class Datastore(PostgresDatastore):
    """The library's connection pool, made from a URL; transactions run as a lesser role."""

    def __init__(self, url: str, *, pool_size: int, role: str) -> None:
        if strtobool(os.environ.get("POSTGRES_ENABLE_DB_FUNCTIONS") or "no"):
            raise UnsafeConfiguration(
                "POSTGRES_ENABLE_DB_FUNCTIONS drops the append lock and the ledger's hook; unset it"
            )
        parameters = conninfo_to_dict(url)
        super().__init__(
            dbname=str(parameters.pop("dbname", "")),
            host=str(parameters.pop("host", "")),
            port=str(parameters.pop("port", None) or 5432),
            user=str(parameters.pop("user", "")),
            password=str(parameters.pop("password", "")),
            pool_size=1,
            max_overflow=pool_size - 1,
            connect_timeout=10,
            idle_in_transaction_session_timeout=30,
            lock_timeout=LOCK_TIMEOUT_SECONDS,
            schema="eventstore",
            originator_id_type="text",
        )
        self.role = role
        connect_with = cast("dict[str, Any]", self.pool.kwargs)
        connect_with |= parameters | {"application_name": "mywork"}

    def open(self) -> None:
        with translated(), self.get_connection():
            pass


class Recorder(PostgresApplicationRecorder):
    """Appends stored events and runs a hook in the same transaction."""

    datastore: Datastore

    def __init__(self, datastore: Datastore) -> None:
        super().__init__(datastore, events_table_name="events")

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        alongside: Alongside | None = None,
        recorded_at: datetime | None = None,
        **_: Any,
    ) -> Sequence[int]:
        """Append all or nothing; returns the positions, in order.

        `recorded_at` None means the database's clock. Raises StreamConflict,
        ConstraintBroken, StoreUnavailable or AppendOutcomeUnknown.
        """
        committing = False
        try:
            with self._pipelined_transaction() as cursor:
                self._lock_table(cursor)
                self._insert(cursor, stored_events, recorded_at)
                positions = [row[0] for row in cursor.fetchall()]
                if alongside is not None:
                    alongside(cursor, positions)
                cursor.execute("NOTIFY events")
                committing = True
        except StoreUnavailable as error:
            if committing:
                raise AppendOutcomeUnknown(str(error)) from error
            raise
        return positions

    @contextmanager
    def _pipelined_transaction(self) -> Iterator[AppendCursor]:
        with (
            translated(),
            self.datastore.get_connection() as connection,
            connection.pipeline(),
            connection.transaction(),
        ):
            yield psycopg.Cursor(connection, row_factory=tuple_row)

    def _lock_table(self, cursor: AppendCursor) -> None:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'")
        cursor.execute(f"SET LOCAL ROLE {self.datastore.role}")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (APPEND_LOCK,))

    def _insert(
        self,
        cursor: AppendCursor,
        stored: Sequence[StoredEvent],
        recorded_at: datetime | None,
    ) -> None:
        columns = (
            arrays.texts(str(event.originator_id) for event in stored),
            arrays.integers(event.originator_version for event in stored),
            arrays.texts(event.topic for event in stored),
            arrays.byte_strings(event.state for event in stored),
        )
        cursor.execute(_INSERT, (recorded_at, *columns), prepare=True)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the library's and psycopg's errors into ours, told apart by sqlstate."""
    try:
        yield
    except EventStoreError:
        raise
    except (PersistenceError, psycopg.Error) as error:
        cause = error if isinstance(error, psycopg.Error) else error.__cause__
        raise _translation(error, cause) from error


def _translation(error: Exception, cause: BaseException | None) -> Exception:
    sqlstate = getattr(cause, "sqlstate", None) or ""
    if isinstance(cause, psycopg.Error) and sqlstate[:2] in {"23", "ES", "MW"}:
        constraint = cause.diag.constraint_name or ""
        detail = cause.diag.message_detail or cause.diag.message_primary or str(cause)
        if constraint == EVENTS_KEY:
            return StreamConflict(_stream_in(detail))
        return ConstraintBroken(sqlstate, constraint, detail)
    if isinstance(cause, psycopg.DataError):  # class 22, and what psycopg itself cannot send
        return NotStorable(str(cause).strip())
    retriable = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
    if isinstance(error, retriable):
        return StoreUnavailable(str(cause or error).strip())
    if isinstance(error, DatabaseError | psycopg.Error):
        return EventStoreError(str(cause or error).strip())
    return error


def _stream_in(detail: str) -> str:
    """`Key (originator_id, originator_version)=(order-1, 2) already exists.` -> `order-1`."""
    _, _, values = detail.partition("=(")
    stream, separator, _ = values.rpartition(", ")
    return stream if separator else ""
