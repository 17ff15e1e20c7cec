"""Given some events, when a command comes, then these events, that refusal, or nothing new."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from mywork.domain.decider import Decider


@dataclass(frozen=True)
class Scenario:
    decider: Decider[Any, Any, Any]
    history: tuple[Any, ...] = ()

    def given(self, *events: Any) -> "Scenario":
        return Scenario(self.decider, (*self.history, *events))

    def when(self, command: Any) -> "Decision":
        return Decision(self.decider, self.history, command)


@dataclass(frozen=True)
class Decision:
    decider: Decider[Any, Any, Any]
    history: tuple[Any, ...]
    command: Any

    def events(self) -> Sequence[Any]:
        return tuple(self.decider.decide(self.command, self.decider.fold(self.history)))

    def then(self, *expected: Any) -> None:
        assert self.events() == expected

    def nothing_new(self) -> None:
        assert self.events() == ()

    def refused(self, error: type[Exception], saying: str | None = None) -> None:
        with pytest.raises(error, match=saying):
            self.events()
