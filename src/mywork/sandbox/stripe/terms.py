"""What Stripe and the banks are like in this world: fees, delays, habits. The control plane turns
them; what is not said stays as it is.

Fees and delays are simulated: Stripe's own depend on country, contract and network.
"""

from typing import Any

from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.world import PLATFORM, World

_KIND = _ID = "terms"
_OTHER_CURRENCY = ""

DEFAULTS: Json = {
    "id": _ID,
    # How long a bank takes to say what became of a refund, or of evidence, on test cards.
    "outcome_seconds": 60,
    # Fees by currency, in minor units; "" is for every currency that is not named.
    "refund_fee": {_OTHER_CURRENCY: 0},
    "dispute_fee": {_OTHER_CURRENCY: 1500, "eur": 2000, "gbp": 2000, "jpy": 1300, "kwd": 4600},
    # Whether a dispute that is won gives its fee back; Stripe's contracts differ.
    "dispute_fee_returned": False,
    # Whether a refund that the available balance cannot cover waits (docs.stripe.com/refunds);
    # otherwise it makes the balance negative, as where Stripe may debit the bank account.
    "refunds_wait_for_balance": True,
    # The status in which refunds begin: succeeded, or pending or requires_action until told.
    "refunds_begin": "succeeded",
}
_CHOICES = {"refunds_begin": ("succeeded", "pending", "requires_action")}


def terms(world: World) -> Json:
    changed = world.tables.get(f"{PLATFORM}/{_KIND}", {}).get(_ID)
    return DEFAULTS | changed if changed else DEFAULTS


def change(world: World, wish: Json) -> Json:
    """Turn some of the terms; refuses what is not a term, or not of its kind."""
    for name, value in wish.items():
        usual = DEFAULTS.get(name)
        if name == "id" or usual is None:
            raise invalid(f"no such term: {name}; known are {', '.join(DEFAULTS)}", param=name)
        if type(value) is not type(usual) or value not in _CHOICES.get(name, (value,)):
            raise invalid(f"{name} is like {usual!r}, not {value!r}", param=name)
    return world.put(PLATFORM, _KIND, terms(world) | wish)


def fee(world: World, name: str, currency: str) -> int:
    """A fee of the terms in a currency, in its minor units."""
    table: dict[str, Any] = terms(world)[name]
    return int(table.get(currency, table.get(_OTHER_CURRENCY, 0)))
