"""What a payment becomes in the balance: itself, or an amount of a settlement currency.

The platform settles in the currencies of its terms, the first for whatever is none of them;
without any, every currency settles as itself. A refund or dispute goes out of the balance that its
charge came into, at the rate of its own moment (docs.stripe.com/currencies/disputes-refunds).
Rates are between whole units, as 1.0834 dollars for one euro; what Stripe multiplies where the
currencies' decimals differ is not documented.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from mywork.sandbox.stripe import currencies
from mywork.sandbox.stripe.balance import TRANSACTIONS
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.terms import terms
from mywork.sandbox.stripe.world import PLATFORM, World

_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Settled:
    """`exchange_rate` is a JSON number whose shortest decimals are exactly the rate's."""

    amount: int
    currency: str
    exchange_rate: float | None = None


def of_charge(world: World, account: str, amount: int, currency: str) -> Settled:
    """Connected accounts are paid in what was transferred to them."""
    settled_in = terms(world)["settlement_currencies"] if account == PLATFORM else []
    into = settled_in[0] if settled_in and currency not in settled_in else currency
    return _converted(world, amount, currency, into)


def of_reversal(world: World, account: str, charge: Json, amount: int) -> Settled:
    """What takes back a charge, or a part of it, and what then gives that back again."""
    came_in = world.find(account, TRANSACTIONS, charge["balance_transaction"])
    return _converted(world, amount, charge["currency"], came_in["currency"])


def _converted(world: World, amount: int, currency: str, into: str) -> Settled:
    rate = terms(world)["exchange_rates"].get(f"{currency}/{into}")
    if into == currency or rate is None:  # who knows no rate cannot convert
        return Settled(amount, currency)
    shift = currencies.decimals(into) - currencies.decimals(currency)
    exact = _EXACT.multiply(Decimal(amount), Decimal(rate).scaleb(shift))
    step = currencies.whole_step(into)
    steps = _EXACT.divide(exact, Decimal(step)).quantize(Decimal(1), ROUND_HALF_UP, _EXACT)
    return Settled(int(steps) * step, into, float(rate))


def check_charge(world: World, account: str, amount: int, currency: str) -> None:
    """Refuse an amount that is too small, too large or too fine, also when it is converted."""
    currencies.check_charge(amount, currency)
    settled = of_charge(world, account, amount, currency)
    smallest = currencies.SMALLEST_CHARGES.get(settled.currency, 1)
    if settled.amount < smallest:
        least = currencies.written(smallest, settled.currency)
        got = currencies.written(settled.amount, settled.currency)
        raise invalid(
            f"Amount must convert to at least {least}."
            f" {currencies.written(amount, currency)} converts to approximately {got}.",
            code="amount_too_small",
            param="amount",
        )
