"""The order in which webhooks come shows neither in the books nor on a statement.

A story happens at Stripe while nobody listens: payments, one of them too late; our own refunds,
others from the dashboard; refunds that fail; disputes won, lost, in part; inquiries; a transfer
that somebody reverses. Then its webhooks and transactions come in many random orders, with
duplicates, in pieces of any size, each time to a copy of the same database.

    scripts/test tests/test_order_of_webhooks.py --orders 200
    scripts/test tests/test_order_of_webhooks.py --seed 7 --orders 1  one order again
"""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from machine.town import Product, Town
from machine.walk import come_to_rest

from mywork.application.commands import envelope
from mywork.application.usecases.refunding import Asked
from mywork.domain.identifiers import OrderId, ProductId, SellerId, UserId
from mywork.domain.money import decimal_text
from mywork.domain.product import DraftProduct, PublishProduct
from mywork.ledger.statements.statement import statement
from mywork.ledger.time_range import TimeRange
from mywork.sandbox.stripe.due import tick
from mywork.sandbox.stripe.outcomes import decide

pytestmark = pytest.mark.long

PIECE = 20  # orders that one test hears; tests run beside each other
ADA, BO = SellerId(UserId("user_ada")), UserId("user_bo")
PRICE = 29_999
Copies = Callable[[str], AbstractContextManager[str]]
Book = tuple[dict[Any, int], Counter[Any]]

_BALANCES = """
SELECT a.code, a.currency, coalesce(p.object_id, ''), sum(p.amount_minor)::bigint
  FROM ledger.postings p JOIN ledger.accounts a ON a.id = p.account_id
 GROUP BY 1, 2, 3 HAVING sum(p.amount_minor) <> 0
"""
_LINES = """
SELECT n.effective_at, a.code, a.currency, coalesce(p.object_id, ''), p.amount_minor
  FROM ledger.postings p JOIN ledger.accounts a ON a.id = p.account_id
  JOIN ledger.entries n ON n.position = p.position
"""


class Story:
    """What happens at Stripe; the product has placed the orders and asked for refunds."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.product_id = self._published()

    def _published(self) -> ProductId:
        town, product_id, now = self.town, ProductId("product_1"), self.town.clock.now()
        joined = town.core.selling.join(ADA, "ada", "ada@example.com", country="US")
        decide(town.world, "accounts", joined.seller.stripe_account_id, "onboard")
        draft = DraftProduct(
            product_id=product_id,
            seller_id=ADA,
            title="SaaS starter with billing",
            description="A starter with accounts, billing and tests. " * 3,
            category="saas-starters",
            currency="USD",
            prices_minor={"standard": PRICE},
            tech_stack=(),
            tags=(),
            at=now,
        )
        for command in (draft, PublishProduct(product_id, ADA, now)):
            town.core.handler.handle(envelope(command, actor=ADA))
        town.products[product_id] = Product(product_id, ADA, "USD", PRICE)
        return product_id

    def placed(self, name: str) -> OrderId:
        placed = self.town.core.buying.place(BO, self.product_id, "standard", request_id=name)
        return placed.terms.order_id

    def paid(self, order_id: OrderId, card: str = "pm_card_bypassPending") -> str:
        """The charge."""
        intents = self.town.world.all("", "payment_intent")
        (intent,) = [row["id"] for row in intents if row["metadata"]["order_id"] == order_id]
        confirm = self.town.people.payment_intents.confirm
        charge = confirm(intent, {"payment_method": card}).latest_charge
        tick(self.town.world)
        return str(charge)

    def asked_back(self, order_id: OrderId, amount: int) -> None:
        asked = Asked("admin", decimal_text(amount, "USD"))
        self.town.core.refunding.request(order_id, UserId("admin"), asked, request_id=str(amount))

    def happens(self, kind: str, identifier: str, outcome: str, **wish: Any) -> str:
        self.town.advance(minutes=7)
        return str(decide(self.town.world, kind, identifier, outcome, wish)["id"])

    def refunded(self, charge: str, amount: int) -> str:
        """By somebody at Stripe's dashboard."""
        self.town.advance(minutes=3)
        wish = {"charge": charge, "amount": amount}
        return str(self.town.people.refunds.create(wish).id)


def prepared(town: Town) -> Story:
    """What is known before anybody stops listening: sales, refunds of ours, a payout."""
    story = Story(town)
    ours = [story.placed(f"ours {number}") for number in range(4)]
    for order_id in ours:
        story.paid(order_id)
    come_to_rest(town)
    for number, order_id in enumerate(ours):
        story.asked_back(order_id, 9_999 + number)
    town.runner.catch_up()
    town.core.outbox_dispatcher.drain()  # Stripe makes them; that they succeed is not heard
    return story


def told(story: Story) -> None:
    """The story itself, as Stripe sees it."""
    happens, town = story.happens, story.town
    late = story.placed("late")
    town.runner.catch_up()
    town.advance(hours=24)
    town.core.deadlines.run()  # it expires, and is paid all the same
    charges = {name: story.paid(story.placed(name)) for name in "abcdefgh"}
    story.refunded(story.paid(late), 5_000)
    for refund in town.world.all("", "refund")[1:3]:
        happens("refunds", refund["id"], "failed")
    story.refunded(charges["a"], 10_000)
    happens("refunds", story.refunded(charges["b"], PRICE), "failed")
    happens("disputes", happens("charges", charges["c"], "dispute"), "won")
    happens("disputes", happens("charges", charges["d"], "dispute", amount=12_345), "lost")
    happens("disputes", happens("charges", charges["e"], "dispute"), "won", amount=20_000)
    happens("disputes", happens("charges", charges["f"], "dispute", inquiry=True), "closed")
    inquiry = happens("charges", charges["g"], "dispute", inquiry=True)
    happens("disputes", happens("disputes", inquiry, "escalated"), "lost")
    happens("charges", charges["h"], "fraud_warning")
    happens("charges", charges["h"], "dispute")  # and stays open
    town.advance(days=9)


def heard(town: Town, chance: Random) -> None:
    """Everything that Stripe has to tell, in pieces and in any order, some of it twice."""
    waiting = town.waiting_webhooks()
    waiting += chance.sample(waiting, k=len(waiting) // 2)
    chance.shuffle(waiting)
    while waiting:
        size = chance.randint(1, 12)
        for delivery in waiting[:size]:
            town.carry(delivery)
        del waiting[:size]
        if chance.random() < 0.4:
            town.core.feed.read_transactions()
        town.hurry()
        town.core.inbox_worker.work_batch(chance.choice([5, 200]))
    town.core.feed.read_transactions()
    for _ in range(6):
        town.hurry()
        town.core.inbox_worker.drain()
    assert town.core.inbox.counts() == {"waiting": 0, "dead": 0}
    town.runner.catch_up()
    town.core.deadlines.run()


def on_the_statement(town: Town) -> list[tuple[Any, ...]]:
    """All that the seller reads, line by line."""
    end = town.clock.now() + timedelta(days=1)
    found = statement(town.core.store, ADA, "USD", TimeRange(end - timedelta(days=60), end))
    return [
        (line.effective_at, line.words, line.amount_minor, line.balance_minor, line.moves)
        for line in found.lines
    ]


def book(town: Town) -> Book:
    """Balances by account and object; entries by effective time, account, object and amount."""
    rows = town.database.execute(_BALANCES).fetchall()
    lines = Counter(town.database.execute(_LINES).fetchall())
    return {tuple(row[:3]): row[3] for row in rows}, lines


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    wanted, first = metafunc.config.getoption("orders"), metafunc.config.getoption("seed")
    seeds = range(first, first + wanted)
    pieces = [seeds[start : start + PIECE] for start in range(0, wanted, PIECE)]
    metafunc.parametrize("seeds", pieces, ids=[f"seeds{p.start}-{p.stop - 1}" for p in pieces])


def test_the_books_are_the_same_in_any_order(
    database_url: str, copied_databases: Copies, seeds: range
) -> None:
    town = Town(database_url, seed=1)
    story = prepared(town)
    told(story)
    town.close()
    assert len(town.waiting_webhooks()) > 40
    books: list[Book] = []
    statements: list[Any] = []
    for number in (0, *seeds):  # all are compared with one and the same
        with copied_databases(database_url) as url:
            town.open(url)
            heard(town, Random(number))
            books.append(book(town))
            statements.append(on_the_statement(town))
            town.close()
        balances, lines = books[0]
        assert books[-1][0] == balances, f"seed {number}"
        more, less = books[-1][1] - lines, lines - books[-1][1]
        assert (more, less) == (Counter(), Counter()), f"seed {number}"
        assert statements[-1] == statements[0], f"seed {number}"
    assert len(books) == 1 + len(seeds)
    assert books[0][1].total() > 150
    assert len(statements[0]) > 30
    assert {code for code, _, _ in books[0][0]} >= {"disputes:held", "suspense:stripe"}
