"""What is known of a break."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mywork.domain.breaks.difference import DifferenceFound
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
class Resolution:
    """What a person's explanation moved: `amount_minor` from `source` to `account`."""

    source: str
    account: str
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Known:
    """`suspense_minor` of `currency` lies in suspense because of it.

    `ended` says that it was resolved because the difference itself has gone; `resolution` is
    what reopening it gives back.
    """

    opened: BreakOpened | DifferenceFound
    currency: str
    suspense_minor: int
    settlement: BreakSettled | None = None
    available: bool = False
    resolved: bool = False
    returns: Mapping[str, Returned] = field(default_factory=dict)
    maturing: Mapping[str, int] = field(default_factory=dict)  # transaction -> net, not yet due
    owner: str = ""
    ended: bool = False
    resolution: Resolution | None = None

    @property
    def may_come_again(self) -> bool:
        """What waited, or differed, and does so once more is the same break again."""
        return self.resolved and self.opened.kind in {"unsettled_fact", "history_differs"}


State = Absent | Known
