"""Words that texts share wherever people read them: days and minutes, in UTC."""

from datetime import UTC, datetime


def day(at: datetime) -> str:
    """`17 November 2026`."""
    moment = at.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y}"


def minute(at: datetime) -> str:
    """`17 November 2026, 12:01 UTC`."""
    return f"{day(at)}, {at.astimezone(UTC):%H:%M} UTC"
