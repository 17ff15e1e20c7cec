"""A bank takes a subscription's payment back: held, then lost or won; whoever told it when."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from marketplace import BO, START, Marketplace
from subscriber import Subscriber

from mywork.domain.breaks.explanation_messages import BreakOpened
from mywork.ledger.trial_balance import trial_balance
from mywork.sandbox.stripe import disputes, terms
from mywork.sandbox.stripe.due import tick

DAY_OF_DISPUTE = START + timedelta(days=26)


@pytest.fixture
def bo(marketplace: Marketplace) -> Subscriber:
    return Subscriber(marketplace)


def _disputed(bo: Subscriber, *, inquiry: bool = False) -> str:
    world = bo.marketplace.world
    charge = world.find("", "charge", bo.charges()[0])
    opening = disputes.Opening(reason="subscription_canceled", inquiry=inquiry)
    opened: str = disputes.open_(world, "", charge, opening)["id"]
    return opened


def _of_dispute(bo: Subscriber) -> tuple[int, int]:
    held, expense = bo.marketplace.balances("disputes:held", "expense:dispute")
    return held, expense


def test_a_lost_dispute_takes_first_what_is_not_earned(bo: Subscriber) -> None:
    marketplace = bo.marketplace
    bo.subscribe("pro")
    bo.until(2026, 12, 2)
    deferred, revenue, _ = bo.books()
    dispute_id = _disputed(bo)
    marketplace.settle()
    assert (bo.books(), _of_dispute(bo)) == ((deferred, revenue, 0), (2_900, 1_500))
    marketplace.check_at_rest()
    disputes.lose(marketplace.world, "", dispute_id)
    marketplace.core.subscribing.cancel(BO)
    marketplace.settle()
    assert (bo.books()[0] + bo.books()[1], _of_dispute(bo)) == (0, (0, 1_500))
    marketplace.check_at_rest()
    for _ in range(2):
        marketplace.advance(days=30)
        marketplace.settle()
    assert bo.books() == (0, 0, 0)
    marketplace.check_at_rest()
    assert marketplace.events(BreakOpened) == []


def test_a_dispute_that_is_won_changes_nothing(bo: Subscriber) -> None:
    marketplace = bo.marketplace
    bo.subscribe("pro")
    dispute_id = _disputed(bo)
    marketplace.settle()
    disputes.win(marketplace.world, "", dispute_id)
    marketplace.core.subscribing.cancel(BO)
    marketplace.settle()
    assert (bo.books(), _of_dispute(bo)[0]) == ((2_900, 0, 0), 0)
    bo.until(2027, 1, 5)
    assert bo.books() == (0, 2_900, 0)


def test_an_inquiry_takes_nothing_unless_it_is_escalated(bo: Subscriber) -> None:
    marketplace = bo.marketplace
    bo.subscribe("pro")
    dispute_id = _disputed(bo, inquiry=True)
    marketplace.settle()
    assert _of_dispute(bo) == (0, 0)
    disputes.escalate(marketplace.world, "", dispute_id)
    marketplace.settle()
    assert _of_dispute(bo) == (2_900, 1_500)
    marketplace.check_at_rest()


@pytest.mark.parametrize("in_time", [True, False])
@pytest.mark.parametrize("end", [disputes.win, disputes.lose])
def test_a_dispute_of_what_was_settled_in_another_currency(
    bo: Subscriber, end: Any, in_time: bool
) -> None:
    """What the bank took at another rate than it paid is no revenue."""
    marketplace, world = bo.marketplace, bo.marketplace.world
    settle = marketplace.settle if in_time else lambda: None
    rates = {"eur/usd": "1.1"}
    terms.change(world, {"settlement_currencies": ["usd"], "exchange_rates": rates})
    bo.confirm(bo.begin("pro", "EUR"))
    settle()
    (found,) = marketplace.stripe.subscriptions.list().data
    ids: list[str] = []
    for days, act in (
        (2, lambda: marketplace.stripe.subscriptions.cancel(found.id)),
        (8, lambda: terms.change(world, {"exchange_rates": {"eur/usd": "1.2"}})),
        (1, lambda: ids.append(_disputed(bo))),
        (1, lambda: terms.change(world, {"exchange_rates": {"eur/usd": "1.15"}})),
        (1, lambda: end(world, "", ids[0])),
        (60, lambda: None),
    ):
        for _ in range(days):
            marketplace.advance(days=1)
            tick(world)
        act()
        settle()
    marketplace.settle()
    marketplace.check_at_rest()
    deferred, revenue, _ = bo.books()
    assert (deferred, marketplace.uncleared()) == (0, {})
    paid = world.find("", "charge", bo.charges()[0])["amount"]
    won = end is disputes.win
    assert revenue == (round(paid * 1.1) if won else 0)
    assert _of_dispute(bo)[0] == 0
    assert marketplace.events(BreakOpened) == []


# Any order ----------------------------------------------------------------------------------


def _live(bo: Subscriber, end: Callable[..., object], *, in_time: bool) -> None:
    """A refund, a dispute of the rest, its end and the subscription's, at Stripe."""
    marketplace, world = bo.marketplace, bo.marketplace.world
    stripe, settle = marketplace.stripe, marketplace.settle if in_time else lambda: None
    bo.confirm(bo.begin("team"))
    settle()
    (found,) = stripe.subscriptions.list().data
    (charge,) = bo.charges()
    ids: list[str] = []
    for days, act in (
        (10, lambda: stripe.refunds.create({"charge": charge, "amount": 2_000})),
        (15, lambda: ids.append(_disputed(bo))),
        (5, lambda: end(world, "", ids[0])),
        (5, lambda: stripe.subscriptions.cancel(found.id)),
        (40, lambda: None),
    ):
        for _ in range(days):
            marketplace.advance(days=1)
            settle()
            tick(world)
        act()
        settle()


@pytest.mark.parametrize("seed", [None, *range(4)])
@pytest.mark.parametrize(("end", "kept"), [(disputes.win, 7_900), (disputes.lose, 0)])
def test_the_order_of_webhooks_does_not_matter(
    bo: Subscriber, end: Any, kept: int, seed: int | None
) -> None:
    marketplace = bo.marketplace
    _live(bo, end, in_time=seed is None)
    if seed is not None:
        if seed % 2:
            marketplace.core.feed.read_transactions()  # settled before anything is known
            marketplace.drain()
        marketplace.carry(shuffled=random.Random(seed), copies=1 + seed)
    marketplace.settle()
    marketplace.check_at_rest()
    assert marketplace.core.inbox.counts() == {"waiting": 0, "dead": 0}
    assert marketplace.events(BreakOpened) == []
    assert bo.books() == (3_194, 6_706 + kept, 0)
    assert _then(marketplace, DAY_OF_DISPUTE) == (2_300, 5_600, 7_900)


def _then(marketplace: Marketplace, at: datetime) -> tuple[int, int, int]:
    """By the time of what happened, not of our hearing."""
    rows = trial_balance(marketplace.core.store, at=at).rows
    found = {row.account: row.balance_minor for row in rows}
    names = "subscriptions:deferred", "revenue:subscriptions", "disputes:held"
    deferred, revenue, held = (found.get(name, 0) for name in names)
    return -deferred, -revenue, held
