"""The public face of the event store: append many streams at once, read streams, read history."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.rows import tuple_row

from eventstore import arrays
from eventstore.catalogue import Catalogue
from eventstore.envelope import NewEvent, Recorded
from eventstore.recorder import Alongside, Datastore, Recorder, translated

_COLUMNS = "notification_id, originator_id, originator_version, topic, state, recorded_at"
_READ = f"""
SELECT {_COLUMNS} FROM eventstore.events WHERE originator_id = ANY(%s::text[])
 ORDER BY originator_id, originator_version
"""
_PAGE = f"""
SELECT {_COLUMNS} FROM eventstore.events WHERE notification_id > %s
 ORDER BY notification_id LIMIT %s
"""
_AT_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_HEAD = "SELECT coalesce(max(notification_id), 0) FROM eventstore.events"


class EventStore:
    """Opens lazily; close it, or use it as a context manager.

    `role` is the least privileged role that may append; every write runs as it.
    """

    def __init__(
        self,
        url: str,
        catalogue: Catalogue,
        *,
        pool_size: int = 10,
        role: str = "mywork_app",
    ) -> None:
        self.url = url
        self.catalogue = catalogue
        self._datastore = Datastore(url, pool_size=pool_size, role=role)
        self._recorder: Recorder | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._datastore.close()

    def append(
        self,
        events: Sequence[NewEvent],
        *,
        alongside: Alongside | None = None,
        recorded_at: datetime | None = None,
    ) -> Sequence[int]:
        """Append events of any number of streams in one commit; returns their positions.

        Each event's version is the expected one: a stream that has moved on raises
        StreamConflict and nothing is written. `alongside` writes in the same transaction.
        """
        if not events:
            return ()
        if self._recorder is None:
            with translated():
                self._recorder = Recorder(self._datastore)
        return self._recorder.insert_events(
            [self.catalogue.encode(event) for event in events],
            alongside=alongside,
            recorded_at=recorded_at,
        )

    def read(self, streams: Sequence[str]) -> dict[str, list[Recorded]]:
        """Every event of the streams, oldest first, in one query; absent streams are empty."""
        with self.connection() as connection, connection.cursor() as cursor:
            return read(cursor, self.catalogue, streams)

    def page(self, after: int, limit: int = 1000) -> list[Recorded]:
        """History after a position, at most `limit` events, in commit order."""
        with self.connection() as connection:
            rows = connection.execute(_PAGE, (after, limit), prepare=True).fetchall()
        return [self.catalogue.decode(row) for row in rows]

    def head(self) -> int:
        """The position of the last event; 0 when there is none."""
        with self.connection() as connection:
            row = connection.execute(_HEAD).fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[Any]]:
        """A pooled connection in autocommit mode, with tuple rows."""
        with translated(), self._datastore.get_connection() as pooled:
            before, pooled.row_factory = pooled.row_factory, tuple_row  # type: ignore[assignment]
            try:
                yield pooled
            finally:
                pooled.row_factory = before

    @contextmanager
    def snapshot(self) -> Iterator[psycopg.Connection[Any]]:
        """A read-only transaction: however many queries it makes, they see one state."""
        with self.connection() as connection, connection.transaction():
            connection.execute(_AT_ONE_MOMENT)
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Cursor[Any]]:
        """A transaction of the write path's role, for state that is not history."""
        with (
            self.connection() as connection,
            connection.transaction(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SET LOCAL ROLE {self._datastore.role}")
            yield cursor


def read(
    cursor: psycopg.Cursor[Any], catalogue: Catalogue, streams: Sequence[str]
) -> dict[str, list[Recorded]]:
    """`EventStore.read` with a cursor of tuples, for a follower in its own transaction."""
    found: dict[str, list[Recorded]] = {stream: [] for stream in streams}
    for row in cursor.execute(_READ, (arrays.texts(found),), prepare=True):
        found[row[1]].append(catalogue.decode(row))
    return found
