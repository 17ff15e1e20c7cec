"""Business time in production: the system's clock for deciding, the database's for recording."""

from datetime import UTC, datetime


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def stamp(self) -> datetime | None:
        """None: PostgreSQL's own clock, one for every process."""
        return None
