"""What is known of a break."""

from dataclasses import dataclass

from mywork.domain.breaks.difference_messages import DifferenceFound
from mywork.domain.breaks.explanation_messages import BreakOpened
from mywork.domain.charge.state import Charge


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing unexplained about this object."""


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

    `charge` is a payment that nobody expected, or another movement: all of it is shared by
    suspense alone, and its refunds return it. `ended` says that it was resolved because the
    difference itself has gone; `resolution` is what reopening it gives back.
    """

    opened: BreakOpened | DifferenceFound
    charge: Charge[None, None]
    currency: str
    suspense_minor: int
    resolved: bool = False
    owner: str = ""
    ended: bool = False
    resolution: Resolution | None = None

    @property
    def may_come_again(self) -> bool:
        """What waited, or differed, and does so once more is the same break again."""
        return self.resolved and self.opened.kind in {"unsettled_fact", "history_differs"}


BreakState = Absent | Known
