"""The one write path: read, decide, post, append; the only place that commits facts.

A batch of commands is one read and one commit. Neither a refused command nor one that fails in a
way nobody foresaw sinks the others; a conflict makes the batch decide again on what is there now;
and a command that was already committed (same command id in its stream) is recognised, so sending
it again is always safe.
"""

import logging
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from eventstore.envelope import NewEvent, Recorded
from eventstore.errors import (
    AppendOutcomeUnknown,
    ConstraintBroken,
    EventStoreError,
    StoreUnavailable,
    StreamConflict,
)
from eventstore.store import EventStore
from mywork.application.commands import Envelope
from mywork.application.ports.clock import Clock
from mywork.domain.decider import Decider
from mywork.domain.errors import Conflict, MyWorkError
from mywork.ledger.book import Book, Page, refusal_of
from mywork.ledger.entry import Entry
from mywork.ledger.periods.periods import Closing, closing_of

logger = logging.getLogger(__name__)

ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command: events appended now, nothing new, or an error.

    `position` is that of the command's last event, 0 when it added nothing. An error that is none
    of ours is a fault of this command alone, such as an amount that no column holds.
    """

    envelope: Envelope
    events: tuple[Any, ...] = ()
    position: int = 0
    error: Exception | None = None

    @property
    def command_id(self) -> str:
        return self.envelope.metadata.command_id


Alongside = Callable[[psycopg.Cursor[Any], Sequence[Outcome]], None]


@dataclass(slots=True)
class _Stream:
    """A stream's state while a batch is being decided."""

    decider: Decider[Any, Any]
    state: Any
    version: int
    positions: dict[str, int]  # command id -> position of its last event

    @classmethod
    def folded(cls, decider: Decider[Any, Any], history: Iterable[Recorded]) -> "_Stream":
        stream = cls(decider, decider.initial, 0, {})
        for recorded in history:
            stream.state = decider.evolve(stream.state, recorded.event)
            stream.version = recorded.version
            stream.positions[recorded.metadata.command_id] = recorded.position
        return stream


def _rules() -> Callable[[Any], Entry | None]:
    """Imported with the first batch: they know every concept that moves money; readers need few."""
    from mywork.ledger.rules.posting import post

    return post


@dataclass(slots=True)
class _Batch:
    """What will be appended, and where each command's events begin and end in it."""

    post: Callable[[Any], Entry | None] = field(default_factory=_rules)
    events: list[NewEvent] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def decide(self, envelope: Envelope, stream: _Stream) -> None:
        metadata = envelope.metadata
        events: tuple[Any, ...] = ()
        entries: list[Entry | None] = []
        error: MyWorkError | None = None
        position = stream.positions.get(metadata.command_id, 0)
        if not position:
            try:
                decided = tuple(stream.decider.decide(envelope.command, stream.state))
                entries = [self.post(event) for event in decided]
                events = decided
            except MyWorkError as refusal:
                error = refusal
        for event, entry in zip(events, entries, strict=True):
            self._add(envelope, stream, event, entry)
        self.outcomes.append(Outcome(envelope, events, max(position, 0), error))
        self.ends.append(len(self.events))

    def _add(self, envelope: Envelope, stream: _Stream, event: Any, entry: Entry | None) -> None:
        if entry is not None:
            self.pages.append(Page(len(self.events), envelope.metadata.effective_at, entry))
        elif (closing := closing_of(len(self.events), event)) is not None:
            self.closings.append(closing)
        stream.version += 1
        stream.state = stream.decider.evolve(stream.state, event)
        stream.positions[envelope.metadata.command_id] = -1  # known, position still unknown
        self.events.append(NewEvent(envelope.stream, stream.version, event, envelope.metadata))

    def placed(self, positions: Sequence[int]) -> list[Outcome]:
        """The outcomes with their positions filled in."""
        return [
            Outcome(outcome.envelope, outcome.events, positions[end - 1])
            if outcome.events
            else outcome
            for outcome, end in zip(self.outcomes, self.ends, strict=True)
        ]


class Handler:
    def __init__(self, store: EventStore, book: Book, clock: Clock) -> None:
        self._store = store
        self._book = book
        self._clock = clock

    def handle(self, envelope: Envelope, *, alongside: Alongside | None = None) -> Outcome:
        """Commit one command; raises its Refusal, Unforeseen or Conflict, or whatever failed."""
        outcome = self.handle_many([envelope], alongside=alongside)[0]
        if outcome.error is not None:
            raise outcome.error
        return outcome

    def handle_many(
        self, envelopes: Sequence[Envelope], *, alongside: Alongside | None = None
    ) -> list[Outcome]:
        """Commit many commands at once; each outcome holds its own error, if any.

        `alongside` writes in the same transaction, told every outcome; it runs also when no
        command had anything new to say. Raises StoreUnavailable when the database is down.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self._commit(self._decide(envelopes), alongside)
            except (StreamConflict, AppendOutcomeUnknown):
                # Deciding again recognises our own command ids, should the commit have passed.
                time.sleep(random.random() * 0.002 * 2**attempt)  # noqa: S311
            except StoreUnavailable:
                raise
            except Exception as fault:
                if not envelopes:
                    raise
                if len(envelopes) == 1:
                    return [Outcome(envelopes[0], error=_error_of(envelopes[0], fault))]
                break
        if len(envelopes) == 1:
            late = Conflict("others were faster again and again; send the same request once more")
            return [Outcome(envelopes[0], error=late)]
        return [
            outcome
            for envelope in envelopes
            for outcome in self.handle_many([envelope], alongside=alongside)
        ]

    def state(self, decider: Decider[Any, Any], stream: str) -> Any:
        """The present state of one stream, for use cases that need another boundary's word."""
        history = self._store.read([stream])[stream]
        return decider.fold(recorded.event for recorded in history)

    def histories(self, streams: Sequence[str]) -> dict[str, list[Recorded]]:
        """What happened in each of some streams, for use cases that must know when."""
        return self._store.read(streams)

    def _decide(self, envelopes: Sequence[Envelope]) -> _Batch:
        names = [envelope.stream for envelope in envelopes]
        histories = self._store.read(names)
        streams: dict[str, _Stream] = {}
        batch = _Batch()
        for name, envelope in zip(names, envelopes, strict=True):
            if name not in streams:
                streams[name] = _Stream.folded(envelope.decider, histories[name])
            batch.decide(envelope, streams[name])
        return batch

    def _commit(self, batch: _Batch, alongside: Alongside | None) -> list[Outcome]:
        if not batch.events:
            return self._commit_nothing(batch, alongside)
        self._book.open_accounts(batch.pages)

        def write(cursor: psycopg.Cursor[Any], positions: Sequence[int]) -> None:
            self._book.write(cursor, positions, batch.pages, batch.closings)
            if alongside is not None:
                alongside(cursor, batch.placed(positions))

        positions = self._store.append(
            batch.events, alongside=write, recorded_at=self._clock.stamp()
        )
        return batch.placed(positions)

    def _commit_nothing(self, batch: _Batch, alongside: Alongside | None) -> list[Outcome]:
        if alongside is not None:
            with self._store.transaction() as cursor:
                alongside(cursor, batch.outcomes)
        return batch.outcomes


def _error_of(envelope: Envelope, fault: Exception) -> Exception:
    """The refusal that a broken bound means; anything else is a fault and stays one."""
    refusal = refusal_of(fault) if isinstance(fault, ConstraintBroken) else None
    if refusal is None and not isinstance(fault, MyWorkError | EventStoreError):
        name, command_id = type(envelope.command).__name__, envelope.metadata.command_id
        logger.error("%s %s fails", name, command_id, exc_info=fault)
    return refusal or fault
