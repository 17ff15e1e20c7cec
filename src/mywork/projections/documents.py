"""JSON that is prepared once and sent as it is: money exact, times with their zone."""

from datetime import UTC, datetime
from typing import Any

import orjson

from mywork.domain.money import decimal_text


def document(fields: dict[str, Any]) -> bytes:
    return orjson.dumps(fields)


def money(name: str, amount_minor: int, currency: str) -> dict[str, Any]:
    """`{"amount": 299.00, "amount_minor": 29900}`: the number is written from the integer."""
    return {name: exact(amount_minor, currency), f"{name}_minor": amount_minor}


def exact(amount_minor: int, currency: str) -> orjson.Fragment:
    """A JSON number with the currency's own digits, never through a float."""
    return orjson.Fragment(decimal_text(amount_minor, currency))


def moment(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, as in `2026-11-24T12:00:00Z`."""
    # A row comes back from PostgreSQL in the session's time zone, whatever that is.
    return f"{at.astimezone(UTC).isoformat()[:19]}Z" if at is not None else None
