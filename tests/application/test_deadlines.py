"""What the clock brings, once, at its own time, however late the clock is read."""

from datetime import timedelta

from fakes import START
from shop import Shop

from mywork.domain import breaks, order
from mywork.domain.identifiers import OrderId


def run(shop: Shop) -> int:
    shop.runner.catch_up()
    return shop.core.deadlines.run()


def test_an_order_expires_when_its_day_is_over_and_not_before(shop: Shop) -> None:
    shop.place("1")
    shop.clock.advance(hours=23, minutes=59)
    assert run(shop) == 0
    shop.clock.advance(minutes=1)
    assert run(shop) == 1
    assert len(shop.events(order.OrderExpired)) == 1


def test_a_deadline_takes_effect_at_its_own_time(shop: Shop) -> None:
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.clock.advance(days=30)  # the worker slept
    run(shop)
    released = shop.core.store.read(["order-1"])["order-1"][-1]
    assert isinstance(released.event, order.FundsReleased)
    assert released.metadata.effective_at == START + timedelta(days=7)
    assert released.recorded_at == START + timedelta(days=30)


def test_a_paid_order_is_passed_over_when_it_would_expire(shop: Shop) -> None:
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.clock.advance(days=1)
    assert run(shop) == 1
    assert shop.events(order.OrderExpired) == []
    assert shop.rows("SELECT kind FROM operations.deadlines") == [("release_funds",)]


def test_stripes_funds_become_available_and_the_seller_is_released(shop: Shop) -> None:
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.core.inbox.store([shop.moved("txn_1", "ch_1")])
    shop.core.inbox_worker.drain()
    shop.clock.advance(days=2)
    run(shop)
    assert (shop.balance("stripe:pending"), shop.balance("stripe:available")) == (0, 29_003)
    assert shop.balance("seller:ada:available") == 0
    shop.clock.advance(days=5)
    run(shop)
    assert shop.balance("seller:ada:available") == 26_013


def test_the_money_of_a_break_becomes_available_too(shop: Shop) -> None:
    moved = shop.moved("txn_1", "adj_1", reporting_category="other_adjustment", fee=0)
    shop.core.inbox.store([moved])
    shop.core.inbox_worker.drain()
    shop.clock.advance(days=2)
    run(shop)
    assert len(shop.events(breaks.BreakFundsAvailable)) == 1
    assert (shop.balance("stripe:pending"), shop.balance("stripe:available")) == (0, 29_900)


def test_the_funds_of_a_top_up_become_available_too(shop: Shop) -> None:
    shop.core.inbox.store([shop.moved("txn_1", "tu_1", reporting_category="topup", fee=0)])
    shop.core.inbox_worker.drain()
    assert (shop.balance("stripe:pending"), shop.balance("bank")) == (29_900, -29_900)
    shop.clock.advance(days=2)
    run(shop)
    assert (shop.balance("stripe:pending"), shop.balance("stripe:available")) == (0, 29_900)


def test_running_again_finds_nothing(shop: Shop) -> None:
    for number in range(5):
        shop.place(str(number))
    shop.clock.advance(days=1)
    assert [run(shop), run(shop)] == [5, 0]
    assert len(shop.events(order.OrderExpired)) == 5


def test_a_crash_before_the_deadline_was_removed_repeats_nothing(shop: Shop) -> None:
    shop.place("1")
    shop.clock.advance(days=1)
    run(shop)
    restored = "INSERT INTO operations.deadlines VALUES ('expire_order', '1', '2026-11-11 12:00Z')"
    shop.change(restored)
    assert run(shop) == 1
    assert len(shop.events(order.OrderExpired)) == 1


def test_what_cannot_be_committed_stays_and_stops_nothing_else(shop: Shop) -> None:
    shop.place("1")
    shop.place("2")
    shop.handle(shop.paying("1"))
    shop.clock.advance(days=7)
    shop.runner.catch_up()
    shop.change(
        "ALTER TABLE ledger.accounts ADD CONSTRAINT accounts_out_of_order"
        " CHECK (code <> 'seller:ada:available')"
    )
    assert shop.core.deadlines.run() == 2  # both orders' expiry, of which one came too late
    assert shop.rows("SELECT kind FROM operations.deadlines") == [("release_funds",)]
    shop.change("ALTER TABLE ledger.accounts DROP CONSTRAINT accounts_out_of_order")
    assert shop.core.deadlines.run() == 1
    assert shop.balance("seller:ada:available") == 26_013
    assert shop.core.handler.state(order.decider, "order-2") == order.Expired(
        shop.core.store.read(["order-2"])["order-2"][0].event
    )
    assert OrderId("1") in {event.order_id for event in shop.events(order.FundsReleased)}
