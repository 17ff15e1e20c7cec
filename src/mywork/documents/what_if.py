"""What a month would have been under other fees or another hold, beside what it was."""

from collections.abc import Mapping
from typing import Any

from mywork.documents.document import Amount, Currency, Document, Id, money
from mywork.documents.examples import SELLER_ID
from mywork.documents.ledger import Month
from mywork.domain.period.months import Period

COUNTED = ("gross", "commission", "processing", "dispute_fees", "sellers", "payable")


class Figures(Document):
    """`revenue` is commission and the fees that sellers bear; `sellers` is what the orders have
    brought their sellers by now, `payable` what of it could be paid out by the month's end."""

    gross: Amount
    gross_minor: int
    commission: Amount
    commission_minor: int
    processing: Amount
    processing_minor: int
    dispute_fees: Amount
    dispute_fees_minor: int
    revenue: Amount
    revenue_minor: int
    sellers: Amount
    sellers_minor: int
    payable: Amount
    payable_minor: int


def _figures(minor: Mapping[str, int], currency: str) -> Figures:
    ours = minor["commission"] + minor["processing"] + minor["dispute_fees"]
    fields = money("revenue", ours, currency)
    for name in COUNTED:
        fields |= money(name, minor[name], currency)
    return Figures(**fields)


class Comparison(Document):
    """All orders of one currency; `change` is hypothetical less actual."""

    currency: Currency
    actual: Figures
    hypothetical: Figures
    change: Figures


class SellerComparison(Comparison):
    """The orders of one seller."""

    seller_id: Id


def compared(
    currency: str, actual: Mapping[str, int], hypothetical: Mapping[str, int]
) -> dict[str, Any]:
    """The fields of a comparison, of what was counted in minor units."""
    change = {name: hypothetical[name] - actual[name] for name in COUNTED}
    return {
        "currency": currency,
        "actual": _figures(actual, currency),
        "hypothetical": _figures(hypothetical, currency),
        "change": _figures(change, currency),
    }


_ACTUAL = {
    "gross": 29_900,
    "commission": 2_990,
    "processing": 897,
    "dispute_fees": 0,
    "sellers": 26_013,
    "payable": 26_013,
}
_OTHER = _ACTUAL | {"commission": 3_588, "sellers": 25_415, "payable": 25_415}
FIGURES = _figures(_ACTUAL, "USD")
COMPARISON = Comparison(**compared("USD", _ACTUAL, _OTHER))
SELLER_COMPARISON = SellerComparison(seller_id=SELLER_ID, **compared("USD", _ACTUAL, _OTHER))


class WhatIf(Document):
    """Every order that was paid in the month, decided again. The sellers are those most affected,
    by what they would have earned, then by when."""

    period: Month
    orders: int
    currencies: tuple[Comparison, ...]
    sellers_most_affected: tuple[SellerComparison, ...]


WHAT_IF = WhatIf(
    period=Period("2026-10"),
    orders=1,
    currencies=(COMPARISON,),
    sellers_most_affected=(SELLER_COMPARISON,),
)
