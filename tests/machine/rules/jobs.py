"""Time passes, webhooks come or do not, and the product's own jobs take their turns."""

from contextlib import suppress
from random import Random

import stripe

from machine.rules.registry import one_of, rule
from machine.town import Town
from mywork.sandbox.stripe import balance as stripe_balance
from mywork.sandbox.stripe import movements
from mywork.sandbox.stripe.errors import StripeFault
from mywork.sandbox.stripe.world import PLATFORM


@rule(12)
def wait(town: Town, chance: Random) -> None:
    """Minutes as a rule, days now and then."""
    (hours,) = chance.choices([0.1, 1, 5, 23, 24 * 3, 24 * 8], [8, 8, 4, 3, 2, 1])
    town.advance(hours=hours)


@rule(14)
def carry_webhooks(town: Town, chance: Random) -> None:
    """Some of those that wait, in any order, some of them twice."""
    waiting = town.waiting_webhooks()
    chance.shuffle(waiting)
    for delivery in waiting[: chance.randint(1, 8)]:
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


@rule(5)
def read_transactions(town: Town, _: Random) -> None:
    town.ask(town.core.feed.read_transactions)


@rule(8)
def follow(town: Town, _: Random) -> None:
    town.runner.catch_up()


@rule(5)
def meet_deadlines(town: Town, _: Random) -> None:
    town.core.deadlines.run()


@rule(8)
def perform_effects(town: Town, chance: Random) -> None:
    if chance.random() < 0.5:
        town.hurry()
    town.core.outbox_dispatcher.drain()


@rule(2)
def run_payouts(town: Town, _: Random) -> None:
    town.core.paying_out.run_scheduled()


@rule(4)
def let_payouts_take_turns(town: Town, _: Random) -> None:
    town.ask(town.core.payout_queue.run)


@rule(1)
def repair(town: Town, _: Random) -> None:
    town.ask(lambda: town.core.feed.repair_events(town.clock.now()))


@rule(1)
def stripe_moves_its_balance(town: Town, chance: Random) -> None:
    kind = chance.choice(["stripe_fee", "tax", "reserve_hold", "reserve_release", "adjustment"])
    wish = {"amount": chance.randint(1, 500), "currency": chance.choice(["usd", "kwd"])}
    with suppress(StripeFault):  # a reserve that does not hold so much
        movements.make(town.world, kind, wish)


@rule(1)
def platform_moves_its_money(town: Town, chance: Random) -> None:
    """To its own bank, so that the balance may be short, and back."""
    currency = chance.choice(["usd", "usd", "kwd"])
    available = stripe_balance.available(town.world, PLATFORM, currency)
    amount = max(available, 1_000) // chance.choice([1, 2, 4]) // 10 * 10
    paying = town.people.payouts if chance.random() < 0.6 else town.people.topups
    with suppress(stripe.InvalidRequestError):  # more than there is
        paying.create({"amount": amount, "currency": currency})
