"""The archive of history, written in Parquet without a row of it passing through Python.

PostgreSQL sends CSV; Arrow reads it in columns and writes them. Leaves are those that were sealed,
so an event that was edited afterwards does not fit its leaf in the archive either, and is named;
only what is not sealed yet is computed.
"""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from mywork.archive import layout
from mywork.exports.books import Books
from mywork.exports.form import Written
from mywork.exports.manifest import Part

EVENTS_A_PART = 50_000

# A part ends with its day, and is no longer than it may be. Days are of recording, so that parts
# follow one another as positions do.
_PART = """
WITH next AS (
    SELECT notification_id AS position, (recorded_at AT TIME ZONE 'UTC')::date AS day
      FROM eventstore.events
     WHERE notification_id > %(after)s AND notification_id <= %(head)s
     ORDER BY notification_id LIMIT %(limit)s),
first AS (SELECT position, day FROM next ORDER BY position LIMIT 1)
SELECT first.position, first.day::text,
       (SELECT max(position) FROM next
         WHERE position < coalesce((SELECT min(position) FROM next WHERE day <> first.day),
                                   9223372036854775807))
  FROM first
"""
_EVENTS = """
COPY (SELECT r.position, r.name, r.stream, r.version, r.recorded_at, r.effective_at, r.state,
             ledger.utc_text(n.effective_at) AS entry_effective_at,
             ledger.utc_text(n.booked_at) AS booked_at, n.period,
             (SELECT count(*) FROM ledger.postings p WHERE p.position = n.position) AS size
        FROM ledger.records(%(first)s, %(last)s) r
        LEFT JOIN ledger.entries n ON n.position = r.position
       ORDER BY r.position) TO STDOUT WITH (FORMAT csv, HEADER, FORCE_QUOTE (name, stream, state))
"""
_POSTINGS = """
COPY (SELECT a.code AS account, p.currency, p.amount_minor,
             coalesce(p.object_id, '') AS object_id
        FROM ledger.postings p JOIN ledger.accounts a ON a.id = p.account_id
       WHERE p.position BETWEEN %(first)s AND %(last)s
         AND EXISTS (SELECT FROM ledger.entries n WHERE n.position = p.position)
         AND EXISTS (SELECT FROM eventstore.events e WHERE e.notification_id = p.position)
       ORDER BY p.position, p.line) TO STDOUT WITH (FORMAT csv, HEADER, FORCE_QUOTE (account, object_id))
"""  # noqa: E501
# Tiles of hashes that lie next to one another, from the leaf of one position on.
_SEALED = """
SELECT coalesce(min(first), 0), string_agg(hashes, ''::bytea ORDER BY first) FROM ledger.tiles
 WHERE level = 0 AND first + length(hashes) / 32 >= %(first)s AND first < %(last)s
"""
_COMPUTED = """
SELECT string_agg(leaf, ''::bytea ORDER BY "position") FROM ledger.records(%(first)s, %(last)s)
"""


class Records:
    """The format; see `form.Form`."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def write_part(self, file: BinaryIO, *, after: int, number: int) -> Written | None:
        asked = {"after": after, "head": self._books.scope.head, "limit": EVENTS_A_PART}
        with self._books.reading() as connection:
            row = connection.execute(_PART, asked).fetchone()
        if row is None:
            return None
        first, day, last = row
        table = self._table(first, last)
        layout.write(table, file)
        return Written(layout.key_of(day, number), first, last, table.num_rows)

    def finish(self, parts: Sequence[Part]) -> Iterator[tuple[str, bytes]]:  # noqa: ARG002
        """Nothing more: the manifest lists the parts."""
        return iter(())

    def whole(self, parts: Iterator[Iterator[bytes]]) -> Iterator[bytes]:
        raise NotImplementedError("an archive is a folder of parts")

    def _table(self, first: int, last: int) -> pa.Table:
        events = self._read(_EVENTS, first, last)
        lines = self._read(_POSTINGS, first, last)
        columns = {
            name: events[name] for name in layout.SCHEMA.names if name in events.schema.names
        }
        columns["postings"] = _postings(lines, events["size"], events["period"])
        columns["leaf"] = self._leaves(first, last, len(events))
        return pa.table(columns, schema=layout.SCHEMA)

    def _leaves(self, first: int, last: int, count: int) -> pa.Array:
        """As sealed; from the end of what is sealed on, or if events are missing, as computed."""
        with self._books.reading() as connection:
            row = connection.execute(_SEALED, {"first": first, "last": last}).fetchone()
            start, hashes = row or (0, None)
            sealed = bytes(hashes or b"")[(first - 1 - start) * 32 : (last - start) * 32]
            if count != last - first + 1:  # which leaf belongs to which event is not known
                sealed = b""
            rest = {"first": first + len(sealed) // 32, "last": last}
            row = connection.execute(_COMPUTED, rest).fetchone()
        body = sealed + bytes((row and row[0]) or b"")
        return pa.Array.from_buffers(pa.binary(32), count, [None, pa.py_buffer(body)])

    def _read(self, query: str, first: int, last: int) -> pa.Table:
        body = b"".join(self._books.copied(query, {"first": first, "last": last}))
        options = csv.ConvertOptions(
            column_types=_TYPES, strings_can_be_null=True, quoted_strings_can_be_null=False
        )
        return csv.read_csv(
            pa.BufferReader(body),
            read_options=csv.ReadOptions(block_size=len(body) + 1),  # one block, one chunk
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=options,
        )


_TYPES = {field.name: field.type for field in (*layout.SCHEMA, *layout.POSTING)} | {
    "size": pa.int64()
}


def _postings(lines: pa.Table, sizes: Any, period: Any) -> pa.Array:
    """The lines of each event as a list; null where there is no entry."""
    values = pa.StructArray.from_arrays(
        [_one(lines[field.name]) for field in layout.POSTING], fields=list(layout.POSTING)
    )
    ends = pc.cumulative_sum(_one(sizes)).cast(pa.int32())
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    kind = layout.SCHEMA.field("postings").type
    return pa.ListArray.from_arrays(offsets, values, type=kind, mask=pc.is_null(_one(period)))


def _one(column: Any) -> pa.Array:
    """A column of one chunk as an array."""
    return column.combine_chunks()
