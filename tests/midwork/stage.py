"""What the stories are played with: people, and one piece of work at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from marketplace import Marketplace
from subscriber import Subscriber

from midwork.tracing import Line
from mywork.application.commands import envelope
from mywork.application.ports.tables import Person
from mywork.application.usecases.refunding import Asked
from mywork.domain.identifiers import SellerId, UserId
from mywork.domain.order.sale_messages import OrderPlaced
from mywork.domain.user import GrantRole
from mywork.sandbox.stripe import balance as stripe_balance
from mywork.sandbox.stripe.faults import Fault

AT_ONCE, LATER = "pm_card_bypassPending", "pm_card_visa"
ADMIN, BUYER = UserId("user_root"), UserId("user_bo")
_TRIES = 3  # the SDK repeats a request by itself


def seller(name: str) -> SellerId:
    return SellerId(UserId(f"user_{name}"))


class Stage:
    def __init__(self, marketplace: Marketplace, line: Line) -> None:
        self.marketplace, self.line = marketplace, line
        self.core, self.world = marketplace.core, marketplace.world

    # People -------------------------------------------------------------------------------

    def finance(self, name: str) -> None:
        command = GrantRole(UserId(name), "finance", self.marketplace.clock.now())
        self.core.handler.handle(envelope(command, actor=ADMIN))
        self.known(name)

    def known(self, name: str) -> None:
        self.core.people.save(Person(UserId(name), name, f"{name}@example.com"))

    def sale(self, name: str, card: str = "", price_minor: int = 29_900) -> OrderPlaced:
        """A new product of a seller's; paid if there is a card."""
        product_id = self.marketplace.published_product(seller(name), price_minor)
        placed = self.marketplace.placed_order(product_id, BUYER)
        if card:
            self.marketplace.pay(placed, card)
        return placed

    def refund(self, placed: OrderPlaced, amount: str | None = None) -> None:
        asked = Asked("admin", amount, "it does not work")
        self.core.refunding.request(placed.order_id, ADMIN, asked, request_id="r")

    def subscriber(self, name: str) -> Subscriber:
        self.known(f"user_{name}")
        return Subscriber(self.marketplace, UserId(f"user_{name}"))

    # Stripe -------------------------------------------------------------------------------

    def charge(self, placed: OrderPlaced) -> dict[str, Any]:
        charges = self.world.all("", "charge")
        (found,) = [row for row in charges if row["metadata"].get("order_id") == placed.order_id]
        return dict(found)

    def refund_of(self, charge_id: str) -> dict[str, Any]:
        (found,) = self.world.where("", "refund", "charge", charge_id)
        return dict(found)

    def account(self, name: str) -> str:
        accounts = self.world.all("", "account")
        (found,) = [row for row in accounts if row["metadata"]["seller_id"] == seller(name)]
        return str(found["id"])

    def delay(self, transaction_id: str, days: int) -> None:
        """Make a transaction's money available later than it is by itself."""
        found = self.world.find("", stripe_balance.TRANSACTIONS, transaction_id)
        later = {"available_on": found["created"] + days * 86_400, "status": "pending"}
        self.world.put("", stripe_balance.TRANSACTIONS, found | later)
        self.world.totals.pop("", None)

    def moved(self, category: str, amount: int, days: int, source: str = "obj_1") -> None:
        later = self.world.now() + days * 86_400 if days else None
        stripe_balance.record(
            self.world,
            "",
            amount=amount,
            currency="usd",
            source=source,
            category=category,
            available_on=later,
        )

    # One piece of work at a time ------------------------------------------------------------

    def facts(self) -> None:
        """What Stripe tells is read and followed; nothing that is due, and no call."""
        self.marketplace.carry()
        self.marketplace.drain()
        self.core.feed.read_transactions()
        self.marketplace.drain()
        self.marketplace.runner.catch_up()

    def perform(self, kind: str, about: str) -> None:
        """One kind of call about somebody or something, once."""
        self.marketplace.runner.catch_up()
        wanted = [key for key in self.marketplace.queue.keys if key.endswith(f":{kind}")]
        (key,) = [key for key in wanted if about in key]
        self.core.outbox_dispatcher.perform(key)

    @contextmanager
    def fault(self, kind: str, path: str) -> Iterator[None]:
        """Every try of a call that begins with a path goes wrong."""
        self.line.faults.ask(Fault(kind, left=_TRIES, method="POST", path=path))
        yield
        assert not self.line.faults.asked
