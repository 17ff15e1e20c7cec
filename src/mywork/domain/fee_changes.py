"""Other fees than those that were quoted: what a what-if asks for, in percentages and amounts.

Written as `commission=12%`, with more parts behind commas, each for one currency alone where it
says so: `commission=12%,USD.fixed=0.50`. What is not named stays as it was quoted.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mywork.domain.errors import FeeScheduleInvalid, MyWorkError
from mywork.domain.fees import Quote, schedule_for
from mywork.domain.money import Money, parse, share

_RATE = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?\s*%")
_NAMES = {
    "commission": "commission_basis_points",
    "processing": "processing_basis_points",
    "fixed": "processing_fixed_minor",
}
_EXAMPLE = "write it like commission=12%,USD.fixed=0.50"


@dataclass(frozen=True, slots=True)
class FeeChange:
    """Rates in basis points, the fixed part in minor units; None where nothing changes.

    Of the processing fee the rate and the fixed part go together: where only one is changed, the
    other is today's.
    """

    commission_basis_points: int | None = None
    processing_basis_points: int | None = None
    processing_fixed_minor: int | None = None

    def requoted(self, quoted: Quote, currency: str) -> Quote:
        """How a price is divided under these fees; raises FeeScheduleInvalid."""
        price_minor = sum(
            (quoted.seller_share_minor, quoted.commission_minor, quoted.processing_fee_minor)
        )
        commission = quoted.commission_minor
        if self.commission_basis_points is not None:
            commission = share(price_minor, self.commission_basis_points)
        processing = self._processing(price_minor, quoted, currency)
        if commission + processing > price_minor:
            fees = Money(commission + processing, currency)
            raise FeeScheduleInvalid(
                f"the fees of {fees} exceed a price of {Money(price_minor, currency)}"
            )
        return Quote(price_minor - commission - processing, commission, processing)

    def _processing(self, price_minor: int, quoted: Quote, currency: str) -> int:
        rate, fixed = self.processing_basis_points, self.processing_fixed_minor
        if rate is None and fixed is None:
            return quoted.processing_fee_minor
        today = schedule_for(currency)
        rate = today.processing_basis_points if rate is None else rate
        fixed = today.processing_fixed_minor if fixed is None else fixed
        return share(price_minor, rate) + fixed


@dataclass(frozen=True, slots=True)
class FeeChanges:
    """By currency; `every` is for all currencies that have none of their own."""

    every: FeeChange = FeeChange()
    by_currency: Mapping[str, FeeChange] | None = None

    def of(self, currency: str) -> FeeChange:
        return (self.by_currency or {}).get(currency, self.every)


def parse_expression(text: str) -> FeeChanges:
    """From `commission=12%,USD.fixed=0.50`; raises FeeScheduleInvalid."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return _changes(part.partition("=")[::2] for part in parts)


def parse_document(document: Any) -> FeeChanges:
    """From JSON: `{"commission": "12%", "USD": {"fixed": "0.50"}}`; raises FeeScheduleInvalid."""
    if not isinstance(document, Mapping):
        raise FeeScheduleInvalid('a fee schedule is a JSON object such as {"commission": "12%"}')
    parts: list[tuple[str, str]] = []
    for name, value in document.items():
        if isinstance(value, Mapping):
            parts += [(f"{name}.{inner}", str(given)) for inner, given in value.items()]
        else:
            parts.append((str(name), str(value)))
    return _changes(parts)


def _changes(parts: Iterable[tuple[str, str] | list[str]]) -> FeeChanges:
    every, own = FeeChange(), dict[str, FeeChange]()
    given = [(name.strip(), value.strip()) for name, value in parts]
    for name, value in sorted(given, key=lambda part: "." in part[0]):
        currency, _, what = name.rpartition(".")
        if not currency:
            every = _with(every, what, value, currency)
        else:
            own[currency] = _with(own.get(currency, every), what, value, currency)
    if not given:
        raise FeeScheduleInvalid(f"no fee is named; {_EXAMPLE}")
    return FeeChanges(every, own)


def _with(change: FeeChange, what: str, value: str, currency: str) -> FeeChange:
    if what not in _NAMES:
        raise FeeScheduleInvalid(f"{what!r} is not one of {', '.join(_NAMES)}; {_EXAMPLE}")
    if what == "fixed":
        return replace(change, processing_fixed_minor=_fixed(value, currency))
    return replace(change, **{_NAMES[what]: _rate(value)})


def _fixed(value: str, currency: str) -> int:
    if not currency:
        raise FeeScheduleInvalid("a fixed fee is of one currency: USD.fixed=0.50")
    try:
        schedule_for(currency)
        amount_minor = parse(value, currency).amount_minor
    except MyWorkError as error:
        raise FeeScheduleInvalid(f"{currency}.fixed: {error}") from error
    if amount_minor < 0:
        raise FeeScheduleInvalid(f"{currency}.fixed: a fee is not negative")
    return amount_minor


def _rate(value: str) -> int:
    found = _RATE.fullmatch(value)
    if found is None:
        raise FeeScheduleInvalid(f"{value!r} is not a rate such as 12% or 2.9%; {_EXAMPLE}")
    basis_points = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
    if basis_points > 10_000:
        raise FeeScheduleInvalid(f"{value!r} is more than the whole price")
    return basis_points
