"""Amounts as people and programs write them: read exactly, or refused."""

import pytest

from mywork.domain.errors import MoneyInvalid
from mywork.domain.money import Money, allocate, parse


@pytest.mark.parametrize(
    ("text", "currency", "amount_minor"),
    [
        ("299", "USD", 29_900),
        ("299.0", "USD", 29_900),
        ("+0.10", "USD", 10),
        ("-0.05", "USD", -5),
        ("3E+2", "USD", 30_000),
        ("1.000000000000000000000000000000000", "USD", 100),
        ("500.0", "JPY", 500),
        ("1.234", "KWD", 1_234),
        ("10000000000000", "USD", 10**15),
    ],
)
def test_an_exact_amount_is_read(text: str, currency: str, amount_minor: int) -> None:
    assert parse(text, currency) == Money(amount_minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.000000000000000000000000000000000001", "USD"),
        ("500.5", "JPY"),
        ("1.2345", "KWD"),
        ("1e99", "USD"),
        ("1e999999", "USD"),
        ("1e-999999", "USD"),
        ("10000000000000.01", "USD"),
        ("1_000", "USD"),
        (" 1", "USD"),
        ("1 000", "USD"),
        ("\u0661", "USD"),
        ("\uff11", "USD"),
        ("0x10", "USD"),
        ("sNaN", "USD"),
        ("1." * 50, "USD"),
        ("1" * 4_000, "USD"),
    ],
)
def test_what_is_not_exact_or_not_an_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(MoneyInvalid):
        parse(text, currency)


@pytest.mark.parametrize(
    ("amount_minor", "weights", "parts"),
    [
        (100, (1, 1, 1), (34, 33, 33)),
        (101, (1, 1, 1), (34, 34, 33)),
        (10, (70, 20, 10), (7, 2, 1)),
        (1, (1, 2), (0, 1)),
        (5, (3, 0, 3), (3, 0, 2)),
        (-100, (1, 1, 1), (-33, -33, -34)),
        (0, (1, 2), (0, 0)),
    ],
)
def test_the_largest_remainder_gets_the_odd_cent(
    amount_minor: int, weights: tuple[int, ...], parts: tuple[int, ...]
) -> None:
    assert allocate(amount_minor, weights) == parts
