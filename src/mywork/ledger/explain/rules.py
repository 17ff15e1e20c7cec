"""Which rule posts an event: found by the types that the rules declare, so no list can go stale."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any, get_args, get_type_hints

from mywork.ledger import rules
from mywork.ledger.entry import Entry


@dataclass(frozen=True, slots=True)
class Rule:
    """`function` is its full name, `line` where it begins in its file; `sentence` says what it
    does, in the first line of its docstring."""

    function: str
    line: int
    sentence: str


@cache
def rule_of(event: type[Any]) -> Rule | None:
    """The rule that posts a class of events; None where no money moves.

    Of several that take it, the one that is made for the fewest events; one that only hands events
    on (`payout_posts`) counts where no other takes it.
    """
    taking = [(function, events) for function, events in _rules(_concept(event)) if event in events]
    narrowest = min(taking, key=lambda pair: (_hands_on(pair[0]), len(pair[1])), default=None)
    if narrowest is None:
        return None
    function = narrowest[0]
    return Rule(
        function=f"{function.__module__}.{function.__qualname__}",
        line=function.__code__.co_firstlineno,
        sentence=(inspect.getdoc(function) or "").partition("\n")[0],
    )


def _concept(event: type[Any]) -> str:
    """The module or package of its concept."""
    return ".".join(event.__module__.split(".")[:3])


def _hands_on(function: FunctionType) -> bool:
    return function.__name__.endswith("_posts")


@cache
def _rules(concept: str) -> tuple[tuple[FunctionType, tuple[type, ...]], ...]:
    """Every function that makes an entry of a concept's events, with the events that it takes."""
    return tuple(
        (function, get_args(hints["event"]) or (hints["event"],))
        for function in _functions(concept)
        for hints in [get_type_hints(function)]
        if "event" in hints and Entry in (get_args(hints["return"]) or (hints["return"],))
    )


def _functions(concept: str) -> Iterator[FunctionType]:
    """Of the modules that take anything from a concept: to import the others would take long."""
    for path in sorted(Path(rules.__path__[0]).glob("[!_]*.py")):
        if path.stem != "posting" and concept in path.read_text(encoding="utf-8"):
            module: Any = import_module(f"{rules.__name__}.{path.stem}")
            for function in vars(module).values():
                if inspect.isfunction(function) and function.__module__ == module.__name__:
                    yield function
