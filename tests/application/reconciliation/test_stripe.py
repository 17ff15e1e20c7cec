"""When reconciling runs by itself, how it goes on, and what it says of its way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from marketplace import START, Marketplace

from mywork.application.reconciliation.stripe import first_of_last_month
from mywork.domain.breaks.difference_messages import DifferenceEnded, DifferenceFound
from mywork.domain.reconciliation import RunCompleted
from mywork.sandbox.stripe import balance


def fee(marketplace: Marketplace, source: str, **more: Any) -> dict[str, Any]:
    return balance.record(
        marketplace.world, "", amount=-500, currency="usd", source=source, category="fee", **more
    )


def runs(marketplace: Marketplace) -> list[Any]:
    return marketplace.events(RunCompleted)


def test_it_runs_once_a_day_over_this_month_and_the_one_before(marketplace: Marketplace) -> None:
    fee(marketplace, "fee_1")
    assert marketplace.core.stripe_reconciliation.run_daily() == 0
    assert marketplace.core.stripe_reconciliation.run_daily() == 0
    (run,) = runs(marketplace)
    assert (run.since, run.matched) == (datetime(2026, 10, 1, tzinfo=UTC), {"fee": 1})
    assert run.clean
    marketplace.advance(days=1)
    marketplace.core.stripe_reconciliation.run_daily()
    assert len(runs(marketplace)) == 2


def test_a_month_that_has_ended_is_compared_without_a_balance(marketplace: Marketplace) -> None:
    fee(marketplace, "fee_1")
    marketplace.advance(days=40)
    fee(marketplace, "fee_2")
    said: list[tuple[int, int]] = []
    run = marketplace.core.stripe_reconciliation.with_stripe(
        START - timedelta(days=1),
        START + timedelta(days=9),
        lambda done, total: said.append((done, total)),
    )
    assert (run.completed.matched, run.completed.balances) == ({"fee": 1}, ())
    assert said == [(9, 10), (10, 10)]


def test_what_lies_outside_the_range_is_not_ended(marketplace: Marketplace) -> None:
    """A difference of last month stays open, and explains the balance, when today is compared."""
    fee(marketplace, "fee_1")
    marketplace.settle()
    (transaction,) = marketplace.world.all("", balance.TRANSACTIONS)
    transaction.update(amount=-600, net=-600)
    marketplace.world.totals.clear()
    marketplace.core.stripe_reconciliation.with_stripe(START - timedelta(days=1))
    marketplace.runner.catch_up()
    marketplace.advance(days=3)
    run = marketplace.core.stripe_reconciliation.with_stripe(START + timedelta(days=1))
    assert [item.unexplained_minor for item in run.completed.balances] == [0]
    assert [item.explained_minor for item in run.completed.balances] == [-100]
    assert marketplace.events(DifferenceEnded) == []
    marketplace.runner.catch_up()
    again = marketplace.core.stripe_reconciliation.with_stripe(START - timedelta(days=1))
    assert [item.kind for item in again.differences] == ["amount_differs"]
    assert len(marketplace.events(DifferenceFound)) == 1


def test_another_balance_of_stripes_is_none_of_these_books(marketplace: Marketplace) -> None:
    fee(marketplace, "fee_1")["balance_type"] = "issuing"
    marketplace.world.totals.clear()
    run = marketplace.core.stripe_reconciliation.with_stripe(START - timedelta(days=1))
    assert (run.completed.matched, run.differences) == ({}, [])


@pytest.mark.parametrize(
    ("now", "since"),
    [
        (datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)),
    ],
)
def test_last_month_begins_on_its_first(now: datetime, since: datetime) -> None:
    assert first_of_last_month(now) == since
