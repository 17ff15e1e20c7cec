"""A generic event store: append, read, follow. It knows no business word.

Read in this order: `envelope` (what an event carries), `catalogue` (names and bytes),
`recorder` (the one transaction that appends), `store` (the public face), `follow`
(readers that keep a position), `migrate` (numbered SQL files).
"""

from eventstore import arrays
from eventstore.catalogue import Catalogue, Upcaster
from eventstore.envelope import Metadata, NewEvent, Recorded
from eventstore.errors import (
    AppendOutcomeUnknown,
    BrokenHistory,
    ConstraintBroken,
    EventStoreError,
    NotStorable,
    StoreUnavailable,
    StreamConflict,
    UnknownEventName,
    UnsafeConfiguration,
)
from eventstore.follow import Follower, Runner
from eventstore.migrate import Migrations, migrate, pending
from eventstore.store import EventStore, read

__all__ = [
    "AppendOutcomeUnknown",
    "BrokenHistory",
    "Catalogue",
    "ConstraintBroken",
    "EventStore",
    "EventStoreError",
    "Follower",
    "Metadata",
    "Migrations",
    "NewEvent",
    "NotStorable",
    "Recorded",
    "Runner",
    "StoreUnavailable",
    "StreamConflict",
    "UnknownEventName",
    "UnsafeConfiguration",
    "Upcaster",
    "arrays",
    "migrate",
    "pending",
    "read",
]
