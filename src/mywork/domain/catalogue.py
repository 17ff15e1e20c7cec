"""Every concept, registered once: what can be asked, what can happen, and what of it moves money.

A concept is imported when one of its events is first named, for the classes of all of them take
long to make; whoever goes through them all, or asks for the decider of a command, imports all.

A name and its fields never change once released: a new meaning is a new version (`.v2`) with an
upcaster from the old one. `tests/golden/` keeps one stored example of each.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pkgutil import resolve_name
from typing import Any

from mywork.domain.decider import Decider

# The first word of its events' names, and where it is.
CONCEPTS: Mapping[str, str] = {
    "user": "user:USER",
    "seller": "seller.decider:SELLER",
    "product": "product:PRODUCT",
    "order": "order.decider:ORDER",
    "payout": "payout.decider:PAYOUT",
    "subscription": "subscription.decider:SUBSCRIPTION",
    "debt": "debt:DEBT",
    "movement": "balance_adjustment:ADJUSTMENT",
    "break": "breaks.decider:BREAK",
    "period": "period.decider:PERIOD",
    "reconciliation": "reconciliation:RECONCILIATION",
}


@cache
def concept(word: str) -> Decider[Any, Any]:
    """By the first word of its events' names; raises KeyError."""
    found: Decider[Any, Any] = resolve_name(f"{__package__}.{CONCEPTS[word]}")
    return found


def concept_of(name: str) -> Decider[Any, Any]:
    """That which an event of this name happens to; raises KeyError."""
    return concept(name.partition(".")[0])


def concepts() -> list[Decider[Any, Any]]:
    return [concept(word) for word in CONCEPTS]


@cache
def deciders() -> Mapping[type, Decider[Any, Any]]:
    """Of every command, the concept that answers it."""
    return {command: found for found in concepts() for command in found.decisions}


class _Events(Mapping[str, type]):
    def __getitem__(self, name: str) -> type:
        return concept_of(name).events[name]

    def __iter__(self) -> Iterator[str]:
        return (name for found in concepts() for name in found.events)

    def __len__(self) -> int:
        return sum(len(found.events) for found in concepts())


EVENTS: Mapping[str, type] = _Events()
