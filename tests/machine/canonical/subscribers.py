"""What subscribers do, what their banks do, and what support does for them at Stripe."""

from contextlib import suppress
from random import Random
from typing import Any

import stripe

from machine.rules.registry import Rule, one_of
from machine.town import Town
from mywork.domain.identifiers import UserId
from mywork.sandbox.stripe import terms

TIERS = ("pro", "team", "enterprise")
USERS = {  # and what they pay in, as a rule: Stripe's customers have one currency
    UserId(f"user_s{number}"): currency
    for number, currency in enumerate(["USD", "USD", "EUR", "EUR", "JPY", "KWD"])
}
CARDS = {
    "pm_card_visa": 8,
    "pm_card_bypassPending": 12,
    "pm_card_refundFail": 3,
    "pm_card_pendingRefund": 3,
    "pm_card_chargeDeclined": 2,
    "pm_card_createDispute": 1,
    "pm_card_createDisputeInquiry": 1,
}
_OVER = {"canceled", "incomplete_expired"}


def days_pass(town: Town, chance: Random) -> None:
    for _ in range(chance.randint(1, 14)):
        town.advance(days=1)


def subscribe(town: Town, chance: Random) -> None:
    """And pay at once; also somebody who has a subscription, and is told so."""
    user_id, tier = chance.choice(list(USERS)), chance.choice(TIERS)
    currency = USERS[user_id] if chance.random() < 0.95 else "USD"
    request_id = f"s{chance.randrange(10**9)}"
    subscribing = town.core.subscribing
    pay(town, chance, lambda: subscribing.subscribe(user_id, tier, currency, request_id=request_id))


def pay_what_waits(town: Town, chance: Random) -> None:
    """The first payment, or that of a renewal which failed."""
    user_id = _subscriber(town, chance)
    pay(town, chance, lambda: town.core.subscribing.payment(user_id))


def pay(town: Town, chance: Random, standing: Any) -> None:
    (card,) = chance.choices(list(CARDS), list(CARDS.values()))
    found = town.ask(standing)
    if not isinstance(found, str) and found.client_secret and chance.random() < 0.9:
        intent = found.client_secret.partition("_secret_")[0]
        with suppress(stripe.StripeError):
            town.people.payment_intents.confirm(intent, {"payment_method": card})


def change_plan(town: Town, chance: Random) -> None:
    user_id, tier = _subscriber(town, chance), chance.choice(TIERS)
    town.ask(lambda: town.core.subscribing.change_plan(user_id, tier))


def cancel(town: Town, chance: Random) -> None:
    user_id = _subscriber(town, chance)
    town.ask(lambda: town.core.subscribing.cancel(user_id))


def resume(town: Town, chance: Random) -> None:
    user_id = _subscriber(town, chance)
    town.ask(lambda: town.core.subscribing.resume(user_id))


def use_another_card(town: Town, chance: Random) -> None:
    """One that will pay the renewals, or not."""
    found = one_of(chance, _going_on(town))
    if found is not None:
        cards = ["pm_card_chargeCustomerFail", "pm_card_visa", "pm_card_refundFail"]
        _attach(town, found["customer"], chance.choice(cards), found["id"])


def ends_at_stripe(town: Town, chance: Random) -> None:
    """Support ends a subscription there: now, with its period, or after all not."""
    found = one_of(chance, _going_on(town))
    if found is None:
        return
    at_stripe = town.people.subscriptions
    with suppress(stripe.StripeError):
        if chance.random() < 0.5:
            at_stripe.cancel(found["id"])
        else:
            at_stripe.update(found["id"], {"cancel_at_period_end": chance.random() < 0.6})


def changes_at_stripe(town: Town, chance: Random) -> None:
    """Support moves a subscription to another price there."""
    found, price = one_of(chance, _going_on(town)), one_of(chance, _prices(town))
    if found is not None and price is not None:
        item = found["items"]["data"][0]["id"]
        wish = {"items": [{"id": item, "price": price}], "proration_behavior": "always_invoice"}
        with suppress(stripe.StripeError):  # another currency
            town.people.subscriptions.update(found["id"], wish)


def try_for_free(town: Town, chance: Random) -> None:
    """Support gives a week without a card, after which the subscription is paused."""
    free = {row["customer"] for row in _going_on(town)}
    customers = [row for row in town.world.all("", "customer") if row["id"] not in free]
    customer, price = one_of(chance, customers), one_of(chance, _prices(town))
    if customer is None or price is None:
        return
    wish = {
        "customer": customer["id"],
        "items": [{"price": price}],
        "metadata": {"user_id": customer["metadata"].get("user_id", "")},
        "trial_period_days": 7,
        "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}},
        "payment_behavior": "default_incomplete",
    }
    with suppress(stripe.StripeError):
        town.people.subscriptions.create(wish)


def somebody_else_pays(town: Town, chance: Random) -> None:
    """For nothing of ours: once, or as a subscriber of whom we know nothing."""
    customer, price = town.people.customers.create({}), one_of(chance, _prices(town))
    card = chance.choice(["pm_card_visa", "pm_card_bypassPending", "pm_card_refundFail"])
    if price is not None and chance.random() < 0.5:
        method = _attach(town, customer.id, card)
        wish = {"customer": customer.id, "items": [{"price": price}]}
        made = town.people.subscriptions.create(wish | {"default_payment_method": method})
        town.people.subscriptions.cancel(made.id)
        return
    amount, currency = chance.choice([500, 12_340]), chance.choice(["usd", "eur"])
    wish = {"amount": amount, "currency": currency, "customer": customer.id}
    intent = town.people.payment_intents.create(wish)
    town.people.payment_intents.confirm(intent.id, {"payment_method": card})


def what_failure_ends_in(town: Town, chance: Random) -> None:
    """What becomes of a subscription whose renewal was declined, each time."""
    ends = chance.choice(["canceled", "unpaid", "past_due", "past_due"])
    waits = chance.random() < 0.5
    wish = {"subscription_after_retries": ends, "refunds_wait_for_balance": waits}
    terms.change(town.world, wish)


def _subscriber(town: Town, chance: Random) -> UserId:
    """Of a subscription at Stripe; now and then anybody."""
    found = {row["metadata"].get("user_id") for row in _going_on(town)} & set(USERS)
    return chance.choice(sorted(found) if found and chance.random() < 0.9 else list(USERS))


def _going_on(town: Town) -> list[dict[str, Any]]:
    return [row for row in town.world.all("", "subscription") if row["status"] not in _OVER]


def _prices(town: Town) -> list[str]:
    return [row["id"] for row in town.world.all("", "price")]


def _attach(town: Town, customer: str, card: str, subscription: str = "") -> str:
    method: str = town.people.payment_methods.attach(card, {"customer": customer}).id
    if subscription:
        town.people.subscriptions.update(subscription, {"default_payment_method": method})
    return method


RULES: dict[Rule, int] = {
    days_pass: 16,
    subscribe: 12,
    pay_what_waits: 5,
    change_plan: 6,
    cancel: 3,
    resume: 3,
    use_another_card: 4,
    ends_at_stripe: 2,
    changes_at_stripe: 2,
    try_for_free: 1,
    somebody_else_pays: 1,
    what_failure_ends_in: 1,
}
