"""Whose statement it is, and what stays open of another."""

from dataclasses import replace
from typing import Any

import pytest
from shop import Shop
from transactions import moved

from mywork.adapters.bank.csv import read_bank_csv
from mywork.domain.balance_adjustment import RecordAdjustment
from mywork.domain.errors import CurrencyDiffers, FileForAnotherAccount

ACCOUNT = '{"DE 89": "USD"}'
HEADER = "date,amount,currency,reference,account\n"


@pytest.fixture
def shop(database_url: str) -> Any:
    found = Shop(database_url, mywork_bank_accounts=ACCOUNT)
    sent: Any = RecordAdjustment(
        "bank", moved("txn_2", "payout", "po_1", -10_000, found.clock.now())
    )
    found.handle(sent)
    yield found
    found.core.close()


def statement(*rows: str) -> Any:
    return read_bank_csv((HEADER + "\n".join(rows)).encode())


def test_only_our_own_accounts_count_each_in_its_currency(shop: Shop) -> None:
    reconcile = shop.core.bank_reconciliation.with_statement
    head = shop.core.store.head()
    with pytest.raises(FileForAnotherAccount, match="line 2 is of account DE90"):
        reconcile(statement("2026-11-11,100.00,USD,po_1,DE90"))
    with pytest.raises(CurrencyDiffers, match="line 3 is in EUR, and our bank account is in USD"):
        reconcile(statement("2026-11-11,100.00,USD,po_1,DE89", "2026-11-11,1.00,EUR,x,DE89"))
    assert shop.core.store.head() == head
    assert reconcile(statement("2026-11-11,100.00,USD,po_1,DE89")).differences == []


def test_a_payout_that_may_be_on_its_way_is_no_break(shop: Shop) -> None:
    young = statement("2026-11-10,1.00,USD,gift,DE89")
    run = shop.core.bank_reconciliation.with_statement(young)
    assert [item.kind for item in run.differences] == ["bank_line_unexplained"]
    later = replace(young, last=young.last.replace(day=18))
    run = shop.core.bank_reconciliation.with_statement(later)
    kinds = [item.kind for item in run.differences]
    assert kinds == ["bank_line_unexplained", "payout_not_at_bank"]
