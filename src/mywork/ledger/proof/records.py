"""History as it is archived: one record for each event, with all that its leaf covers.

`stream_records` serves every reader of whole stretches, such as the audit's export and Parquet;
`find_records` those who look for something. `line` is a record's form in a file of JSON lines.
"""

from collections.abc import Iterator
from typing import Any, TypedDict

import orjson

from eventstore.store import EventStore
from mywork.ledger.proof.tiles import HASH_BYTES, TILE

PAGE = 5_000  # positions for each query: enough to be set-based, little enough to hold

_RECORDS = """
SELECT "position", name, stream, version, recorded_at, effective_at, state, entry::text,
       encode(leaf, 'hex')
  FROM ledger.records(%s, %s)
"""
_SEALED_RECORDS = """
SELECT "position", name, stream, version, recorded_at, effective_at, state, entry::text
  FROM ledger.records(%s, %s)
"""
_SEALED_LEAVES = """
SELECT string_agg(hashes, ''::bytea ORDER BY first) FROM ledger.tiles
 WHERE level = 0 AND first >= %s AND first < %s
"""
_RECORDS_AT = """
SELECT r."position", r.name, r.stream, r.version, r.recorded_at, r.effective_at, r.state,
       r.entry::text, encode(r.leaf, 'hex')
  FROM unnest(%s::bigint[]) AS chosen, LATERAL ledger.records(chosen, chosen) AS r
 ORDER BY chosen
"""
_POSITIONS = """
SELECT notification_id FROM eventstore.events
 WHERE notification_id > %(after)s AND notification_id <= %(until)s
   AND (%(name)s = '' OR topic = %(name)s)
 ORDER BY notification_id LIMIT %(limit)s
"""
_POSITIONS_OF_STREAM = """
SELECT notification_id FROM eventstore.events
 WHERE originator_id = %(stream)s AND notification_id > %(after)s
   AND (%(name)s = '' OR topic = %(name)s)
 ORDER BY notification_id LIMIT %(limit)s
"""
SEARCHED = 50_000  # positions that a search by name looks through at once


class PostingRecord(TypedDict):
    """A line of an entry, in line order; `amount_minor` is debit-positive."""

    account: str
    currency: str
    amount_minor: int
    object_id: str


class EntryRecord(TypedDict):
    """What an event posted. Times are UTC with six digits of a second and `Z`."""

    effective_at: str
    booked_at: str
    period: str
    postings: list[PostingRecord]


class Record(TypedDict):
    """An event as archived. `state` is the stored JSON, byte for byte; `leaf` is hexadecimal."""

    position: int
    name: str
    stream: str
    version: int
    recorded_at: str
    effective_at: str
    state: str
    entry: EntryRecord | None
    leaf: str


def stream_records(store: EventStore, *, after: int = 0, until: int) -> Iterator[Record]:
    """The records behind `after` up to `until`, both positions, in order.

    Each page is its own query: history is append-only, so no snapshot needs to be held. Raises
    StoreUnavailable, or NotStorable for a state that somebody made unreadable.
    """
    with store.connection() as connection:
        for first in range(after + 1, until + 1, PAGE):
            last = min(first + PAGE - 1, until)
            for row in connection.execute(_RECORDS, (first, last), prepare=True):
                yield _record(row)


def sealed_records(store: EventStore, *, after: int = 0, until: int) -> Iterator[Record]:
    """`stream_records`, but each with the leaf hash that was sealed, up to the sealed size.

    So a record that was changed since is not what its own leaf hash says, whoever reads it.
    """
    with store.connection() as connection:
        for first in range(after + 1, until + 1, PAGE):
            last = min(first + PAGE - 1, until)
            tile = (first - 1) // TILE * TILE
            [(hashes,)] = connection.execute(_SEALED_LEAVES, (tile, last)).fetchall()
            for row in connection.execute(_SEALED_RECORDS, (first, last), prepare=True):
                start = (row[0] - 1 - tile) * HASH_BYTES
                yield _record((*row, hashes[start : start + HASH_BYTES].hex()))


def find_records(
    store: EventStore, after: int, limit: int, *, stream: str = "", name: str = ""
) -> tuple[list[Record], int | None]:
    """Records behind a position, of one stream or one event name where they are given.

    At most `limit`, and where to go on behind; None when there is nothing more. By name a page
    may have fewer: so many positions are searched, whatever they hold.
    """
    head, until = store.head(), after + SEARCHED
    asked = {"after": after, "until": until, "stream": stream, "name": name, "limit": limit}
    with store.connection() as connection:
        query = _POSITIONS_OF_STREAM if stream else _POSITIONS
        positions = [position for (position,) in connection.execute(query, asked)]
        records = [_record(row) for row in connection.execute(_RECORDS_AT, (positions,))]
    if len(records) == limit:
        return records, records[-1]["position"]
    return records, None if stream or until >= head else until


def line(record: Record) -> bytes:
    """The record as one line of JSON, keys in the order of the class, ending in a line feed."""
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def _record(row: tuple[Any, ...]) -> Record:
    position, name, stream, version, recorded_at, effective_at, state, entry, leaf = row
    return {
        "position": position,
        "name": name,
        "stream": stream,
        "version": version,
        "recorded_at": recorded_at,
        "effective_at": effective_at,
        "state": state,
        "entry": None if entry is None else orjson.loads(entry),
        "leaf": leaf,
    }
