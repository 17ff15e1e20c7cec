"""A notice, and the words that all of them share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from mywork.domain.identifiers import UserId
from mywork.domain.money import Money
from mywork.domain.user import Role

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who holds one of these roles."""

    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One short plain text; `subject` is a single line."""

    to: UserId | Staff
    subject: str
    text: str


# An event and what its stream had said before it, to the notices of it.
Write = Callable[[Any, Sequence[Any]], Sequence[Notice]]

FINANCE = Staff(("finance", "admin"))


def last(kind: type[E], events: Sequence[Any], **fields: str) -> E:
    """The latest event of a kind whose fields have these values; the stream must have one."""
    for event in reversed(events):
        if isinstance(event, kind) and all(getattr(event, k) == v for k, v in fields.items()):
            return event
    raise LookupError(f"no {kind.__name__} with {fields} came before")


def amount(amount_minor: int, currency: str) -> str:
    """`260.13 USD`."""
    return str(Money(amount_minor, currency))
