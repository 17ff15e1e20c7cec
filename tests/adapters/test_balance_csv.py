"""Stripe's exports of its balance: both shapes, and what is wrong with a file, by line."""

from datetime import UTC, datetime, timedelta

import pytest

from mywork.adapters.stripe.balance_csv import read_balance_csv
from mywork.domain.errors import FileForAnotherAccount, FileMalformed
from mywork.ledger.reconciliation.compare import Span
from mywork.ledger.reconciliation.sides import StatementSide

AT = datetime(2026, 11, 10, 12, 0, 5, tzinfo=UTC)
REPORT = (
    "\ufeffbalance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,"
    "reporting_category,source_id,description\r\n"
    "txn_1,2026-11-10 12:00:05,2026-11-12 00:00:00,usd,299.00,8.97,290.03,charge,ch_1,"
    '"one, two"\r\n'
    "txn_2,2026-11-11 09:00:00,2026-11-11 00:00:00,jpy,-500,0,-500,fee,,\r\n"
)
HISTORY = (
    "id,Type,Source,Amount,Fee,Destination Platform Fee,Net,Currency,Created (UTC),"
    "Available On (UTC),Description\n"
    'txn_1,charge,ch_1,"1,299.00",8.97,,1290.03,usd,2026-11-10 12:00,2026-11-12 00:00,one\n'
)


def test_the_report_of_activity_is_read_exactly_and_has_no_payouts() -> None:
    found = read_balance_csv(REPORT.encode())
    assert found.lines == [
        StatementSide("txn_1", "charge", "ch_1", "USD", 29_900, 897, AT),
        StatementSide("txn_2", "fee", "", "JPY", -500, 0, datetime(2026, 11, 11, 9, tzinfo=UTC)),
    ]
    assert found.span == Span(AT, datetime(2026, 11, 11, 9, 0, 1, tzinfo=UTC))
    assert found.left_out == {"payout", "payout_reversal"}
    assert len(found.digest) == 64


def test_the_balance_history_tells_minutes_and_payouts() -> None:
    found = read_balance_csv(HISTORY.encode())
    at = AT.replace(second=0)
    assert found.lines == [StatementSide("txn_1", "charge", "ch_1", "USD", 129_900, 897, at)]
    assert found.span == Span(at, at + timedelta(minutes=1), "minute")
    assert found.left_out == frozenset()


def test_a_part_of_a_file_is_chosen_by_time() -> None:
    since = AT + timedelta(hours=1)
    found = read_balance_csv(REPORT.encode(), since)
    assert ([item.id for item in found.lines], found.span.since) == (["txn_2"], since)
    with pytest.raises(FileMalformed, match="none of that time"):
        read_balance_csv(REPORT.encode(), until=AT)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("290.03", "290.02", "line 2: 290.02 USD is not the amount less the fee"),
        ("299.00", "299.001", "line 2: '299.001' has more than the 2 decimals"),
        ("299.00", "lots", "line 2: 'lots' is not a decimal amount"),
        ("jpy", "xxx", "line 3: 'XXX' is not a currency"),
        ("2026-11-11 09:00:00", "yesterday", "line 3: 'yesterday' is not a time"),
        ("txn_2,", ",", "line 3: a transaction without an id"),
        ("fee,,", "fee,", "line 3: 9 values for 10 columns"),
        ("gross,", "grossly,", "line 1: no column amount"),
        ('"one, two"', '"one, two', "line 3: "),
    ],
    ids=lambda text: str(text)[:20],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(
    before: str, after: str, says: str
) -> None:
    with pytest.raises(FileMalformed) as refused:
        read_balance_csv(REPORT.replace(before, after, 1).encode())
    assert says in str(refused.value)


def test_a_file_is_text_and_has_transactions() -> None:
    with pytest.raises(FileMalformed, match="line 2: this is no text in UTF-8"):
        read_balance_csv(b"id,Type\n\xff\xfe\n")
    with pytest.raises(FileMalformed, match="no transaction"):
        read_balance_csv(REPORT.split("\r\n", 1)[0].encode())
    with pytest.raises(FileMalformed, match="no transaction"):
        read_balance_csv(b"")


def test_a_connected_accounts_file_is_refused() -> None:
    foreign = REPORT.replace("description", "connected_account").replace('"one, two"', "acct_9")
    with pytest.raises(FileForAnotherAccount, match="line 2 is of the connected account acct_9"):
        read_balance_csv(foreign.encode())
