"""One sale from checkout to payout, and what can come in its way."""

import random
from typing import Any

import pytest
from marketplace import ADA, BO, START, Marketplace

from mywork.application.commands import envelope
from mywork.application.ports.faults import VendorRefused, VendorUnavailable
from mywork.domain.breaks.explanation_messages import BreakOpened, BreakResolved, ResolveBreak
from mywork.domain.errors import (
    InsufficientFunds,
    NothingToPayOut,
    PayoutInFlight,
    ProductNotForSale,
)
from mywork.domain.order.sale_messages import (
    ExpireOrder,
    OrderExpired,
    OrderPaid,
    PaymentAttemptFailed,
)
from mywork.domain.order.settlement_messages import PaymentSettled
from mywork.domain.payout.bank_messages import PayoutCompleted
from mywork.domain.payout.transfer_messages import (
    PayoutQueued,
    PayoutRefused,
    PayoutRequested,
    RequestPayout,
)
from mywork.ledger.rules.posting import post
from mywork.sandbox.stripe import balance as stripe_balance
from mywork.sandbox.stripe import payouts, refunds, terms
from mywork.sandbox.stripe.due import tick


def test_the_specifications_sale_from_checkout_to_payout(marketplace: Marketplace) -> None:
    account = marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product())
    assert (terms.seller_share_minor, terms.commission_minor, terms.processing_fee_minor) == (
        26_013,
        2_990,
        897,
    )
    marketplace.pay(terms)
    marketplace.carry()
    marketplace.drain()
    marketplace.check()
    assert marketplace.seller() == (26_013, 0, 0)
    assert list(marketplace.uncleared().values()) == [29_900]

    marketplace.settle()
    marketplace.check_at_rest()
    assert marketplace.balances("expense:processing", "stripe:pending") == (897, 29_003)

    marketplace.advance(days=2)
    marketplace.settle()
    marketplace.check_at_rest()
    assert marketplace.balances("stripe:available") == (29_003,)

    marketplace.advance(days=5)
    marketplace.settle()
    assert marketplace.seller() == (0, 26_013, 0)

    decision = marketplace.core.paying_out.request(ADA, "USD", request_id="first")
    assert marketplace.seller() == (0, 0, 26_013)
    marketplace.check()
    marketplace.settle()
    marketplace.check_at_rest()
    assert marketplace.seller() == (0, 0, 0)
    (transfer,) = marketplace.stripe.transfers.list().data
    assert (transfer.amount, transfer.destination) == (26_013, account)
    assert transfer.metadata.to_dict()["payout_id"] == decision.requested.payout_id

    marketplace.advance(days=2)
    marketplace.settle()
    assert len(marketplace.events(PayoutCompleted)) == 1
    assert marketplace.balances("revenue:commission", "recovery:processing") == (2_990, 897)
    marketplace.check_at_rest()


@pytest.mark.parametrize("seed", range(6))
def test_webhooks_in_any_order_and_often_have_one_effect(
    marketplace: Marketplace, seed: int
) -> None:
    marketplace.onboarded_seller()
    product_id = marketplace.published_product()
    orders = [marketplace.placed_order(product_id) for _ in range(4)]
    for placed in orders:
        marketplace.pay(placed)
    tick(marketplace.world)
    if seed % 2:
        marketplace.core.feed.read_transactions()  # settled before it is known to be paid
        marketplace.drain()
    marketplace.carry(shuffled=random.Random(seed), copies=5)
    marketplace.settle()
    assert len(marketplace.events(OrderPaid)) == 4
    assert len(marketplace.events(PaymentSettled)) == 4
    assert marketplace.seller() == (4 * 26_013, 0, 0)
    marketplace.check_at_rest()


def test_a_declined_card_leaves_the_order_payable(marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product())
    with pytest.raises(Exception, match="declined"):
        marketplace.pay(terms, card="pm_card_chargeDeclined")
    marketplace.settle()
    assert len(marketplace.events(PaymentAttemptFailed)) == 1
    marketplace.pay(terms)
    marketplace.settle()
    assert marketplace.seller() == (26_013, 0, 0)
    marketplace.check_at_rest()


def test_a_free_order_completes_without_stripe(marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    product_id = marketplace.published_product(price_minor=0)
    placed = marketplace.core.buying.place(BO, product_id, "standard", request_id="r")
    assert (placed.status, placed.client_secret) == ("completed", "")
    assert marketplace.world.all("", "payment_intent") == []
    assert marketplace.core.store.read([f"order-{placed.terms.order_id}"])
    marketplace.check_at_rest()


def test_an_unpaid_order_expires_and_its_intent_is_cancelled(marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    marketplace.placed_order(marketplace.published_product())
    marketplace.settle()
    marketplace.advance(hours=24)
    marketplace.settle()
    assert len(marketplace.events(OrderExpired)) == 1
    (intent,) = marketplace.world.all("", "payment_intent")
    assert intent["status"] == "canceled"


@pytest.mark.parametrize(
    ("field", "value"), [("amount_received", 29_800), ("currency", "eur"), ("livemode", True)]
)
def test_a_payment_that_disagrees_becomes_a_break(
    marketplace: Marketplace, field: str, value: object
) -> None:
    marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product())
    marketplace.pay(terms)
    (event,) = [e for e in marketplace.undelivered() if e["type"] == "payment_intent.succeeded"]
    if field == "livemode":
        event["livemode"] = value
    else:
        event["data"]["object"][field] = value
    marketplace.carry()
    marketplace.drain()
    assert marketplace.events(OrderPaid) == []
    (opened,) = marketplace.events(BreakOpened)
    assert opened.kind == "unexpected_payment"
    assert opened.concerns == f"order-{terms.order_id}"
    marketplace.check()


def test_money_for_an_expired_order_goes_back_to_its_buyer(marketplace: Marketplace) -> None:
    _paid_too_late(marketplace)
    assert marketplace.balances("suspense:stripe") == (29_900,)
    marketplace.settle()
    assert marketplace.seller() == (0, 0, 0)
    (refund,) = marketplace.world.all("", "refund")
    assert refund["amount"] == 29_900
    stripe_balance.record(
        marketplace.world, "", amount=897, currency="usd", source="tu_1", category="topup"
    )
    marketplace.advance(days=3)  # until Stripe's available balance covers it
    marketplace.settle()
    assert marketplace.balances("suspense:stripe", "expense:processing") == (0, 897)
    assert [event.reason for event in marketplace.events(BreakResolved)] == [
        "returned to whoever paid it"
    ]
    marketplace.check_at_rest()


def test_a_return_that_fails_opens_the_break_again(marketplace: Marketplace) -> None:
    """And a person explains the money; a refund that comes twice is booked once."""
    _paid_too_late(marketplace)
    stripe_balance.record(
        marketplace.world, "", amount=50_000, currency="usd", source="tu_1", category="topup"
    )
    marketplace.settle()
    (refund,) = marketplace.world.all("", "refund")
    refunds.fail(marketplace.world, "", refund["id"])
    marketplace.settle()
    assert marketplace.balances("suspense:stripe") == (29_900,)
    marketplace.check_at_rest()
    (opened,) = marketplace.events(BreakOpened)
    resolve = ResolveBreak(opened.break_id, "revenue:commission", "agreed", marketplace.clock.now())
    marketplace.core.handler.handle(envelope(resolve, actor="user_finance"))
    assert marketplace.balances("suspense:stripe") == (0,)


def test_an_unexpected_payment_abroad_goes_back_at_the_rate_of_the_day(
    marketplace: Marketplace,
) -> None:
    wish: Any = {"settlement_currencies": ["usd"], "exchange_rates": {"eur/usd": "1.0834"}}
    terms.change(marketplace.world, wish)
    stripe_balance.record(
        marketplace.world, "", amount=50_000, currency="usd", source="tu_1", category="topup"
    )
    _paid_too_late(marketplace, "EUR")
    marketplace.core.feed.read_transactions()
    marketplace.drain()
    assert marketplace.balances("suspense:stripe", currency="EUR") == (0,)
    assert marketplace.balances("suspense:stripe") == (32_394,)
    terms.change(marketplace.world, {"exchange_rates": {"eur/usd": "1.1"}})
    marketplace.settle()
    assert marketplace.balances("suspense:stripe", "fx:gain_loss") == (0, 32_890 - 32_394)
    marketplace.check_at_rest()


def _paid_too_late(marketplace: Marketplace, currency: str = "USD") -> None:
    """An order that had expired when its payment was told."""
    marketplace.onboarded_seller()
    placed = marketplace.placed_order(marketplace.published_product(currency=currency))
    marketplace.pay(placed)
    expire = ExpireOrder(placed.order_id, placed.expires_at)
    marketplace.core.handler.handle(envelope(expire, actor="test"))
    tick(marketplace.world)
    marketplace.carry()
    marketplace.drain()


def test_a_transaction_that_nothing_explains_waits_in_suspense(marketplace: Marketplace) -> None:
    stripe_balance.record(
        marketplace.world,
        "",
        amount=5_000,
        currency="usd",
        source="adj_1",
        category="other_adjustment",
    )
    marketplace.settle()
    assert marketplace.balances("suspense:stripe", "stripe:available") == (5_000, 5_000)
    (opened,) = marketplace.events(BreakOpened)
    assert opened.kind == "unexplained_transaction"
    marketplace.check_at_rest()


def test_events_lost_in_an_outage_are_found_again(marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product())
    marketplace.pay(terms)
    for event in marketplace.undelivered():  # Stripe gave up on all of them
        marketplace._delivered.add(event["id"])
    marketplace.core.feed.read_transactions()
    assert marketplace.core.inbox_worker.work_batch().retried == 1
    assert marketplace.events(OrderPaid) == []
    assert marketplace.core.feed.repair_events(marketplace.clock.now()) > 0
    marketplace.settle()
    assert len(marketplace.events(OrderPaid)) == 1
    marketplace.check_at_rest()
    assert marketplace.core.feed.repair_events(marketplace.clock.now()) == 0


def _seller_with_released_money(marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()


def test_a_transfer_with_an_unknown_outcome_is_looked_up_and_not_repeated(
    marketplace: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    _seller_with_released_money(marketplace)
    create = marketplace.payments.create_transfer

    def create_and_hang_up(*args: object, **kwargs: object) -> str:
        create(*args, **kwargs)  # type: ignore[arg-type]
        marketplace.world.tables["/idempotency"].clear()  # a day later Stripe has forgotten it
        raise VendorUnavailable("the connection was reset")

    monkeypatch.setattr(marketplace.payments, "create_transfer", create_and_hang_up)
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    marketplace.core.payout_queue.run()
    marketplace.runner.catch_up()
    marketplace.core.outbox_dispatcher.drain()
    monkeypatch.setattr(marketplace.payments, "create_transfer", create)
    _make_outbox_due(marketplace)
    marketplace.settle()
    assert len(marketplace.stripe.transfers.list().data) == 1
    assert marketplace.seller() == (0, 0, 0)
    marketplace.check_at_rest()


def test_a_refused_transfer_gives_the_money_back(
    marketplace: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    _seller_with_released_money(marketplace)

    def refuse(*_: object, **__: object) -> str:
        raise VendorRefused("account_invalid", "The account was closed.")

    monkeypatch.setattr(marketplace.payments, "create_transfer", refuse)
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    marketplace.settle()
    assert marketplace.seller() == (0, 26_013, 0)
    assert [event.reason for event in marketplace.events(PayoutRefused)] == ["account_invalid"]


def test_a_payout_waits_while_stripes_balance_is_short(marketplace: Marketplace) -> None:
    _seller_with_released_money(marketplace)
    swept = {"amount": "29003", "currency": "usd"}
    payouts.create(marketplace.world, "", swept)
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    marketplace.settle()
    assert len(marketplace.events(PayoutQueued)) == 1
    assert marketplace.stripe.transfers.list().data == []
    assert marketplace.seller() == (0, 0, 26_013)
    stripe_balance.record(
        marketplace.world, "", amount=30_000, currency="usd", source="tu_1", category="topup"
    )
    marketplace.settle()
    assert len(marketplace.stripe.transfers.list().data) == 1
    assert marketplace.seller() == (0, 0, 0)
    marketplace.check_at_rest()


@pytest.mark.parametrize("category", ["charge", "transfer"])
def test_a_second_transaction_for_the_same_object_is_a_break(
    marketplace: Marketplace, category: str
) -> None:
    _seller_with_released_money(marketplace)
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    marketplace.settle()
    (first,) = [
        row
        for row in marketplace.world.all("", "balance_transaction")
        if row["reporting_category"] == category
    ]
    stripe_balance.record(
        marketplace.world,
        "",
        amount=first["amount"] // 100,
        currency="usd",
        source=first["source"],
        category=category,
    )
    marketplace.settle()
    (opened,) = marketplace.events(BreakOpened)
    assert (opened.kind, opened.object_id) == ("unexplained_transaction", first["source"])
    assert marketplace.balances("suspense:stripe") == (first["amount"] // 100,)
    marketplace.check_at_rest()


def test_redis_may_lose_everything_it_holds(marketplace: Marketplace) -> None:
    _seller_with_released_money(marketplace)
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    marketplace.core.payout_queue.run()
    marketplace.runner.catch_up()
    assert len(marketplace.queue.keys) == 1
    marketplace.queue.keys.clear()
    assert marketplace.core.outbox_dispatcher.sweep(marketplace.queue) == 1
    assert len(marketplace.queue.keys) == 1
    assert marketplace.core.outbox_dispatcher.perform(marketplace.queue.keys[0])
    assert not marketplace.core.outbox_dispatcher.perform(marketplace.queue.keys[0])
    assert len(marketplace.stripe.transfers.list().data) == 1


def test_a_second_payout_waits_for_the_first(marketplace: Marketplace) -> None:
    _seller_with_released_money(marketplace)
    request = marketplace.core.paying_out.request
    first = request(ADA, "USD", request_id="one")
    again = request(ADA, "USD", request_id="one")
    assert first.requested == again.requested
    with pytest.raises((PayoutInFlight, NothingToPayOut)):
        request(ADA, "USD", request_id="two")


def test_the_weekly_run_pays_once_a_week_and_the_dry_run_nothing(
    marketplace: Marketplace,
) -> None:
    _seller_with_released_money(marketplace)
    assert marketplace.core.paying_out.run_scheduled() == 0  # the cutoff was before the release
    marketplace.advance(days=6)
    marketplace.settle()
    paying_out = marketplace.core.paying_out
    cutoff = marketplace.clock.now()
    (planned,) = paying_out.run(cutoff, dry_run=True)
    assert planned.requested.amount_minor == 26_013
    assert marketplace.events(PayoutRequested) == []
    assert paying_out.run_scheduled() == 1
    assert paying_out.run_scheduled() == 0
    assert len(marketplace.events(PayoutRequested)) == 1


def test_a_stale_balance_cannot_be_paid_out_twice(marketplace: Marketplace) -> None:
    """PostgreSQL refuses what a request decided on a balance that was spent meanwhile."""
    _seller_with_released_money(marketplace)
    command = RequestPayout(
        seller_id=ADA,
        currency="USD",
        payout_id="too-much",  # type: ignore[arg-type]
        stripe_account_id="acct_1",
        payouts_enabled=True,
        available_minor=90_000,
        released_minor=90_000,
        minimum_minor=1_000,
        trigger="request",
        at=marketplace.clock.now(),
    )
    with pytest.raises(InsufficientFunds):
        marketplace.core.handler.handle(envelope(command, actor="test"))
    assert marketplace.seller() == (0, 26_013, 0)


def test_an_unpublished_product_is_not_for_sale(marketplace: Marketplace) -> None:
    with pytest.raises(ProductNotForSale):
        marketplace.core.buying.place(BO, "nothing", "standard", request_id="r")  # type: ignore[arg-type]


def _make_outbox_due(marketplace: Marketplace) -> None:
    with marketplace.core.store.transaction() as cursor:
        cursor.execute("UPDATE operations.outbox SET due_at = now() - interval '1 second'")


def test_the_history_replays_to_the_same_book(marketplace: Marketplace) -> None:
    """Posting every event again from the first gives every balance to the cent."""
    _seller_with_released_money(marketplace)
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    marketplace.settle()
    replayed: dict[tuple[str, str], int] = {}
    for recorded in marketplace.core.store.page(0, 100_000):
        assert recorded.recorded_at >= START
        entry = post(recorded.event)
        for line in entry.postings if entry else ():
            key = line.account, line.currency
            replayed[key] = replayed.get(key, 0) + line.amount_minor
    query = "SELECT code, currency, balance_minor FROM ledger.accounts"
    with marketplace.core.store.connection() as connection:
        live = {(code, currency): minor for code, currency, minor in connection.execute(query)}
    assert {key: minor for key, minor in replayed.items() if minor} == {
        key: minor for key, minor in live.items() if minor
    }
