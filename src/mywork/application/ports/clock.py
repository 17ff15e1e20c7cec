"""Business time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Business time. Signatures, tokens and leases use real time instead."""

    def now(self) -> datetime: ...

    def stamp(self) -> datetime | None:
        """The time to record events under; None leaves it to the database's clock."""
