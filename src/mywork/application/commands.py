"""The envelope a command travels in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eventstore.envelope import Metadata
from mywork.domain.catalogue import deciders
from mywork.domain.decider import Command, Decider
from mywork.domain.identifiers import new_id


def stream_of(command: Command) -> str:
    """The stream that it addresses."""
    return deciders()[type(command)].stream(command)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A command with who, why and what caused it. Its events carry the same metadata."""

    command: Command
    metadata: Metadata

    @property
    def decider(self) -> Decider[Any, Any]:
        return deciders()[type(self.command)]

    @property
    def stream(self) -> str:
        return stream_of(self.command)


def envelope(
    command: Command,
    *,
    actor: str,
    command_id: str = "",
    reason: str = "",
    causation: str = "",
    correlation: str = "",
) -> Envelope:
    """Wrap a command; its events take effect at the command's own time."""
    at: datetime = command.at
    identifier = command_id or new_id()
    return Envelope(
        command,
        Metadata(
            actor=actor,
            command_id=identifier,
            effective_at=at,
            reason=reason,
            causation=causation,
            correlation=correlation or causation or identifier,
        ),
    )
