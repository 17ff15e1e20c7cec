"""A customer of the Stripe stand-in with a subscription, through Stripe's own SDK."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stand_in import Sandbox

PRO, TEAM = 2_900, 9_900


@dataclass
class Subscriber:
    """`subscription` names the one that was begun last."""

    sandbox: Sandbox
    customer: str
    clock: str = ""
    subscription: str = ""

    @classmethod
    def with_card(
        cls, sandbox: Sandbox, card: str = "pm_card_visa", *, on_a_clock: bool = False
    ) -> "Subscriber":
        wish: dict[str, Any] = {"email": "bo@example.com"}
        if on_a_clock:
            frozen = {"frozen_time": sandbox.world.now()}
            wish["test_clock"] = sandbox.v1.test_helpers.test_clocks.create(frozen).id
        made = cls(sandbox, sandbox.v1.customers.create(wish).id, wish.get("test_clock", ""))
        if card:
            made.use(card)
        return made

    def use(self, card: str) -> str:
        """The card that pays from now on."""
        v1 = self.sandbox.v1
        method = v1.payment_methods.attach(card, {"customer": self.customer})
        settings = {"default_payment_method": method.id}
        v1.customers.update(self.customer, {"invoice_settings": settings})
        return str(method.id)

    def price(self, amount: int = PRO, interval: str = "month", currency: str = "usd") -> str:
        v1, key = self.sandbox.v1, f"{amount}-{interval}-{currency}"
        known = v1.prices.list({"lookup_keys": [key]}).data
        if known:
            return str(known[0].id)
        product = v1.products.create({"name": key})
        recurring = {"interval": interval}
        return str(
            v1.prices.create(
                {
                    "product": product.id,
                    "unit_amount": amount,
                    "currency": currency,
                    "recurring": recurring,
                    "lookup_key": key,
                }
            ).id
        )

    def subscribe(self, amount: int = PRO, interval: str = "month", **what: Any) -> Any:
        wish = {
            "customer": self.customer,
            "items": [{"price": self.price(amount, interval)}],
            "metadata": {"user_id": "bo"},
        }
        made = self.sandbox.v1.subscriptions.create(wish | what)
        self.subscription = made.id
        return made

    def change(self, amount: int, **what: Any) -> Any:
        (item,) = self.now()["items"].data
        items = [{"id": item.id, "price": self.price(amount)}]
        return self.sandbox.v1.subscriptions.update(self.subscription, {"items": items} | what)

    def now(self) -> Any:
        return self.sandbox.v1.subscriptions.retrieve(self.subscription)

    def balance(self) -> int:
        return int(self.sandbox.v1.customers.retrieve(self.customer).balance)

    def invoices(self) -> list[Any]:
        """Oldest first."""
        found = self.sandbox.v1.invoices.list({"customer": self.customer, "limit": 100}).data
        return list(reversed(found))

    def lines(self) -> list[tuple[int, datetime, datetime]]:
        """The latest invoice's amounts with their periods."""
        return [
            (line.amount, moment(line.period.start), moment(line.period.end))
            for line in self.invoices()[-1].lines.data
        ]

    def told(self) -> list[str]:
        """Kinds of the events about subscriptions and invoices, oldest first."""
        prefixes = ("customer.subscription.", "invoice.")
        return [kind for kind in self.sandbox.told() if kind.startswith(prefixes)]


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
