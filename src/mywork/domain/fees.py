"""Fee schedules: what a seller bears, quoted when the order is placed and stored in its event.

A schedule is a row of a table per currency. Changing the table changes future orders only:
past amounts stand in past events.
"""

from dataclasses import dataclass

from mywork.domain.errors import CurrencyUnsupported, MoneyInvalid
from mywork.domain.money import Money, check_step, share


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


COMMISSION_BASIS_POINTS = 1_000
PROCESSING_BASIS_POINTS = 290
LARGEST_CHARGE_MINOR = 99_999_999  # Stripe takes eight digits in any currency

# The fixed part of the processing fee, the lowest price, the highest, and the payout minimum: as
# the specification has them for USD, and rounded for the others that are sold in most.
_LIMITS: dict[str, tuple[int, int, int, int]] = {
    "USD": (30, 100, 1_000_000, 1_000),
    "EUR": (25, 100, 1_000_000, 1_000),
    "GBP": (20, 100, 1_000_000, 1_000),
    "JPY": (30, 100, 1_000_000, 1_000),
    "KWD": (100, 300, 3_000_000, 3_000),
}
# Minor units that were worth about a dollar in 2026, rounded: their limits are multiples of it.
# Nothing is converted by these numbers.
_ABOUT_A_DOLLAR = {
    "AED": 400, "AUD": 150, "BGN": 180, "BHD": 400, "BIF": 3_000, "BRL": 550, "CAD": 140,
    "CHF": 100, "CLP": 1_000, "CNY": 700, "COP": 400_000, "CZK": 2_300, "DJF": 180, "DKK": 700,
    "EGP": 5_000, "GNF": 8_600, "HKD": 800, "HUF": 36_000, "IDR": 1_600_000, "ILS": 370,
    "INR": 8_500, "ISK": 140, "JOD": 700, "KES": 13_000, "KMF": 450, "KRW": 1_400, "MAD": 1_000,
    "MXN": 1_900, "MYR": 440, "NGN": 155_000, "NOK": 1_100, "NZD": 170, "OMR": 400, "PEN": 380,
    "PHP": 5_800, "PKR": 28_000, "PLN": 400, "PYG": 7_500, "RON": 460, "RWF": 1_400, "SAR": 400,
    "SEK": 1_100, "SGD": 140, "THB": 3_500, "TND": 3_000, "TRY": 4_000, "TWD": 3_200,
    "UGX": 3_700, "VND": 25_000, "VUV": 120, "XAF": 600, "XOF": 600, "XPF": 110, "ZAR": 1_800,
}  # fmt: skip


def _limits(dollar_minor: int) -> tuple[int, int, int, int]:
    highest = min(10_000 * dollar_minor, LARGEST_CHARGE_MINOR // 100 * 100)
    return dollar_minor * 3 // 10, dollar_minor, highest, 10 * dollar_minor


def _schedule(currency: str, limits: tuple[int, int, int, int]) -> FeeSchedule:
    fixed, lowest, highest, payout = limits
    return FeeSchedule(
        id=f"{currency.lower()}-2026-1",
        currency=currency,
        commission_basis_points=COMMISSION_BASIS_POINTS,
        processing_basis_points=PROCESSING_BASIS_POINTS,
        processing_fixed_minor=fixed,
        price_minimum_minor=lowest,
        price_maximum_minor=highest,
        payout_minimum_minor=payout,
    )


# The specification: 10 % commission; processing quoted at Stripe's 2.9 % + 0.30.
SCHEDULES: dict[str, FeeSchedule] = {
    currency: _schedule(currency, limits)
    for currency, limits in sorted(
        {**{code: _limits(dollar) for code, dollar in _ABOUT_A_DOLLAR.items()}, **_LIMITS}.items()
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
    check_step(price_minor, schedule.currency)


def quote(price_minor: int, schedule: FeeSchedule) -> Quote:
    """Divide a price: commission and processing fee, each half-up; the seller has the rest."""
    if price_minor == 0:
        return Quote(0, 0, 0)
    commission = share(price_minor, schedule.commission_basis_points)
    processing = share(price_minor, schedule.processing_basis_points)
    processing += schedule.processing_fixed_minor
    return Quote(price_minor - commission - processing, commission, processing)
