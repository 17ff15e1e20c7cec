"""A fact whose balance transaction does not come is a break after three working days."""

from datetime import UTC, datetime, timedelta

import pytest
from fakes import START
from shop import ADA, Shop

from eventstore.follow import Runner
from mywork.application.ports.faults import VendorUnavailable
from mywork.application.scheduled.working_days import working_days_before
from mywork.domain.breaks.explanation_messages import (
    BreakOpened,
    BreakResolved,
    OpenBreak,
    ResolveBreak,
)
from mywork.domain.identifiers import BreakId
from mywork.domain.order.settlement_messages import FundsReleased
from mywork.domain.payout.transfer_messages import PayoutSent

BREAK = "uncleared-ch_1-USD"


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """With an order paid on a Tuesday, and no balance transaction."""
    shop.runner = Runner(shop.core.store, shop.core.followers())
    shop.place("1")
    shop.handle(shop.paying("1"))
    return shop


def look(shop: Shop) -> int:
    shop.runner.catch_up()
    return shop.core.aged_items.run()


def settled(shop: Shop) -> None:
    shop.payments.transactions.append(shop.moved("txn_1", "ch_1"))
    shop.core.feed.read_transactions()
    shop.core.inbox_worker.drain()


def test_three_working_days_are_waited_and_no_longer(shop: Shop) -> None:
    shop.clock.advance(days=3, minutes=-1)
    assert look(shop) == 0
    shop.clock.advance(minutes=1)
    assert look(shop) == 1
    (opened,) = shop.events(BreakOpened)
    assert (opened.break_id, opened.kind, opened.concerns) == (BREAK, "unsettled_fact", "order-1")
    assert (opened.amount_minor, opened.currency) == (29_900, "USD")
    assert opened.detail == (
        "299.00 USD of ch_1 wait for a balance transaction of Stripe's since 2026-11-10"
    )
    assert shop.balance("stripe:uncleared") == 29_900  # the money lies where it lay
    assert shop.balance("suspense:stripe") == 0


@pytest.mark.parametrize(
    ("now", "days", "then"),
    [
        ("2026-11-13T12:00", 3, "2026-11-10T12:00"),  # Friday to Tuesday
        ("2026-11-16T12:00", 3, "2026-11-11T12:00"),  # Monday to Wednesday, over a weekend
        ("2026-11-15T12:00", 3, "2026-11-11T12:00"),  # a Sunday counts back from Friday's end
        ("2026-11-16T12:00", 0, "2026-11-16T12:00"),
    ],
)
def test_weekends_do_not_count(now: str, days: int, then: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert working_days_before(moment, days) == datetime.fromisoformat(then).replace(tzinfo=UTC)


def test_looking_often_opens_one_break(shop: Shop) -> None:
    shop.clock.advance(days=5)
    assert [look(shop), look(shop), look(shop)] == [1, 0, 0]
    shop.change("DELETE FROM operations.cursors")  # the place was lost: everything is read again
    assert look(shop) == 0
    assert len(shop.events(BreakOpened)) == 1


def test_what_was_settled_in_time_is_no_break(shop: Shop) -> None:
    settled(shop)
    shop.clock.advance(days=5)
    assert look(shop) == 0


def test_an_order_that_never_settles_is_not_stuck(shop: Shop) -> None:
    """Gumroad #6746: a payment without a balance transaction held its order back for ever."""
    shop.onboard()
    shop.clock.advance(days=7)
    assert look(shop) == 1
    shop.core.deadlines.run()
    assert len(shop.events(FundsReleased)) == 1
    assert shop.core.paying_out.request(ADA, "USD", request_id="r").requested
    shop.core.payout_queue.run()
    shop.runner.catch_up()
    shop.core.outbox_dispatcher.drain()
    assert len(shop.events(PayoutSent)) == 1


def test_a_transfer_that_is_never_settled_is_a_break_too(shop: Shop) -> None:
    settled(shop)
    shop.onboard()
    shop.clock.advance(days=7)
    shop.runner.catch_up()
    shop.core.deadlines.run()
    shop.core.paying_out.request(ADA, "USD", request_id="r")
    shop.core.payout_queue.run()
    shop.runner.catch_up()
    shop.core.outbox_dispatcher.drain()
    shop.clock.advance(days=5)
    assert look(shop) == 1
    (opened,) = shop.events(BreakOpened)
    assert (opened.amount_minor, opened.concerns) == (-26_013, "payouts-ada-USD")


def test_the_break_resolves_itself_when_the_transaction_comes_after_all(shop: Shop) -> None:
    shop.clock.advance(days=5)
    look(shop)
    settled(shop)
    assert look(shop) == 1
    (resolved,) = shop.events(BreakResolved)
    assert (resolved.break_id, resolved.suspense_minor, resolved.account) == (BREAK, 0, "")
    assert resolved.reason == "its balance transaction came after all"
    assert look(shop) == 0
    assert shop.rows("SELECT status FROM read.breaks") == [("resolved",)]
    assert shop.balance("stripe:uncleared") == 0


def test_an_object_that_waits_once_more_opens_its_break_again(shop: Shop) -> None:
    shop.clock.advance(days=5)
    look(shop)
    settled(shop)
    look(shop)
    opening = OpenBreak(
        BreakId("txn_9"), "unexplained_transaction", "ch_1", "USD", -29_900, 0, None, "", "", START
    )
    shop.handle(opening)
    shop.handle(ResolveBreak(BreakId("txn_9"), "stripe:uncleared", "a refund", START))
    shop.clock.advance(days=5)
    assert look(shop) == 1
    assert [event.amount_minor for event in shop.events(BreakOpened)] == [
        29_900,
        -29_900,
        29_900,
    ]
    shop.runner.catch_up()
    rows = shop.rows("SELECT break_id, status FROM read.breaks WHERE kind = 'unsettled_fact'")
    assert rows == [(BREAK, "open")]


def test_a_break_that_a_person_resolved_meanwhile_stays_theirs(shop: Shop) -> None:
    shop.clock.advance(days=5)
    look(shop)
    shop.runner.catch_up()
    shop.handle(ResolveBreak(BreakId(BREAK), "", "Stripe's support explained", START))
    settled(shop)
    assert shop.core.aged_items.run() == 0  # the read table still says that it is open
    assert [event.reason for event in shop.events(BreakResolved)] == ["Stripe's support explained"]


def test_nothing_is_called_missing_before_stripes_list_was_read(shop: Shop) -> None:
    """After an outage every fact of it is old, and its transaction only just comes."""
    shop.clock.advance(days=5)
    shop.payments.transactions = [shop.moved("txn_1", "ch_1"), shop.moved("txn_2", "ch_2")]
    shop.payments.refuses = [VendorUnavailable("Stripe is away")]
    with pytest.raises(VendorUnavailable):
        look(shop)
    assert shop.events(BreakOpened) == []
    assert look(shop) == 0  # read, but not worked yet
    shop.core.inbox_worker.drain()
    assert look(shop) == 0
    assert shop.events(BreakOpened) == []


def test_a_fact_booked_late_has_its_whole_wait(shop: Shop) -> None:
    settled(shop)
    shop.place("2")
    late = shop.paying("2")
    shop.clock.advance(days=30)
    shop.handle(late)  # paid a month ago, and heard of only now
    assert look(shop) == 0
    shop.clock.advance(days=5)
    assert look(shop) == 1
    assert START + timedelta(days=35) == shop.clock.now()


# What Stripe will never settle ---------------------------------------------------------------


def explain(shop: Shop, account: str, break_id: str = BREAK) -> None:
    explained = shop.core.aged_items.explanation(BreakId(break_id), account, "Stripe lost it")
    shop.handle(explained)


def test_a_fact_that_is_written_off_waits_no_more(shop: Shop) -> None:
    shop.clock.advance(days=5)
    look(shop)
    explain(shop, "expense:bad_debt")
    assert (shop.balance("stripe:uncleared"), shop.balance("expense:bad_debt")) == (0, 29_900)
    assert look(shop) == 0
    shop.clock.advance(days=5)
    assert look(shop) == 0


def test_an_explanation_without_an_account_moves_nothing(shop: Shop) -> None:
    shop.clock.advance(days=5)
    look(shop)
    explain(shop, "")
    assert shop.balance("stripe:uncleared") == 29_900
    assert len(shop.events(BreakResolved)) == 1


def test_a_transaction_that_comes_after_the_write_off_is_missed_in_turn(shop: Shop) -> None:
    shop.clock.advance(days=5)
    look(shop)
    explain(shop, "expense:bad_debt")
    settled(shop)
    assert shop.balance("stripe:uncleared") == -29_900
    shop.clock.advance(days=5)
    assert look(shop) == 1
    explain(shop, "expense:bad_debt")
    assert (shop.balance("stripe:uncleared"), shop.balance("expense:bad_debt")) == (0, 0)


def test_any_other_break_is_explained_as_before(shop: Shop) -> None:
    shop.core.inbox.store([shop.moved("txn_7", "", reporting_category="other_adjustment", fee=0)])
    shop.core.inbox_worker.drain()
    explain(shop, "capital", "txn_7")
    assert (shop.balance("suspense:stripe"), shop.balance("capital")) == (0, 29_900)
