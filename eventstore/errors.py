"""What can go wrong in the event store.

EventStoreError
├── StreamConflict         somebody else wrote that stream version first: read, decide again
├── ConstraintBroken       a constraint of the same transaction refused; nothing was written
├── NotStorable            a value that PostgreSQL cannot keep; nothing was written
├── StoreUnavailable       the database is down, slow or locked; nothing is known to be written
│   └── AppendOutcomeUnknown   the connection broke during commit: look for the command id
├── UnknownEventName       an event has a name that the catalogue does not list
├── BrokenHistory          stored bytes do not decode as the event they claim to be
└── UnsafeConfiguration    a setting would lose events; refuse to start
"""


class EventStoreError(Exception):
    """Base of every error raised by this package."""


class StreamConflict(EventStoreError):
    """Another writer appended this version of the stream first.

    `stream` names the stream where PostgreSQL told us; empty when it did not.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(f"another writer appended to {stream or 'a stream of this batch'} first")
        self.stream = stream


class ConstraintBroken(EventStoreError):
    """A constraint or trigger of the same transaction refused: events and hook rolled back.

    `sqlstate`, `constraint` and `detail` are PostgreSQL's own, for the caller to translate.
    """

    def __init__(self, sqlstate: str, constraint: str, detail: str) -> None:
        super().__init__(f"{constraint or sqlstate}: {detail}")
        self.sqlstate = sqlstate
        self.constraint = constraint
        self.detail = detail


class NotStorable(EventStoreError, ValueError):
    """A number beyond its column, or a text with a NUL character, which only JSON can hold."""


class StoreUnavailable(EventStoreError):
    """The database cannot be reached, or the append lock was not had in time."""


class AppendOutcomeUnknown(StoreUnavailable):
    """The connection was lost while committing: the events are there whole, or not at all."""


class UnknownEventName(EventStoreError):
    """An event's name or class is not in the catalogue."""


class BrokenHistory(EventStoreError):
    """The stored bytes of an event do not decode as its name promises."""


class UnsafeConfiguration(EventStoreError):
    """A setting of the underlying library would silently lose events."""
