"""A Stripe stand-in of a test's own, through Stripe's own SDK, and what every answer must be."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import stripe

from mywork.sandbox.clock import SandboxClock
from mywork.sandbox.stripe import connect, terms
from mywork.sandbox.stripe.balance import totals
from mywork.sandbox.stripe.faults import Faults
from mywork.sandbox.stripe.outcomes import decide
from mywork.sandbox.stripe.transport import InProcess
from mywork.sandbox.stripe.world import World

ENDED = ("failed", "canceled")
START = datetime(2026, 11, 10, 12, tzinfo=UTC)


class Sandbox:
    def __init__(self, folder: Path, *, seed: int = 1) -> None:
        self.clock = SandboxClock(folder / "clock.json")
        self.world = World(self.clock, journal=folder / "journal.jsonl", seed=seed)
        self.faults = Faults(self.world)
        transport = InProcess(self.world, self.faults)
        self.v1: Any = stripe.StripeClient("sk_test_x", http_client=transport).v1

    def intent(self, amount: int = 10_000, currency: str = "usd", **options: Any) -> Any:
        wanted = {"amount": amount, "currency": currency, "metadata": {"order_id": "o"}}
        return self.v1.payment_intents.create(wanted, options)

    def paid(self, card: str = "pm_card_visa", amount: int = 10_000, currency: str = "usd") -> Any:
        intent = self.intent(amount, currency)
        return self.v1.payment_intents.confirm(intent.id, {"payment_method": card})

    def charged(self, card: str = "pm_card_bypassPending", **what: Any) -> str:
        """A captured charge, its money available at once unless the card says otherwise."""
        charge = self.paid(card, **what).latest_charge
        self.v1.balance.retrieve()  # any request: the moment after has come
        return str(charge)

    def decide(self, kind: str, identifier: str, outcome: str, **wish: Any) -> Any:
        return decide(self.world, kind, identifier, outcome, wish)

    def account(self, *, onboarded: bool = True) -> str:
        made = self.v1.accounts.create(
            {"type": "express", "capabilities": {"transfers": {"requested": True}}}
        )
        if onboarded:
            connect.onboard(self.world, made.id)
        return str(made.id)

    def terms(self, **wish: Any) -> None:
        terms.change(self.world, wish)

    def transfer(self, account: str, amount: int, **more: Any) -> Any:
        wanted = {"amount": amount, "currency": "usd", "destination": account, **more}
        return self.v1.transfers.create(wanted)

    def advance(self, **delta: float) -> None:
        self.clock.freeze(self.clock.now() + timedelta(**delta))
        self.v1.balance.retrieve()

    def told(self, account: str = "") -> list[str]:
        return [event["type"] for event in self.world.all(account, "event")]

    def available(self, currency: str = "usd", account: str = "") -> int:
        there = {"stripe_account": account} if account else {}
        found = self.v1.balance.retrieve(None, there).available
        return sum(part.amount for part in found if part.currency == currency)

    def transactions(self, source: str, account: str = "") -> list[tuple[str, int, int]]:
        """Category, amount and fee of what an object moved, oldest first."""
        there = {"stripe_account": account} if account else {}
        found = self.v1.balance_transactions.list({"source": source}, there).data
        return [(row.reporting_category, row.amount, row.fee) for row in reversed(found)]

    def check(self) -> None:
        """What must hold at every moment, in every account."""
        for account in ["", *(row["id"] for row in self.world.all("", "account"))]:
            self._check_balance(account)
            for charge in self.world.all(account, "charge"):
                refunds = self.world.where(account, "refund", "charge", charge["id"])
                alive = [row["amount"] for row in refunds if row["status"] not in ENDED]
                assert charge["amount_refunded"] == sum(alive) <= charge["amount_captured"]
                assert charge["refunded"] == (charge["paid"] and sum(alive) == charge["amount"])

    def _check_balance(self, account: str) -> None:
        now, sums = self.world.now(), {True: Counter[str](), False: Counter[str]()}
        for row in self.world.all(account, "balance_transaction"):
            assert row["net"] == row["amount"] - row["fee"]
            assert row["fee"] == sum(detail["amount"] for detail in row["fee_details"])
            if row["balance_type"] == "payments":
                sums[row["available_on"] <= now][row["currency"]] += row["net"]
        pending, available = totals(self.world, account)
        assert (Counter(pending), Counter(available)) == (sums[False], sums[True])


def _fits(value: Any, annotation: str) -> bool:
    """Whether a JSON value could be of an SDK annotation: null, scalar, choice, list, object."""
    if annotation.startswith("Optional["):
        return value is None or _fits(value, annotation.removeprefix("Optional[")[:-1])
    if annotation.startswith("Literal["):
        return f"'{value}'" in annotation.replace('"', "'")
    scalars = {"int": int, "str": str, "bool": bool, "float": float}
    if annotation in scalars:
        return isinstance(value, scalars[annotation])
    if annotation.lower().startswith("list["):
        return isinstance(value, list)
    return isinstance(value, dict | str)  # an object, or the id of one that can be expanded


def checked(found: Any, where: str = "") -> None:
    """An answer is what the SDK's own annotations say, name by name, all the way down."""
    kind = type(found)
    document, where = found.to_dict(for_json=True), where or kind.__name__
    if kind is stripe.StripeObject or kind.__name__ == "UntypedStripeObject":
        return  # metadata and the like: any names
    if isinstance(found, stripe.ListObject):
        for item in found.data:
            checked(item, where)
        return
    assert document.keys() <= kind.__annotations__.keys(), f"{where} has a name of its own"
    for name, hint in kind.__annotations__.items():
        annotation = hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")
        annotation = annotation.removeprefix("ForwardRef('").removesuffix("')")
        if name.startswith("_") or "ClassVar" in annotation:
            continue
        named = f"{where}.{name}: {annotation}"
        nullable = annotation.startswith("Optional[") or "NoneType" in annotation
        assert name in document or nullable, f"{named} is missing"
        if name in document and not nullable:
            assert _fits(document[name], annotation), f"{named} is not {document[name]!r}"
        inside = found[name] if name in document else None
        for part in inside if isinstance(inside, list) else [inside]:
            if isinstance(part, stripe.StripeObject):
                checked(part, f"{where}.{name}")
