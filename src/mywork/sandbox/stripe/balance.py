"""The balance: the sum of its transactions, pending until each one's `available_on`."""

from dataclasses import dataclass
from typing import Any

from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.totals import Totals
from mywork.sandbox.stripe.world import PLATFORM, World

TRANSACTIONS = "balance_transaction"
PAYMENTS = "payments"  # the balance that /v1/balance tells; Stripe has others beside it
_RESERVES = "reserve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What moves a balance by `amount` less `fee`, minor units of `currency`.

    `category` is Stripe's reporting category, `type` the older name where it differs.
    `available_on` is now unless said.
    """

    amount: int
    currency: str
    source: str | None
    category: str
    type: str = ""
    fee: int = 0
    fee_description: str = "Stripe processing fees (simulated)"
    description: str | None = None
    available_on: int | None = None
    exchange_rate: float | None = None  # a JSON number, never calculated with
    balance_type: str = PAYMENTS


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
    """A balance transaction out of nothing, as tests need them; see `Movement`."""
    movement = Movement(
        amount=amount,
        currency=currency,
        source=source,
        category=category,
        fee=fee,
        available_on=available_on,
    )
    return move(world, account, movement)


def move(world: World, account: str, movement: Movement) -> Json:
    """Its balance transaction; `net` is always amount less fee."""
    now = world.now()
    available = now if movement.available_on is None else movement.available_on
    transaction = {
        "id": world.new_id("txn"),
        "object": "balance_transaction",
        "amount": movement.amount,
        "available_on": available,
        "balance_type": movement.balance_type,
        "created": now,
        "currency": movement.currency,
        "description": movement.description,
        "exchange_rate": movement.exchange_rate,
        "fee": movement.fee,
        "fee_details": _fee_details(movement),
        "net": movement.amount - movement.fee,
        "reporting_category": movement.category,
        "source": movement.source,
        "status": "available" if available <= now else "pending",
        "type": movement.type or movement.category,
    }
    totals = _totals(world, account)
    world.put(account, TRANSACTIONS, transaction)
    totals.add(transaction)
    return transaction


def _fee_details(movement: Movement) -> list[Json]:
    if not movement.fee:
        return []
    detail = {
        "amount": movement.fee,
        "application": None,
        "currency": movement.currency,
        "description": movement.fee_description,
        "type": "stripe_fee",
    }
    return [detail]


def _totals(world: World, account: str) -> Totals:
    """Kept beside the world's objects; made again after a restart, or when time went back."""
    found, now = world.totals.get(account), world.real_now()
    if found is None or now < found.seen:
        found = world.totals[account] = Totals(world.all(account, TRANSACTIONS))
    found.mature(now)
    return found


def totals(world: World, account: str = PLATFORM) -> tuple[dict[str, int], dict[str, int]]:
    """Pending and available by currency, now."""
    found = _totals(world, account)
    return dict(found.pending), dict(found.available)


def available(world: World, account: str, currency: str) -> int:
    return _totals(world, account).available.get(currency, 0)


def reserve(world: World, name: str, currency: str, amount: int) -> None:
    """Put an amount into a reserve of the platform, or, negative, take it out."""
    held = reserved(world, name)
    left = held.get(currency, 0) + amount
    if left < 0:
        raise invalid(f"only {held.get(currency, 0)} {currency} are reserved", param="amount")
    world.put(PLATFORM, _RESERVES, {"id": name, "held": held | {currency: left}})


def reserved(world: World, name: str) -> dict[str, int]:
    """What a reserve of the platform holds, by currency."""
    found = world.tables.get(f"{PLATFORM}/{_RESERVES}", {}).get(name, {"held": {}})
    return dict(found["held"])


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
        held = reserved(world, "connect")
        parts_held = [{"amount": held[name], "currency": name} for name in sorted(held)]
        answer["connect_reserved"] = parts_held or [{"amount": 0, "currency": currencies[0]}]
    return answer


def refreshed(world: World, transaction: Json) -> Json:
    """As a reader sees it now: a pending one becomes available without being changed."""
    status = "available" if transaction["available_on"] <= world.now() else "pending"
    return transaction | {"status": status}
