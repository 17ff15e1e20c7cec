"""Money: integer minor units with an ISO 4217 currency. The only rounding and the only split.

Half-up once per amount; splits by largest remainder, so no cent is made or lost. No float
comes near it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from mywork.domain.errors import CurrencyUnsupported, MoneyInvalid

# ISO 4217 minor-unit exponents of the currencies Stripe settles; all others here have 2.
_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD JOD KWD OMR TND"
_TWO = (
    "AED AUD BGN BRL CAD CHF CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR KES MAD MXN MYR "
    "NGN NOK NZD PEN PHP PKR PLN RON SAR SEK SGD THB TRY TWD USD ZAR"
)
EXPONENTS: dict[str, int] = (
    dict.fromkeys(_TWO.split(), 2)
    | dict.fromkeys(_ZERO.split(), 0)
    | dict.fromkeys(_THREE.split(), 3)
)
MAXIMUM_MINOR = 10**15  # far above any order, far below 2**63
# Stricter than Decimal, which also takes "1_000", other scripts' digits, and 10 to the millionth.
_WRITTEN = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Money:
    """`amount_minor` counts the currency's smallest unit: cents of USD, yen of JPY."""

    amount_minor: int
    currency: str

    def __str__(self) -> str:
        return f"{decimal_text(self.amount_minor, self.currency)} {self.currency}"


def exponent(currency: str) -> int:
    """Digits after the decimal point; raises CurrencyUnsupported."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise CurrencyUnsupported(
            f"{currency!r} is not a currency we know; use an ISO 4217 code such as USD"
        ) from None


def decimal_text(amount_minor: int, currency: str) -> str:
    """29900 USD -> "299.00"; exact, for people and for JSON numbers."""
    digits = exponent(currency)
    sign, units = ("-" if amount_minor < 0 else ""), abs(amount_minor)
    if digits == 0:
        return f"{sign}{units}"
    whole, fraction = divmod(units, 10**digits)
    return f"{sign}{whole}.{fraction:0{digits}d}"


def parse(text: str, currency: str) -> Money:
    """Decimal text to Money; raises MoneyInvalid rather than round, whatever the length."""
    digits = exponent(currency)
    if _WRITTEN.fullmatch(text) is None:
        raise MoneyInvalid(f"{text[:60]!r} is not a decimal amount; write it like 299.00")
    numerator, denominator = Decimal(text).as_integer_ratio()
    minor, rest = divmod(numerator * 10**digits, denominator)
    if rest:
        raise MoneyInvalid(f"{text!r} has more than the {digits} decimals that {currency} has")
    if abs(minor) > MAXIMUM_MINOR:
        raise MoneyInvalid(f"{text!r} is out of range")
    return Money(minor, currency)


def step_minor(currency: str) -> int:
    """Stripe charges three-decimal currencies in steps of ten: their last digit is 0."""
    return 10 if exponent(currency) == 3 else 1


def payout_step_minor(currency: str) -> int:
    """Banks take whole units of HUF and TWD only, and three-decimal amounts that end in 0."""
    return 100 if currency in {"HUF", "TWD"} else step_minor(currency)


def check_step(amount_minor: int, currency: str) -> None:
    """Raises MoneyInvalid for an amount that Stripe cannot charge or refund."""
    step = step_minor(currency)
    if amount_minor % step:
        nearest = Money(amount_minor - amount_minor % step, currency)
        raise MoneyInvalid(f"the last digit of a {currency} amount is 0: {nearest}, for example")


def share(amount_minor: int, basis_points: int) -> int:
    """A rate of an amount in minor units, rounded half-up; 10,000 basis points are the whole."""
    return (amount_minor * basis_points * 2 + 10_000) // 20_000


def allocate(amount_minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split by weights with the largest-remainder method; the parts sum to the amount exactly.

    Weights are not negative and not all zero. Ties go to the earlier part.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise MoneyInvalid("an amount can only be split by weights that are not negative")
    parts = [amount_minor * weight // total for weight in weights]
    remainders = [amount_minor * weight % total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: amount_minor - sum(parts)]:
        parts[index] += 1
    return tuple(parts)


def proportion(amount_minor: int, to: int, of: int) -> int:
    """An amount in the proportion of `to` to `of`, rounded half-up."""
    return (amount_minor * to * 2 + of) // (of * 2)


def rounded_up(amount: Fraction) -> int:
    """The next whole minor unit at or above an exact amount: for what is not earned yet."""
    return ceil(amount)
