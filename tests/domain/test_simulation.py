"""An order's life decided again: the same under the terms of then, another under others."""

import pytest

from mywork.domain.errors import FeeScheduleInvalid
from mywork.domain.fee_changes import FeeChange, parse_document, parse_expression
from mywork.domain.fees import Quote

SALE = Quote(26_013, 2_990, 897)


def test_fees_are_read_from_an_expression_and_from_json() -> None:
    changes = parse_expression("commission=12.5%, USD.fixed=0.50, EUR.commission=8%")
    assert changes.of("GBP") == FeeChange(commission_basis_points=1_250)
    assert changes.of("USD") == FeeChange(1_250, None, 50)
    assert changes.of("EUR") == FeeChange(800)
    document = {"commission": "12.5%", "USD": {"fixed": "0.50"}, "EUR": {"commission": "8%"}}
    assert parse_document(document) == changes
    assert parse_expression("JPY.fixed=50").of("JPY").processing_fixed_minor == 50


@pytest.mark.parametrize(
    ("text", "saying"),
    [
        ("", "no fee is named"),
        ("commission", "is not a rate"),
        ("commission=12", "is not a rate"),
        ("commission=1.234%", "is not a rate"),
        ("commission=-1%", "is not a rate"),
        ("commission=101%", "more than the whole price"),
        ("fixed=0.30", "of one currency"),
        ("USD.fixed=0.305", "USD.fixed"),
        ("USD.fixed=-1", "not negative"),
        ("XXX.fixed=1", "XXX"),
        ("tax=5%", "'tax' is not one of"),
    ],
)
def test_what_is_no_fee_schedule_is_refused(text: str, saying: str) -> None:
    with pytest.raises(FeeScheduleInvalid, match=saying):
        parse_expression(text)


def test_json_that_is_no_object_is_refused() -> None:
    for document in ([], "commission=12%", None):
        with pytest.raises(FeeScheduleInvalid, match="JSON object"):
            parse_document(document)


def test_a_price_is_divided_anew_and_what_is_not_named_stays() -> None:
    assert FeeChange().requoted(SALE, "USD") == SALE
    assert FeeChange(1_000, 290, 30).requoted(SALE, "USD") == SALE
    assert FeeChange(1_200).requoted(SALE, "USD") == Quote(25_415, 3_588, 897)
    assert FeeChange(None, None, 100).requoted(SALE, "USD") == Quote(25_943, 2_990, 967)
    assert FeeChange(None, 0).requoted(SALE, "USD") == Quote(26_880, 2_990, 30)
    with pytest.raises(FeeScheduleInvalid, match=r"fees of 0\.50 USD exceed a price of 0\.40"):
        FeeChange(0, 0, 50).requoted(Quote(30, 10, 0), "USD")
