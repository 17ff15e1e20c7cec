"""Movements of the platform's balance without a payment behind them: fees, reserves, corrections.

Categories and types as docs.stripe.com/reports/reporting-categories and the SDK name them. A fee
without a charge is the amount itself; its `fee` is 0.
"""

from dataclasses import dataclass, replace

from mywork.sandbox.stripe import balance
from mywork.sandbox.stripe.currencies import SUPPORTED
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.terms import terms
from mywork.sandbox.stripe.world import PLATFORM, World


@dataclass(frozen=True, slots=True)
class Kind:
    """`sign` is 1 for money that comes, -1 for money that goes, 0 where the amount says it.

    `reserve` names the pot that it goes to, or comes from.
    """

    category: str
    type: str
    sign: int
    reserve: str = ""


KINDS: dict[str, Kind] = {
    "stripe_fee": Kind("fee", "stripe_fee", -1),
    "network_cost": Kind("network_cost", "stripe_fee", -1),
    "tax": Kind("tax", "tax_fee", -1),
    "contribution": Kind("contribution", "contribution", -1),
    "adjustment": Kind("other_adjustment", "adjustment", 0),
    "reserve_hold": Kind("risk_reserved_funds", "reserve_hold", -1, "risk"),
    "reserve_release": Kind("risk_reserved_funds", "reserve_release", 1, "risk"),
    "connect_reserve_hold": Kind("connect_reserved_funds", "reserve_transaction", -1, "connect"),
    "connect_reserve_release": Kind("connect_reserved_funds", "reserve_transaction", 1, "connect"),
    "payment_network_reserve_hold": Kind(
        "payment_network_reserve_hold", "payment_network_reserve_hold", -1, "network"
    ),
    "payment_network_reserve_release": Kind(
        "payment_network_reserve_release", "payment_network_reserve_release", 1, "network"
    ),
    "payout_minimum_balance_hold": Kind(
        "payout_minimum_balance_hold", "payout_minimum_balance_hold", -1, "minimum"
    ),
    "payout_minimum_balance_release": Kind(
        "payout_minimum_balance_release", "payout_minimum_balance_release", 1, "minimum"
    ),
}


def make(world: World, name: str, wish: Json) -> Json:
    """{"amount": 500, "currency": "usd", "description": "Radar"}; its balance transaction."""
    kind = KINDS.get(name)
    if kind is None:
        raise invalid(f"no such movement: {name}; known are {', '.join(KINDS)}")
    amount, currency = wish.get("amount"), wish.get("currency", "usd")
    if type(amount) is not int or not amount or (kind.sign and amount < 0):
        raise invalid(f"not an amount of {name}: {amount!r}", param="amount")
    if currency not in SUPPORTED:
        raise invalid(f"not a currency: {currency!r}", param="currency")
    if kind.reserve:
        balance.reserve(world, kind.reserve, currency, -kind.sign * amount)
    movement = balance.Movement(
        amount=amount * (kind.sign or 1),
        currency=currency,
        source=None,
        category=kind.category,
        type=kind.type,
        description=str(wish.get("description", f"{name} (simulated)")),
    )
    transaction = balance.move(world, PLATFORM, movement)
    if kind.reserve == "risk" and terms(world)["reserves_have_transactions"]:
        other_side = replace(movement, amount=-movement.amount, balance_type="risk_reserved")
        balance.move(world, PLATFORM, other_side)
    return transaction
