"""What is not earned yet: any days sum to the whole, in any order of facts, at every time."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from transactions import moved

from mywork.domain.identifiers import UserId
from mywork.domain.subscription.contract_messages import SubscriptionRequested
from mywork.domain.subscription.decider import SUBSCRIPTION
from mywork.domain.subscription.deferral import DAY, Refund, month_ends, taken, unearned
from mywork.domain.subscription.evolve import evolve_subscription
from mywork.domain.subscription.invoice_messages import (
    ConcludeInvoiceRefund,
    InvoicePaid,
    InvoiceRefunded,
    InvoiceRefundFailed,
    Line,
    RecogniseRevenue,
    RecordInvoice,
    RecordInvoiceRefund,
    RevenueRecognised,
)
from mywork.domain.subscription.settlement_messages import SettleSubscription
from mywork.domain.subscription.state import SubscriptionState

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
    return unearned([line], refunds, START + timedelta(days=days))


def test_nothing_is_earned_before_a_day_is_over_and_the_last_takes_the_residue() -> None:
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
    booked = [whole, *(unearned(found, [], at) for at in [*sorted(splits), last])]
    earned = [before - after for before, after in pairwise(booked)]
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
    at = changed + later * SECOND
    assert unearned([line], [], at) + unearned([credit], [], at) >= 0
    assert unearned([line], [], at) + unearned([credit, charge], [], at) >= 0


# Refunds ------------------------------------------------------------------------------------


def test_a_refund_takes_first_what_is_unearned_at_its_time() -> None:
    half, more, less = (Refund("re_1", amount, START + 15 * DAY) for amount in (1_450, 2_000, 725))
    assert [left(day, half) for day in (14, 15, 20)] == [left(14), 0, 0]
    assert [taken([MONTH], [refund]) for refund in (half, more, less)] == [1_450, 1_450, 725]
    assert [left(day, less) for day in (15, 20, 25, 30)] == [725, 484, 242, 0]


def test_later_refunds_find_what_earlier_ones_left() -> None:
    first, second = Refund("re_1", 1_000, START + 15 * DAY), Refund("re_2", 900, START + 20 * DAY)
    assert left(20, first) == 301
    assert taken([MONTH], [first, second]) == taken([MONTH], [second, first]) == 1_301


refund_facts = st.lists(
    st.tuples(st.integers(1, 900), st.integers(0, 75), st.integers(0, 40)), max_size=3
)


@given(refund_facts, st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_what_is_left_only_grows_less(found: list[tuple[int, int, int]], days: list[int]) -> None:
    refunds = [Refund(f"re_{n}", amount, START + day * DAY) for n, (amount, day, _) in
               enumerate(found)]  # fmt: skip
    booked = [left(day, *refunds) for day in sorted(days)]
    assert booked == sorted(booked, reverse=True)
    assert left(40, *refunds) == 0


# The order of facts -------------------------------------------------------------------------


def _facts(found: Sequence[tuple[int, int, int]]) -> list[Any]:
    """An invoice for two months, refunds of it, and the failure of some."""
    year: Any = (Line("il_1", 2_900, START, START + 61 * DAY),)
    facts: list[Any] = [
        RecordInvoice("bo", "in_1", "sub_1", "ch_1", "USD", 2_900, 0, year, START),  # type: ignore[arg-type]
        SettleSubscription(UserId("bo"), moved("txn_1", "charge", "ch_1", 2_900, START)),
    ]
    for number, (amount, day, fails_after) in enumerate(found):
        name, at = f"re_{number}", START + day * DAY
        facts.append(
            RecordInvoiceRefund("bo", name, "ch_1", "USD", amount, at)  # type: ignore[arg-type]
        )
        if fails_after > 20:
            failed_at = at + fails_after * DAY
            facts.append(
                ConcludeInvoiceRefund("bo", name, "failed", "", failed_at)  # type: ignore[arg-type]
            )
    return facts


class Books:
    """Plays facts and the deadlines that follow; keeps what is deferred by effective time."""

    def __init__(self) -> None:
        requested = SubscriptionRequested(
            "bo",
            "1",
            "pro-usd-2026-1",
            "pro",
            "USD",
            2_900,  # type: ignore[arg-type]
        )
        self.state = evolve_subscription(SubscriptionState(), requested)
        self.deferred: Counter[datetime] = Counter()

    def play(self, command: Any) -> None:
        for event in SUBSCRIPTION.decide(command, self.state):
            self.state = evolve_subscription(self.state, event)
            match event:
                case InvoicePaid():
                    self.deferred[command.at] += event.amount_minor
                case RevenueRecognised():
                    self.deferred[command.at] -= event.amount_minor
                case InvoiceRefunded():
                    self.deferred[command.at] -= event.deferred_minor
                case InvoiceRefundFailed():
                    self.deferred[command.at] += event.deferred_minor

    def by_month(self) -> list[int]:
        return [
            sum(amount for at, amount in self.deferred.items() if at <= end)
            for end in month_ends(START, START + 61 * DAY)
        ]


@given(refund_facts, st.randoms(use_true_random=False))
def test_late_facts_leave_the_same_books_at_every_months_end(
    found: list[tuple[int, int, int]], shuffled: random.Random
) -> None:
    facts, ends = _facts(found), month_ends(START, START + 61 * DAY)
    recognitions = [RecogniseRevenue("bo", "in_1", end) for end in ends]  # type: ignore[arg-type]
    in_time, late = Books(), Books()
    for command in sorted([*facts, *recognitions], key=lambda command: command.at):
        in_time.play(command)
    invoice, settlement, *rest = facts
    late.play(invoice)
    late.play(settlement)
    while rest:
        for command in recognitions:  # whenever the clock runs
            late.play(command)
        known = [fact for fact in rest if _possible(fact, rest)]
        fact = shuffled.choice(known)
        rest.remove(fact)
        late.play(fact)
    for command in recognitions:
        late.play(command)
    assert late.by_month()[-1] == in_time.by_month()[-1] == 0
    if len(found) < 2:  # several refunds share what is unearned in the order in which they come
        assert late.by_month() == in_time.by_month()


def _possible(fact: Any, rest: Sequence[Any]) -> bool:
    """A refund's failure is told after the refund."""
    earlier = [other for other in rest if isinstance(other, RecordInvoiceRefund)]
    names = {other.stripe_refund_id for other in earlier}
    failure = isinstance(fact, ConcludeInvoiceRefund)
    return not (failure and fact.stripe_refund_id in names)


# When ---------------------------------------------------------------------------------------


def test_revenue_is_booked_at_each_months_end_until_the_period_is_over() -> None:
    december, january = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    assert month_ends(START, END) == [december, january]
    assert month_ends(december, END) == [january]
    assert month_ends(END + 60 * DAY, END) == [datetime(2027, 3, 1, tzinfo=UTC)]
    assert len(month_ends(START, START.replace(year=2027))) == 13
