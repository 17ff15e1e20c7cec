"""Commands and vendor calls as rows keep them: like events, by a stable name and as JSON.

A name is the class's, in small letters (`ReleaseFunds`: `release_funds`). Rows outlive a release,
so a class that was ever stored keeps its name and its fields.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, cast, get_args

import msgspec

from mywork.application.commands import stream_of
from mywork.application.outbox.calls import Call, SendNotice
from mywork.domain.catalogue import deciders
from mywork.domain.decider import Command

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class Unreadable(ValueError):
    """A row that names nothing of ours, or does not hold what its name says."""


@dataclass(frozen=True, slots=True)
class Stored:
    """`body` is JSON; `stream` says whom it concerns."""

    name: str
    stream: str
    body: str

    def read(self) -> Command | Call:
        """Raises Unreadable."""
        kind = _kinds().get(_FORMERLY.get(self.name, self.name))
        if kind is None:
            raise Unreadable(f"no command or call is named {self.name}")
        try:
            return cast("Command | Call", _decoder(kind).decode(self.body))
        except msgspec.MsgspecError as error:
            raise Unreadable(f"{self.name} of {self.stream}: {error}") from error

    def read_command(self) -> Command:
        """Raises Unreadable, also where it is a vendor call."""
        asked = self.read()
        if isinstance(asked, Call):
            raise Unreadable(f"{self.name} of {self.stream} is a call, and no command")
        return asked


def stored_command(command: Command) -> Stored:
    return _stored(command, stream_of(command))


def stored_call(call: Call, stream: str) -> Stored:
    """`stream` is that of the event that asks for the call."""
    return _stored(call, stream)


def name_of(kind: type) -> str:
    return _WORD.sub("_", kind.__name__).lower()


SEND_NOTICE = name_of(SendNotice)
# Classes that were renamed after rows of theirs had been stored.
_FORMERLY = {"make_movement_available": "make_adjustment_available"}


def _stored(asked: Command | Call, stream: str) -> Stored:
    return Stored(name_of(type(asked)), stream, msgspec.json.encode(asked).decode())


@cache
def _kinds() -> dict[str, type]:
    return {name_of(kind): kind for kind in (*deciders(), *get_args(Call))}


@cache
def _decoder(kind: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
