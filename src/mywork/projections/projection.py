"""The pattern of every projection: events folded into rows that are ready to send.

A projection says which rows an event touches (`keys`), how an event changes a row (`evolve`, pure),
and what is sent for a row (`document`, JSON bytes prepared at write time). The rest is here: the
touched rows of a page are loaded by one query, folded in Python, and stored by one statement, in
the follower's own transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

import msgspec
import psycopg

from eventstore import arrays
from eventstore.envelope import Recorded
from eventstore.follow import Follower

R = TypeVar("R")
Prepare = Callable[[psycopg.Cursor[Any], Sequence[Recorded]], Sequence[Recorded]]

LIVE = "read"  # the schema that is served


@dataclass(frozen=True, slots=True)
class Projection(Generic[R]):
    """`row` is a frozen dataclass whose first field is the key; columns have its fields' names.

    The table has two more columns: `document`, what is sent, and `position`, of the last event.
    """

    name: str
    row: type[R]
    keys: Callable[[Any], Sequence[str]]
    evolve: Callable[[R | None, Recorded], R | None]
    document: Callable[[R], bytes]
    prepare: Prepare | None = None  # where an event does not tell its row all that it needs

    def follower(self) -> Follower:
        return Follower(self.name, self.writer(LIVE))

    def writer(self, schema: str) -> Callable[[psycopg.Cursor[Any], Sequence[Recorded]], None]:
        """A function that applies a page of events to this projection's table in a schema."""
        table = _Table(self, schema)
        return table.apply


class _Table(Generic[R]):
    """One projection's table in one schema."""

    def __init__(self, projection: Projection[R], schema: str) -> None:
        self._projection = projection
        columns = [field.name for field in fields(projection.row)]  # type: ignore[arg-type]
        self._columns = columns
        name, key = f"{schema}.{projection.name}", columns[0]
        stored = [*columns, "document", "position"]
        updates = ", ".join(f"{column} = excluded.{column}" for column in stored[1:])
        self._select = f"SELECT {', '.join(columns)} FROM {name} WHERE {key} = ANY(%s::text[])"
        self._insert = (
            f"INSERT INTO {name} ({', '.join(stored)}) SELECT {', '.join(stored)}"
            f" FROM json_populate_recordset(NULL::{name}, %s::json)"
            f" ON CONFLICT ({key}) DO UPDATE SET {updates}"
        )

    def apply(self, cursor: psycopg.Cursor[Any], page: Sequence[Recorded]) -> None:
        """Fold a page of events into the rows that they touch."""
        keys_of, evolve = self._projection.keys, self._projection.evolve
        if self._projection.prepare is not None:
            page = self._projection.prepare(cursor, page)
        touched = [(recorded, keys) for recorded in page if (keys := keys_of(recorded.event))]
        if not touched:
            return
        rows = self._load(cursor, {key for _, keys in touched for key in keys})
        positions: dict[str, int] = {}
        for recorded, keys in touched:
            for key in keys:
                before = rows.get(key)
                after = evolve(before, recorded)
                if after is not None and after is not before:
                    rows[key], positions[key] = after, recorded.position
        if positions:
            items = b",".join(self._item(rows[key], positions[key]) for key in positions)
            cursor.execute(self._insert, ((b"[" + items + b"]").decode(),), prepare=True)

    def _load(self, cursor: psycopg.Cursor[Any], keys: set[str]) -> dict[str, R]:
        cursor.execute(self._select, (arrays.texts(keys),), prepare=True)
        rows = [dict(zip(self._columns, row, strict=True)) for row in cursor.fetchall()]
        return {row[self._columns[0]]: msgspec.convert(row, self._projection.row) for row in rows}

    def _item(self, row: R, position: int) -> bytes:
        """The row as a JSON object, with the two columns that every table has."""
        document = msgspec.json.encode(self._projection.document(row).decode())
        columns = msgspec.json.encode(row)[:-1]
        return columns + b',"document":' + document + b',"position":%d}' % position
