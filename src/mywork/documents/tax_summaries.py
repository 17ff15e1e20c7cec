"""Yearly gross totals of sellers, by month, by quarter and for the year."""

from collections.abc import Iterable
from typing import Annotated, Any

from msgspec import Meta

from mywork.documents.document import Amount, Currency, Document, Id, money
from mywork.documents.examples import SELLER_ID
from mywork.ledger.statements.tax_summary import TaxRow, by_quarter, by_year

Span = Annotated[
    str,
    Meta(
        title="Span",
        description="A month, a quarter or a year.",
        pattern="^[0-9]{4}(-[0-9]{2}|-Q[1-4])?$",
        examples=["2026-11", "2026-Q4", "2026"],
    ),
]
COUNTS = ("sales", "refunds", "disputes", "payouts")
AMOUNTS = (
    "sales",
    "refunds",
    "disputes",
    "conversions",
    "commission",
    "fees",
    "adjustments",
    "earned",
    "payouts",
)


class TaxTotals(Document):
    """Refunds and disputes are what buyers got back, in all: positive amounts. Commission and fees
    are what was kept; conversions are positive in the currency that Stripe settled. sales - refunds
    - disputes + conversions - commission - fees + adjustments = earned."""

    span: Span
    currency: Currency
    number_of_sales: int
    number_of_refunds: int
    number_of_disputes: int
    number_of_payouts: int
    sales: Amount
    sales_minor: int
    refunds: Amount
    refunds_minor: int
    disputes: Amount
    disputes_minor: int
    conversions: Amount
    conversions_minor: int
    commission: Amount
    commission_minor: int
    fees: Amount
    fees_minor: int
    adjustments: Amount
    adjustments_minor: int
    earned: Amount
    earned_minor: int
    payouts: Amount
    payouts_minor: int


class SellerTaxTotals(TaxTotals):
    """The totals of one of many sellers."""

    seller_id: Id


def _fields(row: TaxRow) -> dict[str, Any]:
    found: dict[str, Any] = {"span": row.span, "currency": row.currency}
    found |= {f"number_of_{name}": getattr(row, name) for name in COUNTS}
    for name in AMOUNTS:
        found |= money(name, getattr(row, f"{name}_minor"), row.currency)
    return found


_YEAR = _fields(
    TaxRow(
        seller_id=SELLER_ID,
        span="2026",
        currency="USD",
        sales=1,
        sales_minor=29_900,
        refunds=1,
        refunds_minor=10_000,
        disputes=0,
        disputes_minor=0,
        conversions_minor=0,
        commission_minor=1_990,
        fees_minor=897,
        adjustments_minor=0,
        payouts=1,
        payouts_minor=17_013,
    )
)
TAX_TOTALS = TaxTotals(**_YEAR)
SELLER_TAX_TOTALS = SellerTaxTotals(**_YEAR | {"seller_id": SELLER_ID, "span": "2026-11"})


class TaxSummary(Document):
    """A seller's year: for the whole of it, by quarter, by month; in each currency."""

    seller_id: Id
    year: int
    totals: tuple[TaxTotals, ...]
    quarters: tuple[TaxTotals, ...]
    months: tuple[TaxTotals, ...]


TAX_SUMMARY = TaxSummary(
    seller_id=SELLER_ID,
    year=2026,
    totals=(TAX_TOTALS,),
    quarters=(TaxTotals(**_YEAR | {"span": "2026-Q4"}),),
    months=(TaxTotals(**_YEAR | {"span": "2026-11"}),),
)


class TaxSummaries(Document):
    """Every seller's year: a row a seller, span and currency."""

    year: int
    data: tuple[SellerTaxTotals, ...]


TAX_SUMMARIES = TaxSummaries(year=2026, data=(SELLER_TAX_TOTALS,))


def tax_summary_of(seller_id: str, year: int, rows: Iterable[TaxRow]) -> TaxSummary:
    """Of the months of one seller."""
    months = tuple(rows)
    return TaxSummary(
        seller_id=seller_id,
        year=year,
        totals=_totals(by_year(months)),
        quarters=_totals(by_quarter(months)),
        months=_totals(months),
    )


def tax_summaries_of(year: int, rows: Iterable[TaxRow]) -> TaxSummaries:
    data = (SellerTaxTotals(seller_id=row.seller_id, **_fields(row)) for row in rows)
    return TaxSummaries(year=year, data=tuple(data))


def _totals(rows: Iterable[TaxRow]) -> tuple[TaxTotals, ...]:
    return tuple(TaxTotals(**_fields(row)) for row in rows)
