"""Naming what differs: the gravest difference of a transaction, and only that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mywork.domain.reconciliation import ComparedBalance
from mywork.ledger.reconciliation.balances import balanced
from mywork.ledger.reconciliation.differences import difference_of, of_balance
from mywork.ledger.reconciliation.sides import LedgerSide, Pair, StatementSide

AT = datetime(2026, 11, 10, 12, tzinfo=UTC)
TOLD = StatementSide("txn_1", "charge", "ch_1", "USD", 29_900, 897, AT)
POSTED = LedgerSide(7, "order.payment_settled.v1", "order-1", "USD", 29_003, 897, AT)
FEE = replace(TOLD, category="fee", amount_minor=-500, fee_minor=0)
FEE_POSTED = replace(POSTED, net_minor=-500, expense_minor=500, is_fee=True)


def named(statement: list[StatementSide], ledger: list[LedgerSide]) -> tuple[str, int] | None:
    found = difference_of(Pair("txn_1", tuple(statement), tuple(ledger)))
    return (found.kind, found.amount_minor) if found else None


def test_both_sides_that_agree_differ_in_nothing() -> None:
    assert named([TOLD], [POSTED]) is None
    assert named([FEE], [FEE_POSTED]) is None
    assert named([replace(TOLD, amount_minor=0, fee_minor=0)], []) is None


@pytest.mark.parametrize(
    ("statement", "ledger", "expected"),
    [
        ([TOLD], [], ("missing_here", 29_900)),
        ([], [POSTED], ("missing_there", 29_900)),
        ([TOLD, TOLD], [POSTED], ("duplicate", 0)),
        ([TOLD], [POSTED, replace(POSTED, position=8)], ("duplicate", -29_003)),
        ([replace(TOLD, currency="EUR")], [POSTED], ("currency_differs", 29_900)),
        ([TOLD], [replace(POSTED, net_minor=29_002)], ("amount_differs", 1)),
        ([TOLD], [replace(POSTED, net_minor=28_106, expense_minor=1_794)], ("fee_differs", -897)),
        ([FEE], [replace(FEE_POSTED, net_minor=-1_000)], ("amount_differs", 500)),
        ([TOLD], [replace(POSTED, at=AT + timedelta(days=1))], ("date_differs", 0)),
        (
            [replace(TOLD, amount_minor=1)],
            [replace(POSTED, at=AT + timedelta(days=1))],
            ("amount_differs", 1 - 29_900),
        ),
    ],
)
def test_a_difference_has_one_name(
    statement: list[StatementSide], ledger: list[LedgerSide], expected: tuple[str, int]
) -> None:
    assert named(statement, ledger) == expected


def test_a_correction_counts_as_what_was_posted() -> None:
    wrong = replace(POSTED, net_minor=28_106, expense_minor=1_794)
    correction = replace(POSTED, position=9, net_minor=897, expense_minor=-897, corrects=True)
    assert named([TOLD], [wrong, correction]) is None
    assert named([], [POSTED, replace(correction, net_minor=-29_003)]) is None
    assert named([TOLD], [wrong, replace(correction, net_minor=896)]) == ("amount_differs", 1)


def test_evidence_names_both_sides_and_whose_it_is() -> None:
    found = difference_of(Pair("txn_1", (replace(TOLD, fee_minor=900),), (POSTED,)))
    assert found is not None
    assert (found.break_id, found.transaction_id) == ("fee_differs-txn_1", "txn_1")
    assert (found.stream, found.object_id) == ("order-1", "ch_1")
    evidence = found.evidence
    assert (evidence.references, evidence.positions) == (("txn_1", "ch_1"), (7,))
    assert (evidence.effect_minor("USD"), evidence.effect_minor("EUR")) == (-3, 0)
    assert found.detail == "txn_1 cost 9.00 USD says Stripe, 8.97 USD the books"


# Balances ------------------------------------------------------------------------------------


def test_balances_agree_with_what_is_known_to_differ() -> None:
    assert balanced({"USD": 100}, {"USD": 90}, {"USD": 10}) == [ComparedBalance("USD", 100, 90, 10)]
    (usd,) = balanced({"USD": 100}, {"USD": 90}, {})
    assert usd.unexplained_minor == 10
    found = of_balance(usd, 7, AT)
    assert (found.break_id, found.amount_minor) == ("balance_differs-USD", 10)
    assert found.evidence.effect_minor("USD") == 10


@given(
    moved=st.lists(st.tuples(st.sampled_from(["USD", "EUR"]), st.integers(-50, 50)), max_size=6),
    read_after=st.integers(0, 6),
)
def test_a_balance_that_was_read_while_money_moved_agrees(
    moved: list[tuple[str, int]], read_after: int
) -> None:
    """Whatever of the newer transactions it holds, as long as it is a beginning of them."""
    newer = [
        replace(TOLD, currency=currency, amount_minor=net, fee_minor=0) for currency, net in moved
    ]
    theirs = {"USD": 1_000, "EUR": 1_000}
    for statement in newer[:read_after]:
        theirs[statement.currency] += statement.net_minor
    found = balanced(theirs, {"USD": 1_000, "EUR": 1_000}, {}, newer)
    assert not any(item.unexplained_minor for item in found)
