"""A subscription from its request to its end, through the real SDK and webhooks in any order."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from marketplace import BO, START, Marketplace
from subscriber import Subscriber

from mywork.application.ports.faults import VendorRefused, VendorUnavailable
from mywork.domain.breaks.explanation_messages import BreakOpened
from mywork.domain.errors import (
    AlreadySubscribed,
    NothingToResume,
    SubscriptionNotActive,
    SubscriptionNotFound,
    TierUnknown,
)
from mywork.domain.identifiers import new_id
from mywork.domain.subscription.contract_messages import PlanChangeRefused, SubscriptionStarted
from mywork.domain.subscription.invoice_messages import InvoiceFailed, InvoiceRefundFailed
from mywork.domain.subscription.plans import plan_for
from mywork.domain.subscription.state import Ended
from mywork.ledger.trial_balance import trial_balance
from mywork.sandbox.stripe import terms
from mywork.sandbox.stripe.due import tick

DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def bo(marketplace: Marketplace) -> Subscriber:
    return Subscriber(marketplace)


# A year -------------------------------------------------------------------------------------


def test_a_year_of_a_subscription(marketplace: Marketplace, bo: Subscriber) -> None:
    """Upgrade, failed renewal, recovery, grace, downgrade, credit, refund, end: to the cent."""
    terms.change(marketplace.world, {"subscription_after_retries": "past_due"})
    subscribing = marketplace.core.subscribing
    bo.subscribe("pro")
    assert bo.books() == (2_900, 0, 0)

    bo.until(2026, 11, 25)
    subscribing.change_plan(BO, "team")
    marketplace.settle()
    assert (bo.running.tier, bo.books()[0]) == ("team", 2_900 - 1_442 + 4_923)

    bo.until(2027, 1, 5)
    bo.use("pm_card_chargeCustomerFail")
    bo.until(2027, 1, 11)
    assert (bo.running.status, bo.running.grace_over) == ("past_due", False)
    bo.use("pm_card_visa")
    bo.until(2027, 1, 15)
    assert bo.running.status == "active"

    bo.use("pm_card_chargeCustomerFail")
    bo.until(2027, 2, 20)
    assert (bo.running.status, bo.running.grace_over) == ("past_due", True)
    bo.confirm(subscribing.payment(BO))
    marketplace.settle()
    assert bo.running.status == "active"

    bo.until(2027, 3, 2)
    subscribing.change_plan(BO, "pro")
    marketplace.settle()
    assert bo.running.tier == "pro"
    assert bo.books()[2] > 0
    bo.until(2027, 4, 15)
    assert bo.books()[2] == 0

    charge = bo.charges()[-1]
    marketplace.stripe.refunds.create({"charge": charge, "amount": 1_000})
    marketplace.settle()
    bo.check()

    bo.until(2027, 10, 20)
    subscribing.cancel(BO)
    marketplace.settle()
    subscribing.resume(BO)
    marketplace.settle()
    assert bo.running.cancels_at is None
    subscribing.cancel(BO)
    bo.until(2027, 12, 2)
    assert bo.state.contract == Ended(bo.ended, "canceled")
    assert bo.books() == (0, bo.paid(), 0)
    assert marketplace.uncleared() == {}
    assert marketplace.core.inbox.counts() == {"waiting": 0, "dead": 0}
    assert marketplace.events(BreakOpened) == []


# Any order ----------------------------------------------------------------------------------


def _live(bo: Subscriber, *, in_time: bool) -> None:
    """Ten weeks at Stripe, mostly by its own hand; webhooks in time, or none until the end."""
    marketplace = bo.marketplace
    stripe, settle = marketplace.stripe, marketplace.settle if in_time else lambda: None
    bo.confirm(bo.begin("team"))
    settle()
    (found,) = stripe.subscriptions.list().data
    for days, act in (
        (10, lambda: _give_back(bo, 2_000)),
        (5, lambda: _change(bo, found.id, "pro")),
        (20, lambda: _give_back(bo, 1_500)),
        (3, lambda: _change(bo, found.id, "enterprise")),
        (10, lambda: stripe.subscriptions.update(found.id, {"cancel_at_period_end": True})),
        (22, lambda: None),
    ):
        for _ in range(days):
            marketplace.advance(days=1)
            settle()
            tick(marketplace.world)
        act()
        settle()


def _change(bo: Subscriber, subscription_id: str, tier: str, currency: str = "USD") -> None:
    plan = plan_for(tier, currency)
    bo.marketplace.billing.change_plan(subscription_id, plan, idempotency_key=tier)


def _give_back(bo: Subscriber, amount: int) -> None:
    charge = bo.charges()[0]
    bo.marketplace.stripe.refunds.create({"charge": charge, "amount": amount})


def _rows(marketplace: Marketplace, at: datetime | None = None) -> dict[str, int]:
    rows = trial_balance(marketplace.core.store, at=at).rows
    return {
        row.account if row.currency == "USD" else f"{row.account} {row.currency}": row.balance_minor
        for row in rows
        if row.balance_minor
    }


# What is left of three tiers, two refunds and an end, whoever told it first.
AT_THE_END = {
    "expense:processing": 1_341,
    "revenue:subscriptions": -24_573,
    "stripe:available": 39_330,
    "subscriptions:deferred": -16_098,
}


@pytest.mark.parametrize("seed", [None, *range(6)])
def test_the_order_of_webhooks_does_not_matter(
    marketplace: Marketplace, bo: Subscriber, seed: int | None
) -> None:
    _live(bo, in_time=seed is None)
    if seed is not None:
        shuffled = random.Random(seed)
        if seed % 2:
            marketplace.core.feed.read_transactions()  # settled before anything is known
            marketplace.drain()
        marketplace.carry(shuffled=shuffled, copies=1 + seed)
    marketplace.settle()
    bo.check()
    assert isinstance(bo.state.contract, Ended)
    assert marketplace.core.inbox.counts() == {"waiting": 0, "dead": 0}
    assert _rows(marketplace) == AT_THE_END
    december = _rows(marketplace, at=DECEMBER)  # by the time of what happened, not of our hearing
    earned, deferred = december["revenue:subscriptions"], december["subscriptions:deferred"]
    assert (earned, deferred) == (-4_433, 33)  # a refund and unused time gave days back twice


# Beginning ----------------------------------------------------------------------------------


def test_a_declined_first_payment_leaves_it_payable(bo: Subscriber) -> None:
    subscribing = bo.marketplace.core.subscribing
    begun = bo.begin("pro")
    with pytest.raises(Exception, match="declined"):
        bo.confirm(begun, "pm_card_chargeDeclined")
    bo.marketplace.settle()
    assert bo.running.status == "incomplete"
    (failed,) = bo.marketplace.events(InvoiceFailed)
    assert (failed.attempt, failed.next_attempt_at) == (1, None)
    again = bo.begin("pro")
    assert again.client_secret == begun.client_secret
    bo.confirm(again)
    bo.marketplace.settle()
    assert (bo.running.status, bo.books()) == ("active", (2_900, 0, 0))
    assert subscribing.payment(BO).client_secret == ""


def test_unpaid_for_a_day_it_has_ended_and_may_be_asked_for_anew(bo: Subscriber) -> None:
    bo.begin("pro")
    bo.marketplace.advance(days=1)
    bo.marketplace.settle()
    assert isinstance(bo.state.contract, Ended)
    bo.subscribe("team")
    assert (bo.running.tier, bo.running.status) == ("team", "active")
    bo.check()


def test_cancelled_before_it_is_paid_it_ends_at_once(bo: Subscriber) -> None:
    subscribing = bo.marketplace.core.subscribing
    bo.begin("pro")
    subscribing.cancel(BO)
    bo.marketplace.settle()
    assert bo.state.contract == Ended(bo.ended, "incomplete_expired")
    (intent,) = bo.marketplace.world.all("", "payment_intent")
    assert intent["status"] == "canceled"


def test_a_subscription_with_an_unknown_outcome_is_looked_up(
    bo: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    marketplace, create = bo.marketplace, bo.marketplace.billing.create_subscription

    def create_and_hang_up(*args: Any, **kwargs: Any) -> None:
        create(*args, **kwargs)
        marketplace.world.tables["/idempotency"].clear()  # a day later Stripe has forgotten it
        raise VendorUnavailable("the connection was reset")

    monkeypatch.setattr(marketplace.billing, "create_subscription", create_and_hang_up)
    with pytest.raises(VendorUnavailable):
        bo.begin("pro")
    monkeypatch.setattr(marketplace.billing, "create_subscription", create)
    bo.subscribe("pro")
    assert len(marketplace.world.all("", "subscription")) == 1
    assert bo.running.status == "active"
    bo.check()


def test_a_webhook_may_be_faster_than_the_answer(bo: Subscriber) -> None:
    """Stripe tells of the subscription while our own request still waits for it."""
    marketplace, create = bo.marketplace, bo.marketplace.billing.create_subscription

    def create_slowly(*args: Any, **kwargs: Any) -> Any:
        made = create(*args, **kwargs)
        marketplace.settle()
        return made

    marketplace.billing.create_subscription = create_slowly  # type: ignore[method-assign]
    bo.subscribe("pro")
    assert len(marketplace.events(SubscriptionStarted)) == 1
    assert bo.books() == (2_900, 0, 0)


def test_what_stripe_refuses_may_be_asked_for_again(
    bo: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    marketplace, create = bo.marketplace, bo.marketplace.billing.create_subscription

    def refuse(*_: Any, **__: Any) -> None:
        raise VendorRefused("customer_max_subscriptions", "too many")

    monkeypatch.setattr(marketplace.billing, "create_subscription", refuse)
    with pytest.raises(VendorRefused):
        bo.begin("pro")
    monkeypatch.setattr(marketplace.billing, "create_subscription", create)
    bo.subscribe("team")
    assert len(bo.state.requests) == 2
    assert bo.running.tier == "team"


def test_whoever_asks_and_however_often_there_is_one_subscription(bo: Subscriber) -> None:
    subscribing = bo.marketplace.core.subscribing

    def ask(_: int) -> object:
        try:
            return subscribing.subscribe(
                BO, "pro", "USD", request_id=new_id()
            ).contract.subscription_id
        except (VendorUnavailable, AlreadySubscribed) as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(12)))
    assert len(bo.marketplace.world.all("", "subscription")) == 1
    assert len({answer for answer in answers if isinstance(answer, str)}) == 1
    assert len(bo.marketplace.world.all("", "customer")) == 1


@pytest.mark.parametrize(("currency", "price"), [("JPY", 4_300), ("KWD", 9_000), ("EUR", 2_900)])
def test_other_currencies(bo: Subscriber, currency: str, price: int) -> None:
    bo.subscribe("pro", currency=currency)
    assert bo.books(currency) == (price, 0, 0)
    bo.marketplace.advance(days=12, hours=3)
    bo.marketplace.core.subscribing.change_plan(BO, "team")
    bo.marketplace.settle()
    assert bo.running.tier == "team"
    bo.marketplace.check_at_rest()
    bo.marketplace.core.subscribing.cancel(BO)
    bo.marketplace.settle()
    for _ in range(2):
        bo.marketplace.advance(days=30)
        bo.marketplace.settle()
    assert bo.books(currency) == (0, bo.paid(), 0)
    bo.marketplace.check_at_rest()


@pytest.mark.parametrize("in_time", [True, False])
def test_settled_in_another_currency(bo: Subscriber, in_time: bool) -> None:
    """Earned in dollars from the settlement on; credit stays in the customer's own euros."""
    marketplace, world = bo.marketplace, bo.marketplace.world
    settle = marketplace.settle if in_time else lambda: None
    rates = {"eur/usd": "1.1"}
    terms.change(world, {"settlement_currencies": ["usd"], "exchange_rates": rates})
    bo.confirm(bo.begin("team", "EUR"))
    settle()
    (found,) = marketplace.stripe.subscriptions.list().data
    for days, act in (
        (15, lambda: _change(bo, found.id, "pro", "EUR")),
        (20, lambda: _change(bo, found.id, "enterprise", "EUR")),
        (5, lambda: terms.change(world, {"exchange_rates": {"eur/usd": "1.25"}})),
        (1, lambda: _give_back(bo, 2_000)),
        (1, lambda: marketplace.stripe.subscriptions.cancel(found.id)),
        (80, lambda: None),
    ):
        for _ in range(days):
            marketplace.advance(days=1)
            tick(world)
        act()
        settle()
    marketplace.settle()
    marketplace.check_at_rest()
    assert marketplace.core.inbox.counts() == {"waiting": 0, "dead": 0}
    assert _rows(marketplace) == {
        "expense:processing": 1_614,
        "fx:gain_loss": 300,  # what the refund cost more than its part of the payment
        "revenue:subscriptions": -51_392,
        "stripe:available": 49_478,
    }


# Changing -----------------------------------------------------------------------------------


def test_an_upgrade_that_the_card_declines_changes_nothing(bo: Subscriber) -> None:
    bo.subscribe("pro")
    bo.use("pm_card_chargeCustomerFail")
    bo.marketplace.advance(days=10)
    bo.marketplace.core.subscribing.change_plan(BO, "team")
    bo.marketplace.settle()
    (refused,) = bo.marketplace.events(PlanChangeRefused)
    assert refused.reason == "card_declined"
    assert (bo.running.tier, bo.running.change, bo.running.status) == ("pro", None, "active")
    bo.check()
    assert bo.books() == (2_900, 0, 0)


def test_a_change_with_an_unknown_outcome_is_made_once(
    bo: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    marketplace, change = bo.marketplace, bo.marketplace.billing.change_plan
    bo.subscribe("pro")

    def change_and_hang_up(*args: Any, **kwargs: Any) -> None:
        change(*args, **kwargs)
        marketplace.world.tables["/idempotency"].clear()
        raise VendorUnavailable("the connection was reset")

    monkeypatch.setattr(marketplace.billing, "change_plan", change_and_hang_up)
    marketplace.advance(days=15)
    marketplace.core.subscribing.change_plan(BO, "team")
    marketplace.runner.catch_up()
    assert marketplace.core.outbox_dispatcher.drain() == 0
    monkeypatch.setattr(marketplace.billing, "change_plan", change)
    with marketplace.core.store.transaction() as cursor:
        cursor.execute("UPDATE operations.outbox SET due_at = now() - interval '1 second'")
    marketplace.settle()
    assert bo.running.tier == "team"
    assert len(marketplace.world.all("", "invoice")) == 2
    bo.check()


def test_a_change_that_stripe_cannot_make_now_waits(
    bo: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    marketplace, change = bo.marketplace, bo.marketplace.billing.change_plan
    bo.subscribe("pro")

    def busy(*_: Any, **__: Any) -> None:
        raise VendorRefused("lock_timeout", "another request holds it")

    monkeypatch.setattr(marketplace.billing, "change_plan", busy)
    marketplace.core.subscribing.change_plan(BO, "team")
    marketplace.runner.catch_up()
    assert marketplace.core.outbox_dispatcher.drain() == 0
    assert bo.running.awaits == "team"
    monkeypatch.setattr(marketplace.billing, "change_plan", change)
    with marketplace.core.store.transaction() as cursor:
        cursor.execute("UPDATE operations.outbox SET due_at = now() - interval '1 second'")
    marketplace.settle()
    assert (bo.running.tier, bo.running.awaits) == ("team", None)


def test_what_ended_before_the_worker_came_stays_as_it_is(bo: Subscriber) -> None:
    bo.subscribe("pro")
    bo.marketplace.core.subscribing.change_plan(BO, "team")
    bo.marketplace.stripe.subscriptions.cancel(bo.running.subscription_id)
    bo.marketplace.settle()
    assert bo.state.contract == Ended(bo.ended, "canceled")
    assert len(bo.marketplace.world.all("", "invoice")) == 1
    bo.check()


def test_asked_to_end_and_to_go_on_before_the_worker_came(bo: Subscriber) -> None:
    bo.subscribe("pro")
    subscribing = bo.marketplace.core.subscribing
    subscribing.cancel(BO)
    subscribing.resume(BO)
    bo.marketplace.settle()
    assert (bo.running.cancels_at, bo.running.resuming) == (None, False)
    subscribing.cancel(BO)
    bo.marketplace.settle()
    assert bo.running.cancels_at == START + timedelta(days=30)


def test_a_paused_one_goes_on_with_a_new_period(bo: Subscriber) -> None:
    """As support may set it up: a trial without a card, that pauses at its end."""
    marketplace = bo.marketplace
    bo.begin("pro")
    (price,) = marketplace.stripe.prices.list().data
    marketplace.core.subscribing.cancel(BO)
    marketplace.settle()
    settings = {"end_behavior": {"missing_payment_method": "pause"}}
    customer = bo.state.customer_id
    marketplace.stripe.subscriptions.create(
        {
            "customer": customer,
            "items": [{"price": price.id}],
            "metadata": {"user_id": BO},
            "trial_period_days": 7,
            "trial_settings": settings,
            "payment_behavior": "default_incomplete",
        }
    )
    marketplace.settle()
    assert bo.running.status == "trialing"
    marketplace.advance(days=8)
    marketplace.settle()
    assert bo.running.status == "paused"
    with pytest.raises(SubscriptionNotActive, match="resume it"):
        marketplace.core.subscribing.change_plan(BO, "team")
    bo.use("pm_card_visa")
    marketplace.core.subscribing.resume(BO)
    marketplace.settle()
    assert bo.running.status == "active"
    bo.check()


def test_what_cannot_be_is_refused_by_name(bo: Subscriber) -> None:
    subscribing = bo.marketplace.core.subscribing
    with pytest.raises(TierUnknown):
        bo.begin("royal")
    for ask in (subscribing.cancel, subscribing.resume, subscribing.payment):
        with pytest.raises(SubscriptionNotFound):
            ask(BO)
    bo.subscribe("pro")
    with pytest.raises(TierUnknown):
        subscribing.change_plan(BO, "royal")
    with pytest.raises(AlreadySubscribed):
        bo.begin("team")
    with pytest.raises(NothingToResume):
        subscribing.resume(BO)


# Money that surprises -----------------------------------------------------------------------


def test_a_refund_that_fails_at_the_bank_restores_both_parts(bo: Subscriber) -> None:
    marketplace = bo.marketplace
    terms.change(marketplace.world, {"refunds_wait_for_balance": False})
    bo.subscribe("pro", card="pm_card_refundFail")
    marketplace.advance(days=21)
    marketplace.settle()
    earned = bo.books()[1]
    assert earned == 1_933
    marketplace.stripe.refunds.create({"charge": bo.charges()[0]})
    marketplace.settle()
    assert bo.books() == (97, -97, 0)  # a day that is earned, and booked at the month's end
    bo.check()
    marketplace.advance(hours=1)
    marketplace.settle()
    assert len(marketplace.events(InvoiceRefundFailed)) == 1
    assert bo.books() == (2_900 - earned, earned, 0)
    bo.check()
    marketplace.core.subscribing.cancel(BO)
    marketplace.settle()
    bo.until(2027, 1, 2)
    assert bo.books() == (0, 2_900, 0)


def test_an_invoice_of_nobody_of_ours_is_a_break_and_goes_back(bo: Subscriber) -> None:
    marketplace, stripe = bo.marketplace, bo.marketplace.stripe
    terms.change(marketplace.world, {"refunds_wait_for_balance": False})
    bo.begin("pro")  # makes the price
    (price,) = stripe.prices.list().data
    customer = stripe.customers.create({"email": "eve@example.com"})
    method = stripe.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    stripe.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": price.id}],
            "default_payment_method": method.id,
        }
    )
    marketplace.settle()
    (opened,) = marketplace.events(BreakOpened)
    assert (opened.kind, opened.amount_minor) == ("unexpected_payment", 2_900)
    assert (marketplace.balances("suspense:stripe"), bo.paid()) == ((0,), 0)
    marketplace.check_at_rest()


def test_a_payment_of_a_customer_for_nothing_of_ours_is_a_break(bo: Subscriber) -> None:
    terms.change(bo.marketplace.world, {"refunds_wait_for_balance": False})
    stripe = bo.marketplace.stripe
    customer = stripe.customers.create({})
    intent = stripe.payment_intents.create(
        {"amount": 500, "currency": "usd", "customer": customer.id}
    )
    stripe.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    bo.marketplace.settle()
    (opened,) = bo.marketplace.events(BreakOpened)
    assert opened.detail == "the payment names no order of ours"
    bo.marketplace.check_at_rest()


def test_either_webhook_of_a_payment_is_enough(bo: Subscriber) -> None:
    """`invoice.paid` is lost; the payment's own tells the same."""
    marketplace = bo.marketplace
    bo.confirm(bo.begin("pro"))
    for event in marketplace.undelivered():
        if event["type"] != "payment_intent.succeeded":
            marketplace._delivered.add(event["id"])
    marketplace.settle()
    assert bo.books() == (2_900, 0, 0)
    assert bo.running.status == "incomplete"  # until Stripe's events are listed again
    assert marketplace.core.feed.repair_events(marketplace.clock.now()) > 0
    marketplace.settle()
    assert bo.running.status == "active"
    bo.check()
