"""What the clock will release of a seller's money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from mywork.domain.identifiers import SellerId


@dataclass(frozen=True, slots=True)
class Held:
    """Money of one life stage that the clock will release at a time, or that nothing will yet."""

    stage: Literal["pending", "reserve"]
    amount_minor: int
    until: datetime | None


class ReleaseScheduleTable(Protocol):
    def of(self, seller_id: SellerId, currency: str) -> Sequence[Held]:
        """By day of release, the latest moment of it; None where no deadline is known."""
