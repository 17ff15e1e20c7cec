"""What Stripe and the banks are like in this world: fees, delays, habits. The control plane turns
them; what is not said stays as it is.

Fees and delays are simulated: Stripe's own depend on country, contract and network.
"""

import re
from typing import Any

from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.world import PLATFORM, World

_KIND = _ID = "terms"
_OTHER_CURRENCY = ""

DEFAULTS: Json = {
    "id": _ID,
    # How long a bank takes to say what became of a refund or of evidence on test cards, of a
    # top-up always.
    "outcome_seconds": 60,
    # What the platform's bank accounts take, its usual one first; none means all of them.
    "settlement_currencies": [],
    # {"eur/usd": "1.0834"}: dollars for a euro, as text of at most 15 digits.
    "exchange_rates": {},
    # Fees by currency, in minor units; "" is for every currency that is not named.
    "card_fee": {_OTHER_CURRENCY: 30, "eur": 25, "gbp": 20, "jpy": 30, "kwd": 100},
    "card_fee_per_100_000": 2_900,
    "refund_fee": {_OTHER_CURRENCY: 0},
    "dispute_fee": {_OTHER_CURRENCY: 1500, "eur": 2000, "gbp": 2000, "jpy": 1300, "kwd": 4600},
    # Whether a dispute that is won gives its fee back; Stripe's contracts differ.
    "dispute_fee_returned": False,
    # Whether a refund that the available balance cannot cover waits (docs.stripe.com/refunds);
    # otherwise it makes the balance negative, as where Stripe may debit the bank account.
    "refunds_wait_for_balance": True,
    # Whether a reserve of Stripe's has transactions too, of balance_type risk_reserved, that mirror
    # those of the payments balance (assumed; the reporting guide speaks of a matching credit).
    "reserves_have_transactions": False,
    # The status in which refunds begin: succeeded, or pending or requires_action until told.
    "refunds_begin": "succeeded",
    # What becomes of a subscription once every attempt to collect its renewal has failed.
    "subscription_after_retries": "canceled",
}
_CHOICES = {
    "refunds_begin": ("succeeded", "pending", "requires_action"),
    "subscription_after_retries": ("canceled", "unpaid", "past_due"),
}


def terms(world: World) -> Json:
    changed = world.tables.get(f"{PLATFORM}/{_KIND}", {}).get(_ID)
    return DEFAULTS | changed if changed else DEFAULTS


def change(world: World, wish: Json) -> Json:
    """Turn some of the terms, and of a table some of its entries.

    Refuses what is not a term, or not of its kind.
    """
    known = terms(world)
    changed = {name: _turned(name, known.get(name), value) for name, value in wish.items()}
    return world.put(PLATFORM, _KIND, known | changed)


def _turned(name: str, known: Any, value: Any) -> Any:
    if name == "id" or known is None:
        raise invalid(f"no such term: {name}; known are {', '.join(DEFAULTS)}", param=name)
    if type(value) is not type(known) or value not in _CHOICES.get(name, (value,)):
        raise invalid(f"{name} is like {DEFAULTS[name]!r}, not {value!r}", param=name)
    if name == "exchange_rates":
        for pair, rate in value.items():
            _check_rate(pair, rate)
    elif isinstance(value, dict) and not all(type(part) is int for part in value.values()):
        raise invalid(f"{name} holds whole numbers of minor units", param=name)
    return known | value if isinstance(value, dict) else value


def _check_rate(pair: str, rate: Any) -> None:
    digits = re.sub(r"\D", "", str(rate)).lstrip("0")
    decimal = isinstance(rate, str) and re.fullmatch(r"\d+(\.\d+)?", rate)
    if not re.fullmatch(r"[a-z]{3}/[a-z]{3}", pair) or not decimal or not 0 < len(digits) <= 15:
        raise invalid(
            f'a rate is like "eur/usd": "1.0834", at most 15 digits, not {pair!r}: {rate!r}',
            param="exchange_rates",
        )


def fee(world: World, name: str, currency: str) -> int:
    """A fee of the terms in a currency, in its minor units."""
    table: dict[str, Any] = terms(world)[name]
    return int(table.get(currency, table.get(_OTHER_CURRENCY, 0)))
