"""What the clock brings, once, at its own time, however late the clock is read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fakes import START
from shop import Shop

from mywork.application.scheduled import deadlines
from mywork.domain.breaks.settlement_messages import BreakFundsAvailable
from mywork.domain.errors import InsufficientFunds
from mywork.domain.identifiers import DisputeId, OrderId
from mywork.domain.order import sale_decisions
from mywork.domain.order.decider import ORDER
from mywork.domain.order.dispute_messages import CloseDispute, OpenDispute
from mywork.domain.order.sale_messages import ExpireOrder, OrderExpired
from mywork.domain.order.settlement_messages import FundsReleased
from mywork.domain.order.state import Expired


def run(shop: Shop) -> int:
    shop.runner.catch_up()
    return shop.core.deadlines.run()


def test_an_order_expires_when_its_day_is_over_and_not_before(shop: Shop) -> None:
    shop.place("1")
    shop.clock.advance(hours=23, minutes=59)
    assert run(shop) == 0
    shop.clock.advance(minutes=1)
    assert run(shop) == 1
    assert len(shop.events(OrderExpired)) == 1


def test_a_deadline_takes_effect_at_its_own_time(shop: Shop) -> None:
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.clock.advance(days=30)  # the worker slept
    run(shop)
    released = shop.core.store.read(["order-1"])["order-1"][-1]
    assert isinstance(released.event, FundsReleased)
    assert released.metadata.effective_at == START + timedelta(days=7)
    assert released.recorded_at == START + timedelta(days=30)


def test_a_paid_order_is_passed_over_when_it_would_expire(shop: Shop) -> None:
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.clock.advance(days=1)
    assert run(shop) == 1
    assert shop.events(OrderExpired) == []
    assert shop.rows("SELECT name FROM operations.deadlines") == [("release_funds",)]


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
    assert len(shop.events(BreakFundsAvailable)) == 1
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
    assert len(shop.events(OrderExpired)) == 5


def test_a_crash_before_the_deadline_was_removed_repeats_nothing(shop: Shop) -> None:
    shop.place("1")
    shop.runner.catch_up()
    shop.change("CREATE TABLE saved AS SELECT * FROM operations.deadlines")
    shop.clock.advance(days=1)
    run(shop)
    shop.change("INSERT INTO operations.deadlines SELECT * FROM saved")
    assert run(shop) == 1
    assert len(shop.events(OrderExpired)) == 1


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
    assert shop.rows("SELECT name FROM operations.deadlines") == [("release_funds",)]
    shop.change("ALTER TABLE ledger.accounts DROP CONSTRAINT accounts_out_of_order")
    shop.change("UPDATE operations.deadlines SET retry_at = '-infinity'")
    assert shop.core.deadlines.run() == 1
    assert shop.balance("seller:ada:available") == 26_013
    assert shop.core.handler.state(ORDER, "order-2") == Expired(
        shop.core.store.read(["order-2"])["order-2"][0].event
    )
    assert OrderId("1") in {event.order_id for event in shop.events(FundsReleased)}


# Asked for anew while it is worked ----------------------------------------------------------


def at_the_same_moment(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]
) -> None:
    """Once, between a decision on what was due and its commit, something else happens."""
    handle_many = shop.core.handler.handle_many

    def interrupted(envelopes: Any, *, alongside: Any) -> Any:
        monkeypatch.undo()

        def later(cursor: Any, outcomes: Any) -> None:
            change()
            alongside(cursor, outcomes)

        return handle_many(envelopes, alongside=later)

    monkeypatch.setattr(shop.core.handler, "handle_many", interrupted)


def disputed(shop: Shop) -> CloseDispute:
    """A paid order with an open dispute, and the command that ends it."""
    shop.place("1")
    shop.handle(shop.paying("1"))
    order_id, dispute_id = OrderId("1"), DisputeId("dp_1")
    shop.handle(
        OpenDispute(
            order_id=order_id,
            dispute_id=dispute_id,
            charge_id="ch_1",
            currency="USD",
            amount_minor=29_900,
            reason="fraudulent",
            inquiry=False,
            evidence_due_by=None,
            at=shop.clock.now(),
        )
    )
    return CloseDispute(order_id, dispute_id, "won", shop.clock.now() + timedelta(days=1))


@pytest.mark.parametrize("days", [1, 7, 8], ids=["before the hold ends", "with it", "after it"])
def test_a_release_asked_for_while_it_is_refused_is_not_lost(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """The dispute ends just when its order is refused release, with the same due time or later."""
    ended = replace(disputed(shop), at=shop.clock.now() + timedelta(days=days))
    shop.clock.advance(days=8)
    shop.runner.catch_up()

    def close() -> None:
        shop.handle(ended)
        shop.runner.catch_up()

    at_the_same_moment(shop, monkeypatch, close)
    shop.core.deadlines.run()
    assert shop.balance("seller:ada:available") == 26_013
    assert shop.rows("SELECT name FROM operations.deadlines") == []


def test_what_cannot_be_funded_lets_whatever_is_due_after_it_pass(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are: the oldest are asked for first."""
    monkeypatch.setattr(deadlines, "BATCH", 2)
    for name in ("1", "2", "3"):
        shop.place(name)
    shop.runner.catch_up()
    shop.clock.advance(days=1)

    def expire(command: ExpireOrder, state: Any) -> Any:
        if command.order_id in {"1", "2"}:
            raise InsufficientFunds("the account would fall below its bound")
        return sale_decisions.expire(command, state)

    monkeypatch.setitem(ORDER.decisions, ExpireOrder, expire)
    shop.core.deadlines.run()
    assert shop.core.deadlines.run() == 1
    assert [event.order_id for event in shop.events(OrderExpired)] == ["3"]


# One that fails stops no other --------------------------------------------------------------


UNREADABLE = {
    "no such name": "UPDATE operations.deadlines SET name = 'sing' WHERE subject = '1'",
    "no such fields": "UPDATE operations.deadlines SET body = '{}' WHERE subject = '1'",
    "no command": "UPDATE operations.deadlines SET name = 'send_notice',"
    """ body = '{"stream": "order-1", "version": 1}' WHERE subject = '1'""",
}


@pytest.mark.parametrize("change", UNREADABLE.values(), ids=UNREADABLE)
def test_a_deadline_that_cannot_be_read_waits_and_stops_no_other(shop: Shop, change: str) -> None:
    shop.place("1")
    shop.place("2")
    shop.runner.catch_up()
    shop.change(change)
    shop.clock.advance(days=1)
    assert shop.core.deadlines.run() == 1
    (waits,) = shop.rows("SELECT attempts, note, retry_at > now() FROM operations.deadlines")
    assert (waits[0], waits[1].split(":")[0], waits[2]) == (1, "Unreadable", True)


def test_a_deadline_whose_stream_fails_waits_and_stops_no_other(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("1", "2", "3"):
        shop.place(name)
    shop.runner.catch_up()
    shop.clock.advance(days=1)

    def expire(command: ExpireOrder, state: Any) -> Any:
        return 1 // 0 if command.order_id == "2" else sale_decisions.expire(command, state)

    monkeypatch.setitem(ORDER.decisions, ExpireOrder, expire)
    assert shop.core.deadlines.run() == 2
    assert shop.core.deadlines.run() == 0
    assert shop.rows("SELECT attempts, retry_at > now() FROM operations.deadlines") == [(1, True)]
    assert [event.order_id for event in shop.events(OrderExpired)] == ["1", "3"]
    monkeypatch.undo()
    shop.change("UPDATE operations.deadlines SET retry_at = '-infinity'")
    assert shop.core.deadlines.run() == 1
