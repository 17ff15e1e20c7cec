"""Histories made by PostgreSQL in one statement, for tests of sealing that need many events."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from eventstore.catalogue import Catalogue
from eventstore.store import EventStore
from mywork.ledger.proof.records import stream_records
from mywork.ledger.proof.verify_history import grow, root_of

_EVENTS = """
INSERT INTO eventstore.events
SELECT 'test-' || n, 1, 'test.happened.v1',
       convert_to('{"data":{"n":' || n || '},"meta":{"effective_at":"2026-11-10T12:00:00Z"}}', 'UTF8'),
       n, now()
  FROM generate_series((SELECT coalesce(max(notification_id), 0) FROM eventstore.events) + 1,
                       (SELECT coalesce(max(notification_id), 0) FROM eventstore.events) + %s) n
"""  # noqa: E501


def happen(url: str, events: int) -> None:
    """Append events that post nothing, each in a stream of its own."""
    with psycopg.connect(url) as connection:
        connection.execute(_EVENTS, (events,))


def store_of(url: str) -> EventStore:
    return EventStore(url, Catalogue({}))


def root_by_hand(store: EventStore, size: int) -> bytes:
    """The root over the leaves as the records have them."""
    tree: list[tuple[int, bytes]] = []
    for record in stream_records(store, until=size):
        grow(tree, bytes.fromhex(record["leaf"]))
    return root_of(tree)


@contextmanager
def tampering(url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection of somebody who owns the server: no trigger stops them."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection
