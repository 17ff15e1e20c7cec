"""Lines of the bank and payouts: by name first, then by amount and the nearest day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mywork.ledger.reconciliation.bank import BankLine, BankPayout, differences, match

DAY = date(2026, 11, 11)
LINE = BankLine("line_1", 2, "", DAY, "USD", 10_000, "STRIPE PAYOUT")
PAYOUT = BankPayout(7, "txn_1", "po_1", "USD", 10_000, datetime(2026, 11, 9, 12, tzinfo=UTC))
MONTH = (date(2026, 11, 1), date(2026, 11, 30))


def kinds(lines: list[BankLine], payouts: list[BankPayout]) -> list[tuple[str, str, int]]:
    found = differences(match(lines, payouts), *MONTH)
    return [(item.kind, item.subject, item.amount_minor) for item in found]


def test_a_line_and_its_payout_are_one() -> None:
    assert kinds([LINE], [PAYOUT]) == []
    assert kinds([replace(LINE, reference="about po_1")], [PAYOUT]) == []
    assert kinds([replace(LINE, reference="txn_1")], [PAYOUT]) == []


def test_a_name_goes_before_the_nearest_day() -> None:
    other = replace(PAYOUT, transaction_id="txn_2", object_id="po_2", at=PAYOUT.at + timedelta(1))
    named = replace(LINE, id="line_2", line=3, day=DAY + timedelta(5), reference="po_2")
    found = match([LINE, named], [PAYOUT, other])
    pairs = {(line.id, payout.object_id) for line, payout in found.pairs}
    assert pairs == {("line_1", "po_1"), ("line_2", "po_2")}


def test_equal_amounts_are_matched_one_to_one_by_day() -> None:
    later = replace(PAYOUT, transaction_id="txn_2", object_id="po_2", at=PAYOUT.at + timedelta(7))
    second = replace(LINE, id="line_2", line=3, day=DAY + timedelta(7))
    found = match([second, LINE], [later, PAYOUT])
    assert {(line.id, payout.object_id) for line, payout in found.pairs} == {
        ("line_1", "po_1"),
        ("line_2", "po_2"),
    }
    assert kinds([LINE, replace(LINE, id="line_2", line=3)], [PAYOUT]) == [
        ("bank_line_unexplained", "line_2", 10_000)
    ]


@pytest.mark.parametrize(
    "changes",
    [{"amount_minor": 10_001}, {"currency": "EUR"}, {"day": DAY + timedelta(days=20)}],
    ids=["amount", "currency", "day"],
)
def test_what_does_not_fit_leaves_both_open(changes: dict[str, object]) -> None:
    found = kinds([replace(LINE, **changes)], [PAYOUT])  # type: ignore[arg-type]
    assert [kind for kind, _, _ in found] == ["bank_line_unexplained", "payout_not_at_bank"]


def test_a_named_line_with_another_amount_is_one_difference() -> None:
    line = replace(LINE, amount_minor=9_950, reference="po_1")
    assert kinds([line], [PAYOUT]) == [("bank_amount_differs", "txn_1", -50)]


def test_only_payouts_that_the_statement_should_show_are_missing() -> None:
    young = replace(PAYOUT, at=datetime(2026, 11, 24, tzinfo=UTC))
    old = replace(PAYOUT, at=datetime(2026, 10, 31, tzinfo=UTC))
    assert kinds([], [young, old]) == []
    assert kinds([], [PAYOUT]) == [("payout_not_at_bank", "txn_1", 10_000)]


def test_a_top_up_leaves_the_bank() -> None:
    assert kinds([replace(LINE, amount_minor=-500)], [replace(PAYOUT, amount_minor=-500)]) == []
