"""When to try again what failed, and what to write down about the failure."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """Each wait is twice the one before, up to the longest."""

    first: timedelta
    longest: timedelta

    def after(self, attempts: int) -> timedelta:
        """How long to wait once so many attempts have failed."""
        doublings: int = 2 ** min(max(attempts, 1) - 1, 20)
        return min(self.first * doublings, self.longest)


def note_of(error: Exception) -> str:
    """What went wrong, as a text that PostgreSQL can store."""
    told = f"{type(error).__name__}: {error}"[:500].replace("\0", "")
    return told.encode(errors="replace").decode()
