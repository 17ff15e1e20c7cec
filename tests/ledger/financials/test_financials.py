"""Financial statements of a small shop, and of any life of a marketplace."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from fakes import START
from machine.town import Town
from machine.walk import Walker, steps
from shop import Shop

from mywork.application.commands import envelope
from mywork.domain.breaks.explanation_messages import OpenBreak
from mywork.domain.errors import TimeRangeInvalid
from mywork.domain.identifiers import BreakId
from mywork.domain.period.months import Period
from mywork.ledger.financials.balance_sheet import balance_sheet
from mywork.ledger.financials.items import Item
from mywork.ledger.financials.profit_and_loss import profit_and_loss, profit_and_loss_of_periods
from mywork.ledger.financials.safeguarding import safeguarding
from mywork.ledger.time_range import TimeRange
from mywork.ledger.trial_balance import trial_balance

NOVEMBER = Period("2026-11")
RANGE = TimeRange(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
YEARS = timedelta(days=365)


def named(items: object) -> dict[str, int]:
    return {item.account: item.amount_minor for item in items}  # type: ignore[attr-defined]


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """The specification's sale: 299.00, settled with a fee of 9.12."""
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.core.inbox.store([shop.moved("txn_1", "ch_1", fee=912)])
    shop.core.inbox_worker.drain()
    return shop


def test_profit_and_loss_of_a_period_and_of_a_time(sold: Shop) -> None:
    (by_period,) = profit_and_loss_of_periods(sold.core.store, NOVEMBER, NOVEMBER)
    assert named(by_period.income) == {"revenue:commission": 2_990, "recovery:processing": 897}
    assert by_period.expense == (
        Item("expense:processing", "processing fees that Stripe took", 912),
    )
    assert (by_period.income_minor, by_period.expense_minor) == (3_887, 912)
    assert by_period.result_minor == 2_975
    assert profit_and_loss(sold.core.store, RANGE) == [by_period]
    assert profit_and_loss_of_periods(sold.core.store, Period("2026-12"), Period("2027-01")) == []


def test_profit_and_loss_as_it_was_known(sold: Shop) -> None:
    before = START - timedelta(days=1)
    assert profit_and_loss(sold.core.store, RANGE, as_known_at=before) == []


def test_periods_that_are_turned_round_are_refused(shop: Shop) -> None:
    with pytest.raises(TimeRangeInvalid, match="2026-10, comes before the first, 2026-11"):
        profit_and_loss_of_periods(shop.core.store, NOVEMBER, Period("2026-10"))


def test_a_balance_sheet_shows_what_there_is_and_whose_it_is(sold: Shop) -> None:
    (sheet,) = balance_sheet(sold.core.store, sold.clock.now())
    assert named(sheet.assets) == {"stripe:pending": 28_988}
    assert named(sheet.liabilities) == {"seller:{id}:pending": 26_013}
    assert named(sheet.equity) == {"result:earlier": 0, "result:year": 2_975}
    assert sheet.balanced
    (later,) = balance_sheet(sold.core.store, sold.clock.now() + YEARS)
    assert named(later.equity) == {"result:earlier": 2_975, "result:year": 0}
    assert balance_sheet(sold.core.store, START - timedelta(days=1)) == []


def overdrawn(shop: Shop) -> None:
    """Ada was paid and then refunded: she stands at -269.10."""
    shop.release("1")
    shop.onboard()
    shop.pay_out()
    shop.refund("1")


def test_what_a_seller_owes_is_set_off_against_nothing(shop: Shop) -> None:
    overdrawn(shop)
    shop.place("2", "cy")  # type: ignore[arg-type]
    shop.handle(shop.paying("2"))
    (sheet,) = balance_sheet(shop.core.store, shop.clock.now())
    assert named(sheet.assets)["seller:{id}:available"] == 26_910
    assert named(sheet.liabilities)["seller:{id}:pending"] == 26_013
    (found,) = safeguarding(shop.core.store)
    assert (found.owed_minor, found.overdrawn_minor) == (26_013, 26_910)


def test_what_stripe_holds_is_held_against_what_sellers_are_owed(sold: Shop) -> None:
    (found,) = safeguarding(sold.core.store)
    assert named(found.held) == {"stripe:pending": 28_988}
    assert named(found.owed) == {"seller:{id}:pending": 26_013}
    assert (found.surplus_minor, found.safe) == (2_975, True)
    assert safeguarding(sold.core.store, at=sold.clock.now()) == [found]
    assert safeguarding(sold.core.store, at=START - timedelta(days=1)) == []


def test_a_shortfall_is_said(sold: Shop) -> None:
    taken = OpenBreak(
        break_id=BreakId("txn_7"),
        kind="unexplained_transaction",
        object_id="txn_7",
        currency="USD",
        amount_minor=-10_000,
        fee_minor=0,
        available_on=None,
        concerns="",
        detail="",
        at=sold.clock.now(),
    )
    sold.core.handler.handle(envelope(taken, actor="test"))
    (found,) = safeguarding(sold.core.store)
    assert (found.surplus_minor, found.safe) == (-7_025, False)
    assert (found.held_minor, found.owed_minor) == (18_988, 26_013)


@pytest.fixture(scope="module", params=[3, 4])
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def town(database_url: str, seed: int) -> Iterator[Town]:
    """A marketplace that has lived through some hundred steps."""
    with closing(Town(database_url, seed=seed)) as town:
        Walker(town).play(steps(seed, 400))
        yield town


def test_whatever_happened_the_statements_agree(town: Town) -> None:
    """At any moment: the sheet balances, and the year's result is the profit and loss's."""
    store, now = town.core.store, town.clock.now()
    with store.connection() as connection:
        ((first,),) = connection.execute("SELECT min(effective_at) FROM ledger.entries").fetchall()
    for part in range(5):
        at = first + (now - first) * part / 4
        year = at.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        sheets = balance_sheet(store, at)
        assert all(sheet.balanced for sheet in sheets)
        earned = profit_and_loss(store, TimeRange(year, at + timedelta(microseconds=1)))
        results = {item.currency: item.result_minor for item in earned}
        for sheet in sheets:
            assert named(sheet.equity)["result:year"] == results.get(sheet.currency, 0)
    whole = profit_and_loss_of_periods(store, Period("1970-01"), Period("9998-12"))
    for item in whole:
        earned_minor = -sum(
            row.balance_minor
            for row in trial_balance(store).rows
            if row.currency == item.currency and row.kind in {"income", "expense"}
        )
        assert item.result_minor == earned_minor
