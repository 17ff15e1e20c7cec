"""What lies in `stripe:uncleared`, object by object, all of it or in steps."""

from datetime import timedelta
from typing import Any

import pytest
from fakes import START
from shop import ADA, Shop

from mywork.ledger.reports import uncleared
from mywork.ledger.reports.uncleared import Uncleared


def sell(shop: Shop, *numbers: int) -> None:
    for number in numbers:
        shop.place(str(number))
        shop.handle(shop.paying(str(number)))


def settle(shop: Shop, number: int) -> None:
    shop.core.inbox.store([shop.moved(f"txn_{number}", f"ch_{number}")])
    shop.core.inbox_worker.drain()


def waiting(number: int, **changes: Any) -> Uncleared:
    fields = {"amount_minor": 29_900, "since": START} | changes
    return Uncleared(f"ch_{number}", "USD", stream=f"order-{number}", **fields)


def test_what_was_settled_is_gone_and_what_was_not_stays(shop: Shop) -> None:
    sell(shop, 1, 2)
    assert uncleared.everything(shop.core.store) == [waiting(1), waiting(2)]
    settle(shop, 1)
    assert uncleared.everything(shop.core.store) == [waiting(2)]


def test_the_objects_of_a_question_are_looked_at_and_no_others(shop: Shop) -> None:
    sell(shop, 1, 2, 3)
    settle(shop, 1)
    asked = [("ch_1", "USD"), ("ch_2", "USD"), ("ch_3", "EUR"), ("ch_4", "USD")]
    assert uncleared.of_objects(shop.core.store, asked) == [waiting(2)]
    assert uncleared.of_objects(shop.core.store, []) == []


def test_money_that_should_go_out_is_negative(shop: Shop) -> None:
    shop.release("1")
    shop.onboard()
    shop.core.paying_out.request(ADA, "USD", request_id="r")
    shop.core.payout_queue.run()
    shop.runner.catch_up()
    shop.core.outbox_dispatcher.drain()
    found = uncleared.everything(shop.core.store)
    assert [(item.amount_minor, item.stream) for item in found] == [
        (29_900, "order-1"),
        (-26_013, "payouts-ada-USD"),
    ]


def test_only_what_is_old_enough_is_looked_at_and_each_posting_once(shop: Shop) -> None:
    sell(shop, 1)
    shop.clock.advance(days=1)
    sell(shop, 2)
    store = shop.core.store
    found, until = uncleared.aged(store, after=0, cutoff=START + timedelta(hours=1))
    assert (found, until) == ([waiting(1)], 2)
    found, until = uncleared.aged(store, after=until, cutoff=START + timedelta(hours=1))
    assert (found, until) == ([], 2)
    found, until = uncleared.aged(store, after=until, cutoff=shop.clock.now())
    assert (found, until) == ([waiting(2, since=shop.clock.now())], 4)


def test_a_long_history_is_walked_in_steps_also_where_nothing_was_posted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uncleared, "SPAN", 2)
    sell(shop, 1)
    for number in range(7):
        shop.place(f"free-{number}")
    sell(shop, 2)
    position, found, steps = 0, [], 0
    while True:
        more, until = uncleared.aged(shop.core.store, after=position, cutoff=shop.clock.now())
        if until == position:
            break
        found, position, steps = [*found, *more], until, steps + 1
    assert (found, steps) == ([waiting(1), waiting(2)], 6)


def test_an_old_fact_that_is_touched_again_is_looked_at_as_a_whole(shop: Shop) -> None:
    sell(shop, 1)
    _, until = uncleared.aged(shop.core.store, after=0, cutoff=shop.clock.now())
    settle(shop, 1)
    found, later = uncleared.aged(shop.core.store, after=until, cutoff=shop.clock.now())
    assert (found, later) == ([], until + 1)
