"""Rates, half-up rounding and the largest-remainder split, in exact fractions."""

from fractions import Fraction
from math import floor

COMMISSION, PROCESSING = Fraction(10, 100), Fraction(29, 1000)
PROCESSING_FIXED = {"USD": 30, "EUR": 25, "GBP": 20, "JPY": 30, "KWD": 100}
PAYOUT_MINIMUM = {"USD": 1_000, "EUR": 1_000, "GBP": 1_000, "JPY": 1_000, "KWD": 3_000}
LAST_DIGIT_ZERO = {"KWD"}  # of charges, refunds and payouts


def half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


def divided(price: int, currency: str) -> tuple[int, int, int]:
    """The seller's part, the commission, the quoted processing fee; together the price."""
    if not price:
        return 0, 0, 0
    commission = half_up(price * COMMISSION)
    processing = half_up(price * PROCESSING) + PROCESSING_FIXED[currency]
    return price - commission - processing, commission, processing


def split(amount: int, *weights: int) -> list[int]:
    """Whole parts of an amount; what is left goes, one each, to the largest fractions."""
    exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
    parts = [floor(part) for part in exact]
    order = sorted(range(len(weights)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[: amount - sum(parts)]:
        parts[n] += 1
    return parts
