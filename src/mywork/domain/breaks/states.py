"""What is known of a break."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mywork.domain.breaks.words import BreakOpened, BreakSettled


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing unexplained about this object."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A refund of it: what it takes from suspense, and whether it came back."""

    amount_minor: int
    failed: bool = False
    settled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """`suspense_minor` of `currency` lies in suspense because of it."""

    opened: BreakOpened
    currency: str
    suspense_minor: int
    settlement: BreakSettled | None = None
    available: bool = False
    resolved: bool = False
    returns: Mapping[str, Returned] = field(default_factory=dict)
    maturing: Mapping[str, int] = field(default_factory=dict)  # transaction -> net, not yet due

    @property
    def may_come_again(self) -> bool:
        """An object that waited, was settled, and waits once more is the same break again."""
        return self.resolved and self.opened.kind == "unsettled_fact"


State = Absent | Known
