"""The rules by name, how often each is played, and what they have in common."""

from collections.abc import Callable, Collection, Iterable
from random import Random
from typing import Any, TypeVar

from machine.town import Town

T = TypeVar("T")
Rule = Callable[[Town, Random], None]
RULES: dict[str, Rule] = {}
WEIGHTS: dict[str, int] = {}
RECENT = 40  # things of the past that people still deal with


def rule(weight: int) -> Callable[[Rule], Rule]:
    def register(step: Rule) -> Rule:
        RULES[step.__name__], WEIGHTS[step.__name__] = step, weight
        return step

    return register


def one_of(chance: Random, things: Iterable[T]) -> T | None:
    """One of the most recent, or none."""
    found = list(things)[-RECENT:]
    return chance.choice(found) if found else None


def agreed(answer: Any, expected: Collection[str], perhaps: Collection[str] = ()) -> None:
    """The product refuses if and only if the model does, for a reason that the model has.

    `perhaps` are reasons that it may know a moment later.
    """
    if isinstance(answer, str):
        if answer:  # else Stripe did not answer, and nobody knows
            known = {*expected, *perhaps}
            assert answer in known, f"refused: {answer}; the model has {known}"
    else:
        assert not expected, f"not refused, yet the model has {expected}: {answer}"
