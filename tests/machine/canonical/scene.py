"""A town played so that nothing hangs on the product's inside, and what people were answered.

The process dies only around calls to Stripe. How many statements of SQL the product makes is its
own affair: were a play to die at the tenth of them, it would go elsewhere after every change. And
every step takes some seconds, so that hardly two deadlines are due at the same moment, which the
product may meet in any order.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from machine.death import Fate
from machine.town import Town

MOMENTS = range(5)  # of a step at which it may die, half of them after a call
_SECONDS = 7  # of a step
Row = dict[str, Any]
T = TypeVar("T")


class FateOfCalls(Fate):
    def moment(self, where: str) -> None:
        if where.endswith("a call to Stripe"):
            super().moment(where)

    @contextmanager
    def sealed(self, moments: int) -> Iterator[None]:
        with super().sealed(moments % len(MOMENTS)):
            yield


class Scene(Town):
    """`answers` are noted as they come."""

    def __init__(self, database_url: str, seed: int, answers: list[Row]) -> None:
        self._answers = answers
        self._step, self._steps = "", 0
        super().__init__(database_url, seed, FateOfCalls())

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self._steps, self._step = self._steps + 1, name
        yield
        self.advance(seconds=_SECONDS)

    def ask(self, use: Callable[[], T]) -> T | str:
        """As the town; a refusal is noted under its name, "" is Stripe's silence."""
        answer = super().ask(use)
        said = answer if isinstance(answer, str) else "done"
        self._answers.append({"step": self._steps, "rule": self._step, "answer": said})
        return answer
