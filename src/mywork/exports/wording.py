"""An entry in words, for books that people read: who it is with, and what happened."""

import re
from datetime import UTC, datetime

from mywork.exports.books import BookEntry

_OWNED = re.compile(r"(?:seller|customer):([^:]+):")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def payee(entry: BookEntry) -> str:
    """The seller or customer whose account it touches; else Stripe, where its money moved."""
    for line in entry.lines:
        found = _OWNED.match(line.code)
        if found:
            return found.group(1)
    return "Stripe"


def narration(entry: BookEntry) -> str:
    """`Order paid: SaaS starter (standard licence), MW-2026-00001`."""
    concept, happened, _ = entry.event.split(".")
    text = f"{concept.capitalize()} {happened.replace('_', ' ')}"
    if entry.placed is None:
        return text
    placed = entry.placed
    return f"{text}: {placed.product_title} ({placed.licence} licence), {placed.order_number}"


def one_line(text: str) -> str:
    """Control characters and line ends as single spaces."""
    return _CONTROL.sub(" ", text).strip()


def moment(at: datetime) -> str:
    """`2026-11-10T12:01:00.000000Z`: UTC, always six digits of a second."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def day(at: datetime) -> str:
    """The day in UTC, as in `2026-11-10`."""
    return at.astimezone(UTC).date().isoformat()
