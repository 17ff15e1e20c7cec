"""The balance: the sum of its transactions, pending until each one's `available_on`.

Fees are simulated: 2.9 % and a fixed part, rounded half up.
"""

from typing import Any

from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.world import PLATFORM, World

SETTLES_AFTER_SECONDS = 2 * 24 * 3600
_FIXED_FEE = {"usd": 30, "eur": 25, "gbp": 20, "jpy": 30, "kwd": 100}
_RATE_PER_100_000 = 2_900


def card_fee(amount: int, currency: str) -> int:
    rate = (amount * _RATE_PER_100_000 * 2 + 100_000) // 200_000
    return rate + _FIXED_FEE.get(currency, 30)


def record(
    world: World,
    account: str,
    *,
    amount: int,
    currency: str,
    source: str,
    category: str,
    fee: int = 0,
    available_on: int | None = None,
) -> Json:
    """A balance transaction; `net` is always amount less fee."""
    now = world.now()
    available = now if available_on is None else available_on
    fees: list[Json] = []
    if fee:
        fees = [
            {
                "amount": fee,
                "application": None,
                "currency": currency,
                "description": "Stripe processing fees (simulated)",
                "type": "stripe_fee",
            }
        ]
    transaction = {
        "id": world.new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": available,
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees,
        "net": amount - fee,
        "reporting_category": category,
        "source": source,
        "status": "available" if available <= now else "pending",
        "type": category,
    }
    return world.put(account, "balance_transaction", transaction)


def totals(world: World, account: str = PLATFORM) -> tuple[dict[str, int], dict[str, int]]:
    """Pending and available by currency, now."""
    now, pending, available = world.now(), {}, {}  # type: int, dict[str, int], dict[str, int]
    for transaction in world.all(account, "balance_transaction"):
        side = available if transaction["available_on"] <= now else pending
        currency = transaction["currency"]
        side[currency] = side.get(currency, 0) + transaction["net"]
    return pending, available


def available(world: World, account: str, currency: str) -> int:
    return totals(world, account)[1].get(currency, 0)


def balance(world: World, account: str, _: Json) -> Json:
    """GET /v1/balance."""
    pending, available_now = totals(world, account)
    currencies = sorted(pending | available_now) or ["usd"]

    def parts(amounts: dict[str, int]) -> list[Json]:
        return [
            {
                "amount": amounts.get(currency, 0),
                "currency": currency,
                "source_types": {"card": amounts.get(currency, 0)},
            }
            for currency in currencies
        ]

    answer: dict[str, Any] = {"object": "balance", "livemode": False}
    answer |= {"available": parts(available_now), "pending": parts(pending)}
    if account == PLATFORM:
        answer["connect_reserved"] = parts({})
    return answer


def refreshed(world: World, transaction: Json) -> Json:
    """As a reader sees it now: a pending one becomes available without being changed."""
    status = "available" if transaction["available_on"] <= world.now() else "pending"
    return transaction | {"status": status}
