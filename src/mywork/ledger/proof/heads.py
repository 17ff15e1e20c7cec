"""Signed heads and the keys that signed them, as the database keeps them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from eventstore.store import EventStore

_HEADS = """
SELECT size, root, signed_at, key_number, note FROM ledger.heads
 WHERE size > %s ORDER BY size LIMIT %s
"""
_LATEST = """
SELECT size, root, signed_at, key_number, note FROM ledger.heads ORDER BY size DESC LIMIT 1
"""
_KEYS = "SELECT number, verifier_key, from_size, since, note FROM ledger.signing_keys ORDER BY 1"
_ADD_HEAD = """
INSERT INTO ledger.heads (size, root, signed_at, key_number, note) VALUES (%s, %s, %s, %s, %s)
"""
_ADD_KEY = """
INSERT INTO ledger.signing_keys (number, verifier_key, from_size, since, note)
VALUES (%s, %s, %s, %s, %s)
"""
_NOTES = """
SELECT 'keys/' || lpad(number::text, 4, '0') || '.note' AS key, note FROM ledger.signing_keys
 UNION ALL
SELECT 'heads/' || lpad(size::text, 12, '0') || '.note', note FROM ledger.heads
"""
_UNPUBLISHED = f"""
SELECT key, note FROM ({_NOTES}) notes
 WHERE NOT EXISTS (SELECT FROM ledger.published_notes WHERE object_key = key)
 ORDER BY key LIKE 'heads/%', key
"""
_PUBLISHED = """
INSERT INTO ledger.published_notes (object_key, locked_until) VALUES (%s, %s)
ON CONFLICT DO NOTHING
"""
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The first `size` events have this `root`: so says `note`, signed by key `key_number`."""

    size: int
    root: bytes
    signed_at: datetime
    key_number: int
    note: str


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key in its order of use; it signs heads larger than `from_size`."""

    number: int
    verifier_key: str
    from_size: int
    since: datetime
    note: str


def latest_head(store: EventStore) -> Head | None:
    """The last signed head, as statements print it; None while nothing is signed."""
    with store.connection() as connection:
        return read_latest(connection.cursor())


def read_latest(cursor: psycopg.Cursor[Any]) -> Head | None:
    row = cursor.execute(_LATEST).fetchone()
    return Head(*row) if row else None


def read_heads(cursor: psycopg.Cursor[Any], *, after: int = 0, limit: int = _PAGE) -> list[Head]:
    """Heads larger than `after`, the smallest first."""
    return [Head(*row) for row in cursor.execute(_HEADS, (after, limit))]


def all_heads(cursor: psycopg.Cursor[Any], *, after: int = 0) -> Iterator[Head]:
    page = read_heads(cursor, after=after)
    while page:
        yield from page
        page = read_heads(cursor, after=page[-1].size)


def read_keys(cursor: psycopg.Cursor[Any]) -> list[SigningKey]:
    """All keys that ever signed, the first one first; the last one is in use."""
    return [SigningKey(*row) for row in cursor.execute(_KEYS)]


def add_head(cursor: psycopg.Cursor[Any], head: Head) -> None:
    row = head.size, head.root, head.signed_at, head.key_number, head.note
    cursor.execute(_ADD_HEAD, row)


def add_key(cursor: psycopg.Cursor[Any], key: SigningKey) -> None:
    cursor.execute(_ADD_KEY, (key.number, key.verifier_key, key.from_size, key.since, key.note))


def unpublished(cursor: psycopg.Cursor[Any]) -> Sequence[tuple[str, str]]:
    """Object key and note of what has not been published yet: keys, then heads by size."""
    return cursor.execute(_UNPUBLISHED).fetchall()


def all_notes(cursor: psycopg.Cursor[Any]) -> Sequence[tuple[str, str]]:
    """Object key and note of everything that is, or will be, published."""
    return cursor.execute(_NOTES).fetchall()


def published(cursor: psycopg.Cursor[Any]) -> set[str]:
    """The object keys that were put into the store."""
    rows = cursor.execute("SELECT object_key FROM ledger.published_notes")
    return {object_key for (object_key,) in rows}


def mark_published(
    cursor: psycopg.Cursor[Any], object_key: str, locked_until: datetime | None
) -> None:
    cursor.execute(_PUBLISHED, (object_key, locked_until))


def head_object(size: int) -> str:
    """The object under which a head is published, and its file in an export."""
    return f"heads/{size:012}.note"


def key_object(number: int) -> str:
    return f"keys/{number:04}.note"
