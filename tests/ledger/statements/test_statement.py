"""A seller's statement is the ledger: opening + lines = closing, in the order of the world."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fakes import START
from shop import ADA, Shop

from mywork.domain.errors import CurrencyUnsupported
from mywork.domain.fees import SCHEDULES
from mywork.domain.identifiers import OrderId, RefundId, SellerId, UserId
from mywork.domain.order.refund_messages import RequestRefund
from mywork.domain.order.settlement_messages import ReleaseFunds
from mywork.domain.payout.transfer_messages import PayoutSent
from mywork.ledger.accounts import CHART
from mywork.ledger.statements.statement import STAGES, Statement, statement
from mywork.ledger.time_range import TimeRange

KEPT = [row.pattern.split(":")[2] for row in CHART if row.pattern.startswith("seller:")]
EVER = TimeRange(START - timedelta(days=1), START + timedelta(days=100))


def of_ada(shop: Shop, time_range: TimeRange = EVER, currency: str = "USD") -> Statement:
    return statement(shop.core.store, ADA, currency, time_range)


def lines(found: Statement) -> list[tuple[str, int, int]]:
    return [(line.event, line.amount_minor, line.balance_minor) for line in found.lines]


def sold_and_paid_out(shop: Shop) -> None:
    shop.release("1")
    shop.onboard()
    shop.core.paying_out.request(ADA, "USD", request_id="r")
    shop.core.payout_queue.run()
    shop.runner.catch_up()
    shop.core.outbox_dispatcher.drain()


def test_the_life_of_a_sale_is_a_line_for_each_entry(shop: Shop) -> None:
    sold_and_paid_out(shop)
    found = of_ada(shop)
    assert lines(found) == [
        ("order.paid.v1", 26_013, 26_013),
        ("order.funds_released.v1", 0, 26_013),
        ("payout.requested.v1", 0, 26_013),
        ("payout.sent.v1", -26_013, 0),
    ]
    assert [line.moves for line in found.lines] == [
        {"pending": 26_013},
        {"pending": -26_013, "available": 26_013},
        {"available": -26_013, "in_payout": 26_013},
        {"in_payout": -26_013},
    ]
    assert found.lines[0].words.reference == "MW-2026-1"
    assert found.opening == found.closing == dict.fromkeys(STAGES, 0)


def test_it_equals_the_ledger_stage_by_stage(shop: Shop) -> None:
    shop.release("1")
    shop.place("2")
    shop.handle(shop.paying("2"))
    closing = of_ada(shop).closing
    assert {stage: closing[stage] for stage in KEPT} == {
        stage: shop.balance(f"seller:{ADA}:{stage}") for stage in KEPT
    }


def test_every_account_of_a_seller_is_a_stage_of_the_statement() -> None:
    assert set(KEPT) <= set(STAGES)


def test_every_period_opens_where_the_one_before_closed(shop: Shop) -> None:
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.clock.advance(days=7)
    shop.handle(ReleaseFunds(OrderId("1"), shop.clock.now()))
    middle = START + timedelta(days=7)
    first, second = (
        of_ada(shop, TimeRange(EVER.since, middle)),
        of_ada(shop, TimeRange(middle, EVER.until)),
    )
    assert first.closing == second.opening
    assert lines(first) == [("order.paid.v1", 26_013, 26_013)]
    assert lines(second) == [("order.funds_released.v1", 0, 26_013)]
    assert second.closing == of_ada(shop).closing
    assert (second.opening["pending"], second.closing["available"]) == (26_013, 26_013)


def test_what_somebody_else_sold_is_not_on_it(shop: Shop) -> None:
    shop.release("1")
    shop.release("2", SellerId(UserId("grace")))
    assert of_ada(shop).closing["available"] == 26_013
    nobody = statement(shop.core.store, SellerId(UserId("nobody")), "USD", EVER)
    assert (nobody.lines, sum(nobody.closing.values())) == ((), 0)


def test_each_currency_has_a_statement_of_its_own(shop: Shop) -> None:
    shop.release("1")
    shop.handle(replace(shop.placing("2"), schedule=SCHEDULES["EUR"]))
    shop.handle(replace(shop.paying("2"), currency="EUR"))
    assert lines(of_ada(shop, currency="EUR")) == [("order.paid.v1", 26_018, 26_018)]
    assert len(of_ada(shop).lines) == 2
    assert of_ada(shop, currency="KWD").lines == ()
    with pytest.raises(CurrencyUnsupported, match="XXX"):
        of_ada(shop, currency="XXX")


def test_a_settlement_in_another_currency_is_on_both(shop: Shop) -> None:
    shop.handle(replace(shop.placing("1"), schedule=SCHEDULES["EUR"]))
    shop.handle(replace(shop.paying("1"), currency="EUR"))
    moved = shop.moved("txn_1", "ch_1", amount=32_292, fee=966, exchange_rate=1.08)
    shop.core.inbox.store([moved])
    shop.core.inbox_worker.drain()
    euro, dollar = of_ada(shop, currency="EUR"), of_ada(shop)
    assert [amount for _, amount, _ in lines(euro)] == [26_018, -26_018]
    assert [amount for _, amount, _ in lines(dollar)] == [28_100]
    assert dollar.lines[0].words.text == "Stripe settled 299.00 EUR as 322.92 USD"


def facts(shop: Shop) -> list[list[Any]]:
    """Three sales, each with its own later facts, all at the same few moments."""
    found: list[list[Any]] = []
    for number in ("1", "2", "3"):
        shop.place(number)
        refund = RequestRefund(
            OrderId(number), RefundId(f"r{number}"), 5_000, "admin", "", START + timedelta(hours=1)
        )
        found.append([shop.paying(number), refund])
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_order_in_which_we_heard_of_it_does_not_show(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    waiting = facts(shop)
    while waiting:
        chosen = chance.choice(waiting)
        shop.handle(chosen.pop(0))
        waiting = [commands for commands in waiting if commands]
    later = START + timedelta(hours=1)
    seen = [
        (line.effective_at, line.words.reference, line.amount_minor, line.balance_minor)
        for line in of_ada(shop).lines
    ]
    assert seen == [
        (START, "MW-2026-1", 26_013, 26_013),
        (START, "MW-2026-2", 26_013, 52_026),
        (START, "MW-2026-3", 26_013, 78_039),
        (later, "MW-2026-1", 0, 78_039),
        (later, "MW-2026-2", 0, 78_039),
        (later, "MW-2026-3", 0, 78_039),
    ]


def test_a_fact_that_comes_late_stands_where_it_belongs(shop: Shop) -> None:
    early = [shop.placing("1"), shop.paying("1")]
    shop.clock.advance(days=2)
    shop.place("2")
    shop.handle(shop.paying("2"))
    for command in early:
        shop.handle(command)
    found = of_ada(shop)
    assert [line.words.reference for line in found.lines] == ["MW-2026-1", "MW-2026-2"]
    assert [line.balance_minor for line in found.lines] == [26_013, 52_026]


def test_a_negative_balance_is_said_as_it_is(shop: Shop) -> None:
    sold_and_paid_out(shop)
    refund = RequestRefund(OrderId("1"), RefundId("r1"), None, "admin", "", shop.clock.now())
    shop.handle(refund)
    found = of_ada(shop)
    assert found.closing["available"] == -26_910
    assert found.closing["refunding"] == 26_910
    assert found.lines[-1].balance_minor == 0
    assert len(shop.events(PayoutSent)) == 1


def test_readers_see_nothing_through_the_window_but_their_own(shop: Shop) -> None:
    shop.release("1")
    with shop.core.store.connection() as connection, connection.transaction():
        connection.execute("SET LOCAL ROLE mywork_reader")
        assert connection.execute("SELECT * FROM ledger.seller_lines").fetchall() == []
        connection.execute("SELECT set_config('mywork.user_id', 'ada', true)")
        assert len(connection.execute("SELECT * FROM ledger.seller_lines").fetchall()) == 3
