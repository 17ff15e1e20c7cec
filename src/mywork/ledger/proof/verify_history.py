"""Verify an exported history, with nothing but Python's standard library.

A record is one JSON object a line: `position`, `name`, `stream`, `version`, `recorded_at`,
`effective_at`, `state` (the stored text), `entry` (null, or `effective_at`, `booked_at`, `period`
and `postings`, each with `account`, `currency`, `amount_minor`, `object_id`) and `leaf`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any


def leaf_bytes(record: Mapping[str, Any]) -> bytes:
    """What a record's leaf covers: a netstring of each field, so no two records have the same."""
    return b"".join(b"%d:%b," % (len(field), field) for field in _sealed_fields(record))


def leaf_hash(record: Mapping[str, Any]) -> bytes:
    """RFC 6962: SHA-256 of a zero byte and the leaf's bytes."""
    return hashlib.sha256(b"\0" + leaf_bytes(record)).digest()


def _sealed_fields(record: Mapping[str, Any]) -> Iterator[bytes]:
    yield b"mywork.event.v1"
    for name in ("position", "name", "stream", "version", "recorded_at", "effective_at"):
        yield str(record[name]).encode()
    yield hashlib.sha256(record["state"].encode()).hexdigest().encode()
    entry = record["entry"]
    if entry is not None:
        for name in ("effective_at", "booked_at", "period"):
            yield entry[name].encode()
        for posting in entry["postings"]:
            for name in ("account", "currency", "amount_minor", "object_id"):
                yield str(posting[name]).encode()
