"""An entry cannot exist unbalanced; every event posts a balanced entry or nothing."""

from typing import Any, get_args

import pytest
from events import EXAMPLES
from hypothesis import given
from hypothesis import strategies as st

from mywork.domain.breaks.explanation_messages import BreakOpened, Kind
from mywork.domain.catalogue import EVENTS
from mywork.domain.errors import AccountNotFound
from mywork.ledger.accounts import CHART, chart_row
from mywork.ledger.entry import Entry, EntryUnbalanced, Posting, entry
from mywork.ledger.rules.posting import post


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=6))
def test_postings_that_do_not_sum_to_zero_make_no_entry(amounts: list[int]) -> None:
    lines = tuple(Posting("bank", "USD", amount) for amount in amounts)
    if sum(amounts):
        with pytest.raises(EntryUnbalanced):
            Entry(lines)
    else:
        assert Entry(lines).postings == lines


def test_currencies_balance_each_for_itself() -> None:
    with pytest.raises(EntryUnbalanced):
        Entry((Posting("bank", "USD", 100), Posting("capital", "EUR", -100)))


def test_an_entry_and_its_reverse_cancel_out() -> None:
    made = entry("USD", debit=[("bank", 100)], credit=[("capital", 60), ("rounding", 40)])
    assert made is not None
    both = [line.amount_minor for line in (*made.postings, *made.reversed().postings)]
    assert sum(both) == 0
    assert made.reversed().reversed() == made


def test_nothing_moves_when_every_amount_is_zero() -> None:
    assert entry("USD", debit=[("bank", 0)], credit=[("capital", 0)]) is None


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_posts_to_accounts_of_the_chart_or_nothing(name: str) -> None:
    made = post(EXAMPLES[name])
    for line in made.postings if made else ():
        assert chart_row(line.account)


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("amount_minor", [5_000, -5_000])
def test_every_kind_of_break_balances(kind: Any, amount_minor: int) -> None:
    opened = BreakOpened("b", kind, "o", "USD", amount_minor, 10, None, "", "")  # type: ignore[arg-type]
    posting = {"unexpected_payment", "unexplained_transaction"}
    assert (post(opened) is None) == (kind not in posting)


@pytest.mark.parametrize("code", ["nonsense", "seller::pending", "seller:a:nonsense", "bank:x"])
def test_a_code_outside_the_chart_is_refused(code: str) -> None:
    with pytest.raises(AccountNotFound):
        chart_row(code)


def test_bounds_follow_the_normal_side() -> None:
    signs = {row.pattern: row.bound_sign for row in CHART}
    assert signs["seller:{id}:pending"] == -1
    assert signs["seller:{id}:available"] == 0
