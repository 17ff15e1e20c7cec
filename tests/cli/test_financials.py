"""`mywork ledger profit-and-loss`, `balance-sheet`, `safeguarding`, `explain`, `count-totals`."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from shop import Shop
from terminal import Mywork, answer

from mywork.ledger.findings import examine
from mywork.ledger.totals import checks

AT = ("--at", "2026-11-20")


@pytest.fixture
def sold(shop: Shop) -> Shop:
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.core.inbox.store([shop.moved("txn_1", "ch_1", fee=912)])
    shop.core.inbox_worker.drain()
    return shop


def numbers(text: str, word: str) -> list[int]:
    """Where the amounts end of lines that name something: they line up."""
    return [len(line.rstrip()) for line in text.splitlines() if word in line]


def test_profit_and_loss(sold: Shop, mywork: Mywork) -> None:
    del sold
    report = answer(mywork("ledger", "profit-and-loss", "--period", "2026-11", "--json"))
    (found,) = report["data"]
    sums = found["total_income_minor"], found["total_expense_minor"], found["result_minor"]
    assert sums == (3_887, 912, 2_975)
    november = ("--from", "2026-11-01", "--to", "2026-12-01")
    done = mywork("ledger", "profit-and-loss", *november)
    assert (done.exit_code, "29.75" in done.output) == (0, True)
    assert len(set(numbers(done.output, "revenue:") + numbers(done.output, "result"))) == 1
    nothing = mywork("ledger", "profit-and-loss", "--period", "2026-10").output
    assert "nothing was earned or spent" in nothing
    assert mywork("ledger", "profit-and-loss", "--period", "2026-11", *november).exit_code == 2
    refused = mywork("ledger", "profit-and-loss", "--period", "november")
    assert (refused.exit_code, "is not an accounting period" in refused.output) == (1, True)


def test_a_balance_sheet(sold: Shop, mywork: Mywork) -> None:
    del sold
    (found,) = answer(mywork("ledger", "balance-sheet", *AT, "--json"))["data"]
    owed, equity = found["total_liabilities_minor"], found["total_equity_minor"]
    assert found["total_assets_minor"] == owed + equity == 28_988
    done = mywork("ledger", "balance-sheet", *AT)
    assert (done.exit_code, "seller:{id}:pending" in done.output) == (0, True)
    nothing = mywork("ledger", "balance-sheet", "--at", "2026-01-01").output
    assert "nothing was booked by then" in nothing


def test_safeguarding_says_yes_or_no(sold: Shop, mywork: Mywork) -> None:
    done = mywork("ledger", "safeguarding")
    assert (done.exit_code, "YES: 29.75 USD more than is owed" in done.output) == (0, True)
    sold.change("UPDATE ledger.accounts SET balance_minor = 0 WHERE code = 'stripe:pending'")
    done = mywork("ledger", "safeguarding")
    assert (done.exit_code, "NO: 260.13 USD are missing" in done.output) == (1, True)
    assert mywork("ledger", "safeguarding", "--json").exit_code == 1
    assert mywork("ledger", "safeguarding", *AT).exit_code == 0  # by the postings it is not so


def test_an_account_is_explained(sold: Shop, mywork: Mywork) -> None:
    del sold
    done = mywork("ledger", "explain", "revenue:commission", *AT)
    assert done.exit_code == 0
    for said in ("opening", "order.paid.v1", "A buyer paid", "29.90", "the platform's share"):
        assert said in done.output
    found: Any = answer(mywork("ledger", "explain", "revenue:commission", *AT, "--json"))
    assert (found["account"], found["balance_minor"]) == ("revenue:commission", 2_990)
    paged = mywork("ledger", "explain", "stripe:uncleared", *AT, "--limit", "1").output
    assert "more: --after 2026-11-10T12:00:00+00:00_" in paged
    refused = mywork("ledger", "explain", "nonsense")
    assert (refused.exit_code, "not in the chart of accounts" in refused.output) == (1, True)


def test_an_entry_is_explained(sold: Shop, mywork: Mywork) -> None:
    ((paid,), *_) = sold.rows("SELECT position FROM ledger.entries ORDER BY position")
    done = mywork("ledger", "explain", str(paid))
    assert done.exit_code == 0
    for said in (f"Entry {paid}: Sale of", "299.00 USD", "ch_1", "order_paid", "the running one"):
        assert said in done.output
    found = answer(mywork("ledger", "explain", str(paid), "--json"))
    assert (found["entry"], found["event"]) == (paid, "order.paid.v1")
    assert found["rule"]["function"].endswith("orders.order_paid")
    assert mywork("ledger", "explain", "999").exit_code == 1


def test_receivables_as_they_were(shop: Shop, mywork: Mywork) -> None:
    """Ada stood at -269.10 for a month, then it became a debt, and later it was paid."""
    shop.release("1")
    shop.onboard()
    shop.pay_out()
    shop.refund("1")
    fell = shop.clock.now()
    shop.clock.advance(days=31)
    shop.core.collecting.run()
    became = shop.clock.now()
    shop.release("2")
    shop.release("3")
    shop.core.collecting.run()

    def owing(at: datetime) -> list[dict[str, Any]]:
        found = answer(mywork("debts", "list", "--at", f"{at:%Y-%m-%dT%H:%M:%S}", "--json"))
        return list(found["data"])

    assert owing(fell - timedelta(days=1)) == []
    (below,) = owing(fell)
    assert (below["overdrawn_minor"], below["owed_minor"]) == (26_910, 0)
    (owed,) = owing(became)
    assert (owed["overdrawn_minor"], owed["owed_minor"]) == (0, 26_910)
    assert owed["age_31_60_minor"] == 26_910
    assert owing(shop.clock.now()) == []


def test_totals_are_counted_anew(sold: Shop, mywork: Mywork) -> None:
    assert mywork("ledger", "count-totals").exit_code == 0
    assert all(checked.passed for checked in examine(sold.core.store.url, checks()))
