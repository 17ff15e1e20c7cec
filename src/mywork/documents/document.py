"""The core of every document: its fields in one order, money exact, times in UTC.

The bytes of a document depend on its values alone. What is read back from them is the same
document, to the last digit.
"""

import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, Inexact
from typing import Annotated, Any, Generic, TypeVar, dataclass_transform, get_args, overload

import msgspec
from msgspec import Meta

from mywork.domain.money import exponent

T = TypeVar("T")
CURSOR = "WyIyMDI2LTExLTEwVDEyOjAwOjAwWiIsIjAxOTlhYTAwIl0"  # of an example

# A title makes a schema of its own of what stands in many documents.
Amount = Annotated[
    Decimal, Meta(title="Amount", description="Exact, with the digits that its currency has.")
]
Currency = Annotated[
    str, Meta(title="Currency", description="ISO 4217.", pattern="^[A-Z]{3}$", examples=["USD"])
]
Id = Annotated[
    str, Meta(title="Id", description="Opaque: to be compared, and never to be taken apart.")
]
Moment = Annotated[
    datetime, Meta(title="Moment", description="In UTC, to the whole second.", tz=True)
]


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Document(msgspec.Struct, frozen=True, kw_only=True):
    """Fields are sent in the order of their definition, all of them, null where nothing is known.

    A field with a default is one that is really left out.
    """


class Page(Document, Generic[T]):
    """A page of a list. `next_cursor` asks for the next one; it is null at the end."""

    data: tuple[T, ...]
    next_cursor: str | None


# Rows are made by the million: a multiplication costs a fifth of what a text in between does.
_UNITS = tuple(Decimal((0, (1,), -digits)) for digits in range(4))
_EXACTLY = Context(prec=100, traps=[Inexact])
# Maps have no order of their own: a row that went through jsonb has another one.
_ENCODER = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def encode(document: Document | Mapping[str, Any]) -> bytes:
    """JSON, ready to be sent or stored."""
    return _ENCODER.encode(document)


def prepared(documents: Iterable[str]) -> Any:
    """Documents that were encoded before, to be sent within another one as they are."""
    return msgspec.Raw(f"[{','.join(documents)}]".encode())


def exact(amount_minor: int, currency: str) -> Decimal:
    """29900 USD -> 299.00, 100 JPY -> 100; never through a float."""
    return _EXACTLY.multiply(amount_minor, _UNITS[exponent(currency)])


def money(name: str, amount_minor: int, currency: str) -> dict[str, Any]:
    """The two fields of an amount: `amount` as people write it, `amount_minor` as it is stored."""
    return {name: exact(amount_minor, currency), f"{name}_minor": amount_minor}


@overload
def moment(at: datetime) -> datetime: ...
@overload
def moment(at: datetime | None) -> datetime | None: ...
def moment(at: datetime | None) -> datetime | None:
    """Sent as `2026-11-24T12:00:00Z`; what is less than a second is cut off."""
    if at is None:
        return None
    # A row comes back from PostgreSQL in the session's time zone, whatever that is.
    in_utc = at.astimezone(UTC)
    return in_utc - in_utc.microsecond * timedelta.resolution if in_utc.microsecond else in_utc


def example(kind: Any) -> Any:
    """The instance of a class that stands below it in its module; a page has one on it."""
    if inside := get_args(kind):
        return Page(data=(example(inside[0]),), next_cursor=CURSOR)
    stand_there = vars(sys.modules[kind.__module__]).values()
    return next(value for value in stand_there if type(value) is kind)
