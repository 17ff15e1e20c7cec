"""The whole theory in one type, and a concept's only registration.

A decider turns a command and the state so far into events, and folds events into state. Both
functions are pure: commands carry their time, identifiers, prices and balances.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any, Generic, Protocol, TypeVar, cast

E = TypeVar("E")
S = TypeVar("S")
Decisions = dict[type, Callable[[Any, Any], Sequence[Any]]]  # command -> what answers it


class Command(Protocol):
    """What is asked of a concept; `at` is when."""

    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider(Generic[E, S]):
    """Everything that the rest of the house knows of a concept.

    `decisions` are its commands, each with the function that answers it: it raises a Refusal or
    Unforeseen, or returns () when there is nothing new. `stream` names the stream, and so the
    consistency boundary, that a command addresses. `events` are its events under the names that
    they keep for ever: a new meaning is a new version (`.v2`), read by an upcaster from the old.
    `money` are those that move money; one that tells of amounts and moves none says why in `still`.
    """

    initial: S
    decisions: Decisions
    evolve: Callable[[S, E], S]
    stream: Callable[[Any], str]
    events: Mapping[str, type]
    money: Sequence[type] = ()
    still: Mapping[type, str] = field(default_factory=dict)

    def decide(self, command: Command, state: S) -> Sequence[E]:
        return cast("Sequence[E]", self.decisions[type(command)](command, state))

    def fold(self, events: Iterable[E]) -> S:
        return reduce(self.evolve, events, self.initial)
