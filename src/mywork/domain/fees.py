"""Fee schedules: what a seller bears, quoted when the order is placed and stored in its event.

A schedule is a row of a table per currency. Changing the table changes future orders only:
past amounts stand in past events.
"""

from dataclasses import dataclass

from mywork.domain.errors import CurrencyUnsupported, MoneyInvalid
from mywork.domain.money import Money, share


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """Rates in basis points (1/100 of a per cent), fixed parts and limits in minor units."""

    id: str
    currency: str
    commission_basis_points: int
    processing_basis_points: int
    processing_fixed_minor: int
    price_minimum_minor: int
    price_maximum_minor: int
    payout_minimum_minor: int


@dataclass(frozen=True, slots=True)
class Quote:
    """How a price is divided; the three parts sum to the price."""

    seller_share_minor: int
    commission_minor: int
    processing_fee_minor: int


@dataclass(frozen=True, slots=True)
class ReserveTerms:
    """A share of the seller's money, in basis points, kept for `days` after the hold."""

    basis_points: int
    days: int = 30


NO_RESERVE = ReserveTerms(0)


def _schedule(currency: str, fixed: int, minimum: int, maximum: int, payout: int) -> FeeSchedule:
    return FeeSchedule(
        id=f"{currency.lower()}-2026-1",
        currency=currency,
        commission_basis_points=1_000,
        processing_basis_points=290,
        processing_fixed_minor=fixed,
        price_minimum_minor=minimum,
        price_maximum_minor=maximum,
        payout_minimum_minor=payout,
    )


# The specification: 10 % commission; processing quoted at Stripe's 2.9 % + 0.30.
SCHEDULES: dict[str, FeeSchedule] = {
    schedule.currency: schedule
    for schedule in (
        _schedule("USD", 30, 100, 1_000_000, 1_000),
        _schedule("EUR", 25, 100, 1_000_000, 1_000),
        _schedule("GBP", 20, 100, 1_000_000, 1_000),
        _schedule("JPY", 30, 100, 1_000_000, 1_000),
        _schedule("KWD", 100, 300, 3_000_000, 3_000),
    )
}


def schedule_for(currency: str) -> FeeSchedule:
    try:
        return SCHEDULES[currency]
    except KeyError:
        raise CurrencyUnsupported(
            f"{currency!r} is not a currency we sell in; use one of {', '.join(sorted(SCHEDULES))}"
        ) from None


def check_price(price_minor: int, schedule: FeeSchedule) -> None:
    """A price is 0 (free) or within the schedule's limits."""
    within = schedule.price_minimum_minor <= price_minor <= schedule.price_maximum_minor
    if price_minor != 0 and not within:
        lowest = Money(schedule.price_minimum_minor, schedule.currency)
        highest = Money(schedule.price_maximum_minor, schedule.currency)
        raise MoneyInvalid(f"a price is 0 or between {lowest} and {highest}")


def quote(price_minor: int, schedule: FeeSchedule) -> Quote:
    """Divide a price: commission and processing fee, each half-up; the seller has the rest."""
    if price_minor == 0:
        return Quote(0, 0, 0)
    commission = share(price_minor, schedule.commission_basis_points)
    processing = share(price_minor, schedule.processing_basis_points)
    processing += schedule.processing_fixed_minor
    return Quote(price_minor - commission - processing, commission, processing)
