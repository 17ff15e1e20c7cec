"""Balances below zero: since when, and what of it is overdue, by effective time."""

from datetime import datetime, timedelta

import pytest
from fakes import START
from shop import ADA, Shop

from mywork.ledger.reports.overdrawn import Overdrawn, overdrawn

DAYS = timedelta(days=30)
WEEK = timedelta(days=7)


@pytest.fixture
def negative(shop: Shop) -> Shop:
    """Ada was paid 260.13 a week after the start, and refunded in full: she stands at -269.10."""
    shop.release("1")
    shop.onboard()
    shop.pay_out()
    shop.refund("1")
    return shop


def found(shop: Shop, now: datetime | None = None) -> list[Overdrawn]:
    return list(overdrawn(shop.core.store, now=now or shop.clock.now(), after=DAYS))


def only(shop: Shop) -> Overdrawn:
    (one,) = found(shop)
    return one


def test_nobody_is_overdrawn(shop: Shop) -> None:
    assert found(shop) == []
    shop.release("1")
    assert found(shop) == []


def test_a_balance_is_below_zero_since_the_moment_it_fell(negative: Shop) -> None:
    negative.clock.advance(days=3)
    assert only(negative) == Overdrawn(
        ADA, "USD", -26_910, START + WEEK, overdue_minor=0, total_minor=-26_910, owed_minor=0
    )


@pytest.mark.parametrize(("days", "overdue_minor"), [(29, 0), (30, 26_910), (400, 26_910)])
def test_it_is_overdue_after_thirty_days(negative: Shop, days: int, overdue_minor: int) -> None:
    negative.clock.advance(days=days)
    assert only(negative).overdue_minor == overdue_minor


def test_what_was_added_later_is_not_overdue_yet(shop: Shop) -> None:
    shop.release("1")
    shop.onboard()
    shop.pay_out()
    shop.refund("1", 10_000)
    first = -only(shop).available_minor
    shop.clock.advance(days=20)
    shop.refund("1", 5_000)
    shop.clock.advance(days=10)
    one = only(shop)
    assert (one.since, one.overdue_minor) == (START + WEEK, first)
    assert -one.available_minor > first
    shop.clock.advance(days=20)
    assert only(shop).overdue_minor == -only(shop).available_minor


def test_a_sale_that_made_up_for_a_part_starts_its_days_again(negative: Shop) -> None:
    negative.clock.advance(days=13)
    negative.release("2")  # seven days later: 260.13 come in
    assert only(negative).available_minor == -897
    negative.clock.advance(hours=1)
    negative.refund("2", 14_950)
    owed = -only(negative).available_minor
    assert owed > 897
    negative.clock.advance(days=10)
    one = only(negative)
    assert (one.since, one.overdue_minor) == (START + WEEK, 897)
    negative.clock.advance(days=20)
    assert only(negative).overdue_minor == owed


def test_a_balance_that_was_clear_for_a_moment_falls_anew(negative: Shop) -> None:
    negative.release("2")
    negative.release("3")
    assert found(negative) == []
    fell = negative.clock.now() + timedelta(days=1)
    negative.clock.time = fell
    negative.refund("2")
    assert only(negative).since == fell
    assert only(negative).overdue_minor == 0


def test_what_was_booked_late_counts_from_when_it_happened(shop: Shop) -> None:
    shop.release("1")
    shop.onboard()
    shop.pay_out()
    happened = shop.clock.now()
    shop.clock.advance(days=31)
    now = shop.clock.now()
    shop.clock.time = happened
    shop.refund("1")  # its webhook came a month late, with Stripe's own time
    shop.clock.time = now
    assert (only(shop).since, only(shop).overdue_minor) == (happened, 26_910)


def test_money_on_hold_counts_in_the_total(negative: Shop) -> None:
    negative.place("2")
    negative.handle(negative.paying("2"))
    assert only(negative).total_minor == 26_013 - 26_910


def test_the_time_that_is_asked_about_is_the_end(negative: Shop) -> None:
    negative.clock.advance(days=40)
    (one,) = found(negative, START + WEEK + timedelta(days=1))
    assert one.overdue_minor == 0
