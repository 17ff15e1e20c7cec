"""Names and bytes: which event classes exist, how they are stored, how old versions are read.

The stored state is UTF-8 JSON, `{"data": {...}, "meta": {...}}`, with keys in the order of the
classes' fields, so the same event always gives the same bytes. Names (`order.paid.v1`) are our
own: a class may move or be renamed and history still reads.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from eventsourcing.persistence import StoredEvent

from eventstore.envelope import Metadata, NewEvent, Recorded
from eventstore.errors import BrokenHistory, NotStorable, UnknownEventName

T = TypeVar("T")
Data = dict[str, Any]

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # not an escaped backslash before "u0000"


@dataclass(frozen=True, slots=True)
class Upcaster:
    """Reads `old` as `new`: `change` turns the old data into the new data, purely."""

    old: str
    new: str
    change: Callable[[Data], Data]


@dataclass(frozen=True, slots=True)
class _State(Generic[T]):
    data: T
    meta: Metadata


class Catalogue:
    """The closed list of event names with their classes, and the upcasters of retired names.

    Classes are looked up as events are met, so that a mapping which makes them then costs a reader
    of few no more than those.
    """

    def __init__(self, events: Mapping[str, type], upcasters: tuple[Upcaster, ...] = ()) -> None:
        self.events = events
        self._names: dict[type, str] = {}
        self._encoder = msgspec.json.Encoder()
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {}
        self._upcasters = {upcaster.old: upcaster for upcaster in upcasters}

    def complete(self) -> None:
        """Look up and check everything now, for a process that stays; raises UnknownEventName."""
        for name in self._inverted().values():
            self._decoder(name)
        for upcaster in self._upcasters.values():
            if upcaster.old in self.events:
                raise UnknownEventName(f"{upcaster.old} is current, so it cannot be upcast")
            if upcaster.new not in self.events and upcaster.new not in self._upcasters:
                raise UnknownEventName(f"{upcaster.old} is upcast to unknown {upcaster.new}")

    def name_of(self, event_class: type) -> str:
        name = self._names.get(event_class) or self._inverted().get(event_class)
        if name is None:
            raise UnknownEventName(
                f"{event_class.__name__} is not in the catalogue; list it under a stable name"
            )
        return name

    def _inverted(self) -> dict[type, str]:
        self._names = {event: name for name, event in self.events.items()}
        if len(self._names) != len(self.events):
            raise UnknownEventName("a class is listed under two event names; give each its own")
        return self._names

    def encode(self, new: NewEvent) -> StoredEvent:
        """Raises NotStorable for what every reader would stumble over for ever: NUL, no zone."""
        name = self.name_of(type(new.event))
        if new.metadata.effective_at.tzinfo is None:
            raise NotStorable(f"{name} in {new.stream} takes effect at a time without time zone")
        state = self._encoder.encode(_State(new.event, new.metadata))
        if b"\\u0000" in state and _NUL.search(state):
            raise NotStorable(f"{name} in {new.stream} has a text with a NUL character")
        return StoredEvent(
            originator_id=new.stream,
            originator_version=new.version,
            topic=name,
            state=state,
        )

    def decode(self, row: tuple[Any, ...]) -> Recorded:
        """`row` is (position, stream, version, name, state, recorded_at)."""
        position, stream, version, name, state, recorded_at = row
        try:
            decoder = self._decoders.get(name) or self._decoder(name)
            if decoder is not None:
                stored = decoder.decode(state)
            else:
                name, stored = self._upcast(name, state)
        except msgspec.MsgspecError as error:
            raise BrokenHistory(f"event {position} ({name} in {stream}): {error}") from error
        return Recorded(position, stream, version, name, stored.data, stored.meta, recorded_at)

    def _decoder(self, name: str) -> msgspec.json.Decoder[Any] | None:
        """Made for a name that is first met; None for a retired one."""
        event = self.events.get(name)
        if event is not None:
            self._decoders[name] = msgspec.json.Decoder(_state_of(event))
        return self._decoders.get(name)

    def _upcast(self, name: str, state: bytes) -> tuple[str, _State[Any]]:
        document = msgspec.json.decode(state)
        while name not in self.events:
            upcaster = self._upcasters.get(name)
            if upcaster is None:
                raise UnknownEventName(f"{name} is not in the catalogue and has no upcaster")
            name, document["data"] = upcaster.new, upcaster.change(document["data"])
        return name, msgspec.convert(document, _state_of(self.events[name]))


def _state_of(event: type) -> Any:
    return _State[event]  # type: ignore[valid-type]
