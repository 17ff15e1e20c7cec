"""A document: every digit of its money, its times, its order of fields; what is sent reads back."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec import UNSET, Meta, UnsetType

from mywork.documents import document, problems
from mywork.documents.document import (
    CURSOR,
    Amount,
    Currency,
    Document,
    Moment,
    Page,
    encode,
    exact,
    example,
    moment,
    money,
    prepared,
)
from mywork.documents.schema import name_of, schemas
from mywork.domain.money import EXPONENTS, parse

Colour = Annotated[Literal["red", "green"], Meta(title="Colour", description="Of a thing.")]


class Part(Document):
    """A part of a thing."""

    colour: Colour


PART = Part(colour="red")


class Thing(Document):
    """A thing with a price."""

    name: str
    price: Amount
    price_minor: int
    currency: Currency
    made_at: Moment
    sold_at: Moment | None
    colour: Colour | None
    parts: tuple[Part, ...]
    note: str | UnsetType = UNSET


def thing(price_minor: int = 29_900, currency: str = "USD") -> Thing:
    return Thing(
        parts=(PART,),
        colour=None,
        sold_at=None,
        made_at=moment(datetime(2026, 11, 24, 12, tzinfo=UTC)),
        currency=currency,
        name="lamp",
        **money("price", price_minor, currency),
    )


THING = thing()


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (29_900, "USD", b"299.00"),
        (0, "USD", b"0.00"),
        (5, "USD", b"0.05"),
        (-5, "USD", b"-0.05"),
        (-29_901, "EUR", b"-299.01"),
        (100, "JPY", b"100"),
        (0, "JPY", b"0"),
        (-7, "JPY", b"-7"),
        (1_234, "KWD", b"1.234"),
        (1, "KWD", b"0.001"),
        (10**15, "USD", b"10000000000000.00"),
        (10**40 + 1, "USD", b"1" + b"0" * 38 + b".01"),
    ],
)
def test_money_has_the_digits_that_its_currency_has(
    minor: int, currency: str, written: bytes
) -> None:
    assert encode({"price": exact(minor, currency)}) == b'{"price":%s}' % written


@given(some.sampled_from(sorted(EXPONENTS)), some.integers(-(10**30), 10**30))
def test_an_amount_is_exact_in_every_currency_and_reads_back(currency: str, minor: int) -> None:
    amount = exact(minor, currency)
    assert amount.as_tuple().exponent == -EXPONENTS[currency]
    assert Fraction(amount) == Fraction(minor, 10 ** EXPONENTS[currency])
    sent = encode(thing(minor, currency))
    again = msgspec.json.decode(sent, type=Thing)
    assert (again, encode(again)) == (thing(minor, currency), sent)


@given(some.sampled_from(sorted(EXPONENTS)), some.integers(-(10**15), 10**15))
def test_what_is_sent_can_be_asked_for(currency: str, minor: int) -> None:
    written = encode({"price": exact(minor, currency)})[9:-1].decode()
    assert parse(written, currency).amount_minor == minor


def test_both_fields_of_an_amount_are_of_the_same_money() -> None:
    assert money("fee", 1_500, "USD") == {"fee": Decimal("15.00"), "fee_minor": 1_500}


def test_fields_are_sent_in_the_order_of_the_class_and_none_is_left_out() -> None:
    assert encode(THING) == (
        b'{"name":"lamp","price":299.00,"price_minor":29900,"currency":"USD",'
        b'"made_at":"2026-11-24T12:00:00Z","sold_at":null,"colour":null,'
        b'"parts":[{"colour":"red"}]}'
    )
    assert encode(msgspec.structs.replace(THING, note="")).endswith(b'"note":""}')


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 24, 12, tzinfo=UTC),
        datetime(2026, 11, 24, 12, 0, 0, 999_999, tzinfo=UTC),
        datetime(2026, 11, 24, 21, 0, 0, 1, tzinfo=timezone(timedelta(hours=9))),
    ],
)
def test_a_moment_is_in_utc_and_of_a_whole_second(at: datetime) -> None:
    assert encode({"at": moment(at)}) == b'{"at":"2026-11-24T12:00:00Z"}'
    assert moment(None) is None


def test_what_was_encoded_before_is_sent_as_it_is() -> None:
    once = encode(THING).decode()
    page: Page[Thing] = Page(data=prepared([once, once]), next_cursor=None)
    assert encode(page) == encode(Page(data=(THING, THING), next_cursor=None))
    assert encode(Page(data=prepared([]), next_cursor=CURSOR)).startswith(b'{"data":[],')


def test_an_example_stands_below_its_class() -> None:
    assert example(Thing) is THING
    assert example(Page[Thing]) == Page(data=(THING,), next_cursor=CURSOR)
    assert example(problems.Problem) is problems.PROBLEM
    with pytest.raises(StopIteration):
        example(document.Document)


def test_schemas_name_what_has_a_name_once() -> None:
    found = schemas([Page[Thing], Thing])
    assert set(found) == {"ThingPage", "Thing", "Part", "Colour", "Amount", "Currency", "Moment"}
    assert found["Colour"]["enum"] == ["green", "red"]
    assert (found["Amount"]["type"], found["Moment"]["format"]) == ("number", "date-time")
    assert found["Thing"]["description"] == "A thing with a price."
    assert found["Thing"]["required"] == [*Thing.__struct_fields__[:-1]]
    assert found["Thing"]["properties"]["colour"] == {
        "anyOf": [{"$ref": "#/components/schemas/Colour"}, {"type": "null"}]
    }
    assert found["ThingPage"]["title"] == name_of(Page[Thing]) == "ThingPage"
    assert "decimal" not in json.dumps(found)


def test_two_schemas_of_one_name_are_refused() -> None:
    class Other(Document):
        """Another thing."""

        colour: Annotated[Literal["blue"], Meta(title="Colour")]

    with pytest.raises(ValueError, match="called Colour"):
        schemas([Thing, Other])
