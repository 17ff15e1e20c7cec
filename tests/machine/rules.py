"""What can happen in the town, each as one step; a step that is not possible now does nothing.

A step draws all it needs from a `random.Random` of its own, so a history of (rule, number) can be
played again, also with steps left out.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from random import Random
from typing import Any, TypeVar

import stripe

from machine.town import Product, Town, Wish
from mywork.application.commands import envelope
from mywork.domain import order, product
from mywork.domain.identifiers import OrderId, ProductId, SellerId, UserId, derived_id
from mywork.sandbox.stripe import movements
from mywork.sandbox.stripe.errors import StripeFault
from mywork.sandbox.stripe.outcomes import decide

T = TypeVar("T")
Rule = Callable[[Town, Random], None]
RULES: dict[str, Rule] = {}
WEIGHTS: dict[str, int] = {}
RECENT = 40  # things of the past that people still deal with


def rule(weight: int) -> Callable[[Rule], Rule]:
    def register(step: Rule) -> Rule:
        RULES[step.__name__], WEIGHTS[step.__name__] = step, weight
        return step

    return register


def one_of(chance: Random, things: Iterable[T]) -> T | None:
    """One of the most recent, or none."""
    found = list(things)[-RECENT:]
    return chance.choice(found) if found else None


# Sellers and their products -----------------------------------------------------------------

MOST_SELLERS = 6
PRICES = {
    "USD": (0, 100, 101, 999, 1_234, 29_900, 999_999),
    "EUR": (133, 4_999, 100_001),
    "JPY": (100, 1_001, 50_000),
    "KWD": (300, 12_340, 100_010),
}


@rule(1)
def join(town: Town, chance: Random) -> None:
    if len(town.sellers) >= MOST_SELLERS:
        return
    seller_id = SellerId(UserId(f"user_seller{len(town.sellers)}"))
    name = seller_id.removeprefix("user_")
    wish = f"{name}@example.com"
    joined = town.ask(lambda: town.core.selling.join(seller_id, name, wish, country="US"))
    assert joined == "" or not isinstance(joined, str), joined
    if joined:
        town.sellers.append(seller_id)
        if chance.random() < 0.9:
            decide(town.world, "accounts", joined.seller.stripe_account_id, "onboard")


@rule(2)
def publish(town: Town, chance: Random) -> None:
    seller_id = one_of(chance, town.sellers)
    if seller_id is None:
        return
    currency = chance.choice(["USD", "USD", "USD", *PRICES])
    price = chance.choice(PRICES[currency])
    product_id = ProductId(derived_id("product", str(len(town.products)), str(chance.random())))
    draft = product.DraftProduct(
        product_id=product_id,
        seller_id=seller_id,
        title="SaaS starter with billing",
        description="A starter with accounts, billing and tests. " * 3,
        category="saas-starters",
        currency=currency,
        prices_minor={"standard": price},
        tech_stack=(),
        tags=(),
        at=town.clock.now(),
    )
    publishing = product.PublishProduct(product_id, seller_id, town.clock.now())
    sent = [envelope(command, actor=seller_id) for command in (draft, publishing)]
    outcomes = town.core.handler.handle_many(sent)
    assert not any(outcome.error for outcome in outcomes), outcomes
    town.products[product_id] = Product(product_id, seller_id, currency, price)


@rule(1)
def onboard(town: Town, chance: Random) -> None:
    _account_turns(town, chance, "onboard")


@rule(1)
def restrict(town: Town, chance: Random) -> None:
    if chance.random() < 0.3:
        _account_turns(town, chance, "restrict")


def _account_turns(town: Town, chance: Random, outcome: str) -> None:
    account = one_of(chance, town.world.all("", "account"))
    if account is not None:
        decide(town.world, "accounts", account["id"], outcome)


# Buyers -------------------------------------------------------------------------------------


@rule(16)
def buy(town: Town, chance: Random) -> None:
    offered = one_of(chance, town.products)
    if offered is None:
        return
    buyer = f"user_b{chance.randrange(50)}"
    wish = Wish(buyer, offered, f"{len(town.wishes)}-{chance.random()}")
    town.wishes.append(wish)
    _place(town, wish)


@rule(3)
def buy_again(town: Town, chance: Random) -> None:
    """The same request once more: a double click, or after a crash."""
    wish = one_of(chance, town.wishes)
    if wish is not None:
        _place(town, wish)


def _place(town: Town, wish: Wish) -> None:
    buyer, offered = UserId(wish.who), ProductId(wish.about)
    checkout = town.core.checkout
    answer = town.ask(lambda: checkout.place(buyer, offered, "standard", request_id=wish.id))
    assert answer in ("", "OrderNotPayable") or not isinstance(answer, str), answer


CARDS = {
    "pm_card_visa": 12,
    "pm_card_bypassPending": 6,
    "pm_card_chargeDeclined": 2,
    "pm_card_chargeDeclinedInsufficientFunds": 1,
}


@rule(16)
def pay(town: Town, chance: Random) -> None:
    intents = town.world.tables.get("/payment_intent", {}).values()
    open_ = [found for found in list(intents)[-RECENT:] if found["status"].startswith("requires")]
    intent = one_of(chance, open_)
    if intent is None:
        return
    (card,) = chance.choices(list(CARDS), list(CARDS.values()))
    with suppress(stripe.CardError):
        town.people.payment_intents.confirm(intent["id"], {"payment_method": card})


@rule(2)
def download(town: Town, chance: Random) -> None:
    sale = one_of(chance, town.model.sales.by_charge.values())
    if sale is not None:
        command = order.RecordDownload(OrderId(sale.id), town.clock.now())
        town.command(command, "buyer")


# Time and the product's own jobs ------------------------------------------------------------


@rule(12)
def wait(town: Town, chance: Random) -> None:
    """Minutes as a rule, days now and then."""
    (hours,) = chance.choices([0.1, 1, 7, 24, 24 * 3, 24 * 8], [8, 6, 4, 3, 2, 1])
    town.advance(hours=hours)


@rule(14)
def carry_webhooks(town: Town, chance: Random) -> None:
    """Some of those that wait, in any order, some of them twice."""
    waiting = town.waiting_webhooks()
    chance.shuffle(waiting)
    for delivery in waiting[: chance.randint(1, 6)]:
        town.deliver(delivery, copies=chance.choice([1, 1, 1, 2]))


@rule(1)
def lose_a_webhook(town: Town, chance: Random) -> None:
    delivery = one_of(chance, town.waiting_webhooks())
    if delivery is not None:
        town.lose(delivery)


@rule(10)
def work_inbox(town: Town, chance: Random) -> None:
    if chance.random() < 0.5:
        town.hurry()
    town.core.inbox_worker.work_batch(chance.choice([1, 3, 200]))


@rule(6)
def read_transactions(town: Town, _: Random) -> None:
    town.ask(town.core.feed.read_transactions)


@rule(8)
def follow(town: Town, _: Random) -> None:
    town.runner.catch_up()


@rule(5)
def meet_deadlines(town: Town, _: Random) -> None:
    town.core.deadlines.run()


@rule(6)
def perform_effects(town: Town, chance: Random) -> None:
    if chance.random() < 0.5:
        town.hurry()
    town.core.effect_performer.drain()


@rule(2)
def run_payouts(town: Town, _: Random) -> None:
    town.core.paying_out.run_weekly()


@rule(1)
def repair(town: Town, _: Random) -> None:
    town.ask(lambda: town.core.feed.repair_events(town.clock.now()))


# Sellers' money -----------------------------------------------------------------------------


@rule(3)
def ask_for_payout(town: Town, chance: Random) -> None:
    seller_id = one_of(chance, town.sellers)
    if seller_id is None:
        return
    currency, request_id = chance.choice(list(PRICES)), f"p{chance.randrange(10**9)}"
    now = town.clock.now()
    expected = town.model.payouts.refusals(seller_id, currency, now)
    paying_out = town.core.paying_out
    answer = town.ask(lambda: paying_out.request(seller_id, currency, request_id=request_id))
    agreed(answer, expected)


def agreed(answer: Any, expected: Iterable[str]) -> None:
    """The product refuses if and only if the model does, for a reason that the model has."""
    if isinstance(answer, str):
        assert answer in expected, f"refused: {answer}; the model would: {expected}"
    else:
        assert not expected, f"not refused, yet the model has {expected}: {answer}"


@rule(2)
def bank_answers(town: Town, chance: Random) -> None:
    accounts = [row["id"] for row in town.world.all("", "account")]
    payouts = [row for account in accounts for row in town.world.all(account, "payout")]
    found = one_of(chance, [row for row in payouts if row["status"] in {"pending", "in_transit"}])
    if found is not None:
        decide(town.world, "payouts", found["id"], chance.choice(["in_transit", "paid"]))


# Stripe by itself ---------------------------------------------------------------------------


@rule(1)
def stripe_moves_its_balance(town: Town, chance: Random) -> None:
    kind = chance.choice(["stripe_fee", "tax", "reserve_hold", "reserve_release", "adjustment"])
    wish = {"amount": chance.randint(1, 500), "currency": chance.choice(["usd", "jpy"])}
    with suppress(StripeFault):  # a reserve that does not hold so much
        movements.make(town.world, kind, wish)
