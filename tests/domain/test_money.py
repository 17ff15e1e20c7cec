"""Money: exact, split without loss, rounded in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mywork.domain.errors import CurrencyUnsupported, MoneyInvalid
from mywork.domain.fees import SCHEDULES, check_price, quote, schedule_for
from mywork.domain.identifiers import derived_id, is_opaque, new_id
from mywork.domain.money import (
    EXPONENTS,
    Money,
    allocate,
    decimal_text,
    parse,
    payout_step_minor,
    share,
    step_minor,
)

currencies = st.sampled_from(sorted(EXPONENTS))
amounts = st.integers(-(10**14), 10**14)


@given(amounts, currencies)
def test_what_is_written_is_read_again(amount_minor: int, currency: str) -> None:
    assert parse(decimal_text(amount_minor, currency), currency) == Money(amount_minor, currency)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "text"),
    [(29_900, "USD", "299.00"), (-5, "USD", "-0.05"), (500, "JPY", "500"), (1, "KWD", "0.001")],
)
def test_amounts_are_written_with_their_currencys_digits(
    amount_minor: int, currency: str, text: str
) -> None:
    assert decimal_text(amount_minor, currency) == text


@pytest.mark.parametrize("text", ["299.001", "1e-3", "NaN", "Infinity", "", "12,00", "1" * 30])
def test_an_amount_that_is_not_exact_is_refused(text: str) -> None:
    with pytest.raises(MoneyInvalid):
        parse(text, "USD")


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(CurrencyUnsupported, match="ISO 4217"):
        parse("1", "XXX")
    with pytest.raises(CurrencyUnsupported, match="USD"):
        schedule_for("BTC")


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_a_split_loses_nothing_and_is_fair(amount_minor: int, weights: list[int]) -> None:
    if not sum(weights):
        with pytest.raises(MoneyInvalid):
            allocate(amount_minor, weights)
        return
    parts = allocate(amount_minor, weights)
    assert sum(parts) == amount_minor
    for part, weight in zip(parts, weights, strict=True):
        exact = amount_minor * weight
        assert abs(part * sum(weights) - exact) < sum(weights)
        assert weight or not part


def test_a_split_refuses_negative_weights() -> None:
    with pytest.raises(MoneyInvalid):
        allocate(100, [2, -1])


@pytest.mark.parametrize(
    ("amount", "points", "rounded"), [(5, 1_000, 1), (4, 1_000, 0), (150, 100, 2)]
)
def test_a_share_is_rounded_half_up(amount: int, points: int, rounded: int) -> None:
    assert share(amount, points) == rounded


def test_the_specifications_sale() -> None:
    parts = quote(29_900, SCHEDULES["USD"])
    assert (parts.seller_share_minor, parts.commission_minor, parts.processing_fee_minor) == (
        26_013,
        2_990,
        897,
    )


@given(st.sampled_from(sorted(SCHEDULES)), st.integers(0, 10**6))
def test_a_quote_divides_the_whole_price(currency: str, price_minor: int) -> None:
    schedule = SCHEDULES[currency]
    if price_minor and not (
        schedule.price_minimum_minor <= price_minor <= schedule.price_maximum_minor
    ):
        with pytest.raises(MoneyInvalid, match="between"):
            check_price(price_minor, schedule)
        return
    if price_minor % step_minor(currency):
        with pytest.raises(MoneyInvalid, match="last digit"):
            check_price(price_minor, schedule)
        return
    check_price(price_minor, schedule)
    parts = quote(price_minor, schedule)
    total = parts.seller_share_minor + parts.commission_minor + parts.processing_fee_minor
    assert total == price_minor
    assert parts.seller_share_minor >= 0


def test_every_currency_that_stripe_settles_can_be_sold_in() -> None:
    assert set(SCHEDULES) == set(EXPONENTS)
    for schedule in SCHEDULES.values():
        check_price(schedule.price_minimum_minor, schedule)
        check_price(schedule.price_maximum_minor, schedule)
        cheapest = quote(schedule.price_minimum_minor, schedule)
        assert min(cheapest.seller_share_minor, cheapest.commission_minor) > 0


@pytest.mark.parametrize(
    ("currency", "step"), [("KWD", 10), ("HUF", 100), ("TWD", 100), ("USD", 1), ("ISK", 1)]
)
def test_banks_take_whole_steps(currency: str, step: int) -> None:
    assert payout_step_minor(currency) == step


def test_ids_sort_by_time_and_are_version_7() -> None:
    ids = [new_id(now_ms) for now_ms in range(1_700_000_000_000, 1_700_000_000_050)]
    assert ids == sorted(ids)
    assert {identifier[14] for identifier in ids} == {"7"}
    assert len({new_id() for _ in range(1000)}) == 1000


def test_derived_ids_depend_on_every_part() -> None:
    assert derived_id("a", "b") == derived_id("a", "b") != derived_id("ab", "")


@pytest.mark.parametrize(
    ("text", "opaque"), [("user_2abc", True), ("a:b", False), ("", False), ("x" * 65, False)]
)
def test_only_plain_ids_may_name_streams(text: str, opaque: bool) -> None:
    assert is_opaque(text) is opaque
