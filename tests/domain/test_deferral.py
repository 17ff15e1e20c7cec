"""What is not earned yet: any days sum to the whole, never below zero, in any order of facts."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mywork.domain.subscription.deferral import DAY, Refund, deferred, month_ends
from mywork.domain.subscription.invoice import Line

START = datetime(2026, 11, 10, 12, tzinfo=UTC)
END = START + 30 * DAY
MONTH = Line("il_1", 2_900, START, END)
SECOND = timedelta(seconds=1)

amounts = st.integers(1, 10**7)
moments = st.integers(-20 * 86_400, 80 * 86_400).map(lambda seconds: START + seconds * SECOND)
periods = st.tuples(moments, st.integers(0, 400), st.integers(0, 86_399)).map(
    lambda found: (found[0], found[0] + timedelta(days=found[1], seconds=found[2]))
)
lines = st.builds(
    lambda amount, period: Line("il", amount, *period), st.integers(-(10**6), 10**6), periods
)


def left(days: float, *refunds: Refund, line: Line = MONTH) -> int:
    return deferred([line], refunds, START + timedelta(days=days))


def test_nothing_is_earned_before_a_day_is_over_and_the_last_takes_the_residue() -> None:
    assert deferred([MONTH], [], None) == 2_900
    assert [left(day) for day in (-5, 0, 0.99, 1, 10, 29, 29.9, 30, 99)] == [
        2_900, 2_900, 2_900, 2_804, 1_934, 97, 97, 0, 0,
    ]  # fmt: skip


def test_a_line_without_a_period_is_earned_at_once() -> None:
    moment = Line("il_1", 500, START, START)
    assert (left(-1, line=moment), left(0, line=moment)) == (500, 0)


@given(st.lists(lines, max_size=4), st.lists(moments, max_size=8))
def test_any_split_of_days_sums_to_the_whole(found: list[Line], splits: list[datetime]) -> None:
    whole = sum(line.amount_minor for line in found)
    last = max((line.period_end for line in found), default=START)
    booked = [deferred(found, [], None)]
    booked += [deferred(found, [], moment) for moment in sorted(splits)]
    booked += [deferred(found, [], last + SECOND)]
    earned = [before - after for before, after in pairwise(booked)]
    assert booked[0] == whole
    assert sum(earned) == whole
    if all(line.amount_minor >= 0 for line in found):
        assert min(earned) >= 0


@given(amounts, st.integers(0, 30 * 86_400), st.integers(0, 30 * 86_400), amounts)
def test_unused_time_given_back_never_exceeds_what_is_left(
    amount: int, used: int, later: int, new: int
) -> None:
    """Stripe prorates by the second, we earn by the day: together they stay above zero."""
    whole = 30 * 86_400
    changed = START + used * SECOND
    unused = (amount * (whole - used) * 2 + whole) // (whole * 2)
    remaining = (new * (whole - used) * 2 + whole) // (whole * 2)
    line = Line("il_1", amount, START, END)
    credit, charge = Line("il_2", -unused, changed, END), Line("il_3", remaining, changed, END)
    through = changed + later * SECOND
    assert deferred([line], [], through) + deferred([credit], [], through) >= 0
    together = deferred([line], [], through) + deferred([credit, charge], [], through)
    assert together >= 0


# Refunds ------------------------------------------------------------------------------------


def test_a_refund_takes_first_what_is_unearned_at_its_time() -> None:
    half = Refund("re_1", 1_450, START + 15 * DAY)
    assert left(14, half) == left(14) - 1_450  # not booked as far: its part is gone already
    assert left(15, half) == left(20, half) == 0
    more = Refund("re_1", 2_000, START + 15 * DAY)
    assert (left(14, more), left(15, more)) == (left(14) - 1_450, 0)
    less = Refund("re_1", 725, START + 15 * DAY)
    assert [left(day, less) for day in (15, 20, 25, 30)] == [725, 484, 242, 0]


refund_amounts = st.lists(st.tuples(st.integers(1, 900), st.integers(0, 35)), max_size=4)


@given(refund_amounts, st.integers(0, 40), st.randoms(use_true_random=False))
def test_the_order_in_which_refunds_become_known_does_not_matter(
    found: list[tuple[int, int]], day: int, shuffled: random.Random
) -> None:
    refunds = [
        Refund(f"re_{number}", amount, START + days * DAY)
        for number, (amount, days) in enumerate(found)
    ]
    mixed = refunds.copy()
    shuffled.shuffle(mixed)
    assert left(day, *refunds) == left(day, *mixed) >= 0


@given(refund_amounts, st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_what_is_booked_in_between_does_not_change_the_end(
    found: list[tuple[int, int]], days: list[int]
) -> None:
    """Revenue plus what refunds took of it is what was paid less what was deferred."""
    refunds = [
        Refund(f"re_{number}", amount, START + day * DAY)
        for number, (amount, day) in enumerate(found)
    ]
    booked = [left(day, *refunds) for day in sorted(days)]
    assert booked == sorted(booked, reverse=True)
    assert left(40, *refunds) == 0


# When ---------------------------------------------------------------------------------------


def test_revenue_is_booked_at_each_months_end_until_the_period_is_over() -> None:
    december, january = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    assert month_ends([MONTH], START) == [december, january]
    assert month_ends([MONTH], december + DAY) == [january]
    assert month_ends([MONTH], END + 60 * DAY) == [datetime(2027, 3, 1, tzinfo=UTC)]
    assert month_ends([], START) == [december]
    year = Line("il_1", 100, START, START.replace(year=2027))
    assert len(month_ends([year], START)) == 13
