"""Sellers join and publish; buyers order, pay, are declined, come back, download."""

from contextlib import suppress
from random import Random

import stripe

from machine.rules.registry import RECENT, one_of, rule
from machine.town import Product, Town, Wish
from mywork.application.commands import envelope
from mywork.domain.identifiers import OrderId, ProductId, SellerId, UserId, derived_id
from mywork.domain.order.sale_messages import RecordDownload
from mywork.domain.product import DraftProduct, PublishProduct
from mywork.domain.seller.messages import Level
from mywork.sandbox.stripe.outcomes import decide

MOST_SELLERS = 6
PRICES = {
    "USD": (0, 100, 101, 999, 1_234, 9_995, 12_345, 29_900, 999_999),
    "EUR": (133, 4_999, 100_001),
    "JPY": (100, 1_001, 50_000),
    "KWD": (300, 12_340, 100_010),
}
CARDS = {
    "pm_card_visa": 10,
    "pm_card_bypassPending": 8,
    "pm_card_chargeDeclined": 2,
    "pm_card_chargeDeclinedInsufficientFunds": 1,
    "pm_card_pendingRefund": 2,
    "pm_card_refundFail": 2,
    "pm_card_createDispute": 1,
    "pm_card_createDisputeInquiry": 1,
    "pm_card_createMultipleDisputes": 1,
    "pm_card_createIssuerFraudRecord": 1,
}


@rule(1)
def join(town: Town, chance: Random) -> None:
    if len(town.sellers) >= MOST_SELLERS:
        return
    seller_id = SellerId(UserId(f"user_seller{len(town.sellers)}"))
    name = seller_id.removeprefix("user_")
    email = f"{name}@example.com"
    joined = town.ask(lambda: town.core.selling.join(seller_id, name, email, country="US"))
    assert joined == "" or not isinstance(joined, str), joined
    if joined:
        town.sellers.append(seller_id)
        if chance.random() < 0.9:
            decide(town.world, "accounts", joined.seller.stripe_account_id, "onboard")


@rule(1)
def verify(town: Town, chance: Random) -> None:
    """A seller's level says what is kept in reserve of later orders."""
    seller_id = one_of(chance, town.sellers)
    if seller_id is None:
        return
    level: Level = chance.choice(["new", "verified", "trusted"])
    verifying = town.core.selling.verify
    town.ask(lambda: verifying(seller_id, level, actor=UserId("admin"), reason="papers"))


@rule(2)
def publish(town: Town, chance: Random) -> None:
    seller_id = one_of(chance, town.sellers)
    if seller_id is None:
        return
    currency = chance.choice(["USD", "USD", "USD", *PRICES])
    price = chance.choice(PRICES[currency])
    product_id = ProductId(derived_id("product", str(len(town.products)), str(chance.random())))
    draft = DraftProduct(
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
    publishing = PublishProduct(product_id, seller_id, town.clock.now())
    sent = [envelope(command, actor=seller_id) for command in (draft, publishing)]
    outcomes = town.core.handler.handle_many(sent)
    assert not any(outcome.error for outcome in outcomes), outcomes
    town.products[product_id] = Product(product_id, seller_id, currency, price)


@rule(12)
def buy(town: Town, chance: Random) -> None:
    offered = one_of(chance, town.products)
    if offered is None:
        return
    buyer = f"user_b{chance.randrange(50)}"
    wish = Wish(buyer, offered, f"{len(town.wishes)}-{chance.random()}")
    town.wishes.append(wish)
    _place(town, wish)


@rule(2)
def buy_again(town: Town, chance: Random) -> None:
    """The same request once more: a double click, or after a crash."""
    wish = one_of(chance, town.wishes)
    if wish is not None:
        _place(town, wish)


def _place(town: Town, wish: Wish) -> None:
    buyer, offered = UserId(wish.who), ProductId(wish.about)
    checkout = town.core.buying
    answer = town.ask(lambda: checkout.place(buyer, offered, "standard", request_id=wish.id))
    assert answer in ("", "OrderNotPayable") or not isinstance(answer, str), answer


@rule(20)
def pay(town: Town, chance: Random) -> None:
    intents = town.world.tables.get("/payment_intent", {}).values()
    open_ = [found for found in list(intents)[-RECENT:] if found["status"].startswith("requires")]
    intent = one_of(chance, open_)
    if intent is None:
        return
    (card,) = chance.choices(list(CARDS), list(CARDS.values()))
    with suppress(stripe.CardError):
        town.people.payment_intents.confirm(intent["id"], {"payment_method": card})


@rule(3)
def download(town: Town, chance: Random) -> None:
    sale = one_of(chance, town.model.sales.by_charge.values())
    if sale is not None:
        command = RecordDownload(OrderId(sale.id), town.clock.now())
        town.command(command, "buyer")
