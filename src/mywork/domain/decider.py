"""The whole theory in one type.

A decider turns a command and the state so far into events, and folds events into state. Both
functions are pure: commands carry their time, identifiers, prices and balances.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

C = TypeVar("C")
E = TypeVar("E")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Decider(Generic[C, E, S]):
    """`decide` raises a Refusal or Unforeseen, or returns () when there is nothing new.

    `stream` names the stream, and so the consistency boundary, that a command addresses.
    """

    initial: S
    decide: Callable[[C, S], Sequence[E]]
    evolve: Callable[[S, E], S]
    stream: Callable[[C], str]

    def fold(self, events: Iterable[E]) -> S:
        return reduce(self.evolve, events, self.initial)
