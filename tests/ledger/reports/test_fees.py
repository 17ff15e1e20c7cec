"""Quoted against actual fees, as the ledger has them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fakes import START
from shop import Shop
from transactions import moved

from mywork.domain.fees import SCHEDULES
from mywork.domain.identifiers import OrderId
from mywork.domain.order.dispute_messages import OpenDispute, WithdrawDispute
from mywork.domain.order.settlement_messages import SettleOrder
from mywork.ledger.reports import fees
from mywork.ledger.reports.fees import FeeRow
from mywork.ledger.time_range import TimeRange

NOVEMBER = TimeRange(START - timedelta(days=9), START + timedelta(days=20))


def sell(shop: Shop, number: int, fee: int | None = 897, **changes: Any) -> None:
    shop.place(str(number))
    shop.handle(shop.paying(str(number)))
    if fee is not None:
        settled = shop.moved(f"txn_{number}", f"ch_{number}", fee=fee, **changes)
        shop.core.inbox.store([settled])
        shop.core.inbox_worker.drain()


def row(number: int, quoted: int = 897, actual: int = 897, **changes: Any) -> FeeRow:
    found = FeeRow(f"order-{number}", f"MW-2026-{number}", "USD", quoted, actual, 0, 0, known=True)
    return replace(found, **changes)


def test_each_order_has_its_variance(shop: Shop) -> None:
    sell(shop, 1)
    sell(shop, 2, fee=912)  # a card from abroad
    sell(shop, 3, fee=500)
    found = fees.by_order(shop.core.store, NOVEMBER, limit=10)
    assert found == [row(1), row(2, actual=912), row(3, actual=500)]
    assert [item.variance_minor for item in found] == [0, -15, 397]


def test_an_order_whose_actual_fee_is_not_known_yet_is_named(shop: Shop) -> None:
    sell(shop, 1)
    sell(shop, 2, fee=None)
    assert fees.by_order(shop.core.store, NOVEMBER, limit=10) == [
        row(1),
        row(2, actual=0, known=False),
    ]
    unknown = fees.unsettled_orders(shop.core.store, NOVEMBER, limit=10)
    assert unknown == [("order-2", "MW-2026-2")]
    shop.core.inbox.store([shop.moved("txn_2", "ch_2", fee=0)])  # known, and nothing
    shop.core.inbox_worker.drain()
    assert fees.unsettled_orders(shop.core.store, NOVEMBER, limit=10) == []
    assert fees.by_order(shop.core.store, NOVEMBER, limit=10)[1] == row(2, actual=0)


def test_a_months_fees_are_what_the_accounts_moved(shop: Shop) -> None:
    sell(shop, 1, fee=912)
    shop.clock.advance(days=25)  # December
    sell(shop, 2, fee=900)
    sell(shop, 3, fee=None)
    until = TimeRange(NOVEMBER.since, START + timedelta(days=60))
    november, december = fees.by_month(shop.core.store, until)
    assert (november.key, november.quoted_minor, november.actual_minor) == ("2026-11", 897, 912)
    assert (december.key, december.quoted_minor, december.actual_minor) == ("2026-12", 1_794, 900)
    assert shop.balance("recovery:processing") == 897 + 1_794
    assert shop.balance("expense:processing") == 912 + 900


def test_only_what_took_effect_in_the_period_counts(shop: Shop) -> None:
    sell(shop, 1)
    shop.clock.advance(days=25)
    sell(shop, 2)
    assert fees.by_order(shop.core.store, NOVEMBER, limit=10) == [row(1)]
    moment = TimeRange(START, START + timedelta(microseconds=1))
    assert fees.by_order(shop.core.store, moment, limit=10) == [row(1)]
    before = TimeRange(START - timedelta(days=1), START)
    assert fees.by_order(shop.core.store, before, limit=10) == []


def test_currencies_are_never_mixed(shop: Shop) -> None:
    sell(shop, 1)
    shop.handle(replace(shop.placing("2"), schedule=SCHEDULES["EUR"]))
    shop.handle(replace(shop.paying("2"), currency="EUR"))
    shop.core.inbox.store([shop.moved("txn_2", "ch_2", currency="eur", fee=892)])
    shop.core.inbox_worker.drain()
    found = fees.by_month(shop.core.store, NOVEMBER)
    assert [(item.currency, item.quoted_minor, item.actual_minor) for item in found] == [
        ("EUR", 892, 892),
        ("USD", 897, 897),
    ]


def test_an_order_that_settled_in_another_currency_has_its_fee_there(shop: Shop) -> None:
    """The quote is converted with the order, so nothing is left in its first currency."""
    shop.handle(replace(shop.placing("1"), schedule=SCHEDULES["EUR"]))
    shop.handle(replace(shop.paying("1"), currency="EUR"))
    moved = shop.moved("txn_1", "ch_1", amount=32_292, fee=966, exchange_rate=1.08)
    shop.core.inbox.store([moved])
    shop.core.inbox_worker.drain()
    (found,) = fees.by_order(shop.core.store, NOVEMBER, limit=10)
    assert (found.currency, found.quoted_minor, found.actual_minor) == ("USD", 963, 966)


def test_the_fee_of_a_dispute_is_beside_what_the_seller_bore(shop: Shop) -> None:
    sell(shop, 1)
    now = shop.clock.now()
    opened: Any = OpenDispute(
        "1", "dp_1", "ch_1", "USD", 29_900, "fraudulent", False, None, now  # type: ignore[arg-type]
    )  # fmt: skip
    shop.handle(opened)
    withdrawn: Any = WithdrawDispute("1", "dp_1", "txn_2", "USD", 29_900, 1_500, now)  # type: ignore[arg-type]
    shop.handle(withdrawn)
    settled: Any = SettleOrder(
        OrderId("1"), moved("txn_2", "dispute", "dp_1", -29_900, now, fee_minor=1_500)
    )
    shop.handle(settled)
    (found,) = fees.by_order(shop.core.store, NOVEMBER, limit=10)
    assert (found.dispute_quoted_minor, found.dispute_actual_minor) == (1_500, 1_500)
    assert (found.dispute_variance_minor, found.variance_minor) == (0, 0)


def test_money_without_an_order_costs_a_fee_that_nobody_was_quoted(shop: Shop) -> None:
    shop.core.inbox.store([shop.paid("9"), shop.moved("txn_9", "ch_9")])
    shop.core.inbox_worker.drain()
    shop.change("UPDATE operations.inbox_work SET due_at = now() - interval '1 s'")
    shop.core.inbox_worker.drain()
    (found,) = fees.by_order(shop.core.store, NOVEMBER, limit=10)
    assert found == FeeRow("break-ch_9", "", "USD", 0, 897, 0, 0, known=True)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_hold_every_order_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(fees, "PAGE", size)
    for number in range(5):
        sell(shop, number)
    found = list(fees.every_order(shop.core.store, NOVEMBER))
    assert found == [row(number) for number in range(5)]
