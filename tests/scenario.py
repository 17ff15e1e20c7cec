"""Given some events, when a command comes, then these events, that refusal, or nothing new."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import zip_longest
from typing import Any

import pytest

from mywork.domain.decider import Decider


@dataclass(frozen=True)
class Scenario:
    decider: Decider[Any, Any]
    history: tuple[Any, ...] = ()

    def given(self, *events: Any) -> "Scenario":
        return Scenario(self.decider, (*self.history, *events))

    def when(self, command: Any) -> "Decision":
        return Decision(self.decider, self.history, command)


@dataclass(frozen=True)
class Decision:
    decider: Decider[Any, Any]
    history: tuple[Any, ...]
    command: Any

    def events(self) -> Sequence[Any]:
        return tuple(self.decider.decide(self.command, self.decider.fold(self.history)))

    def then(self, *expected: Any) -> None:
        found = self.events()
        assert found == expected, "\n".join(difference(found, expected))

    def nothing_new(self) -> None:
        self.then()

    def refused(self, error: type[Exception], saying: str | None = None) -> None:
        with pytest.raises(error, match=saying):
            self.events()


def difference(found: Sequence[Any], expected: Sequence[Any]) -> Iterator[str]:
    """Event by event, field by field."""
    for number, (event, wanted) in enumerate(zip_longest(found, expected), start=1):
        yield from _differing(f"event {number}, {type(event).__name__}", event, wanted)


def _differing(where: str, found: Any, expected: Any) -> Iterator[str]:
    if is_dataclass(found) and type(found) is type(expected):
        for field in fields(found):
            name = field.name
            yield from _differing(f"{where}.{name}", getattr(found, name), getattr(expected, name))
    elif found != expected:
        yield f"{where}: {found!r}, expected {expected!r}"
