"""Yearly gross totals on a terminal, and for a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict

from mywork.domain.money import decimal_text
from mywork.ledger.statements.tax_summary import TaxRow
from mywork.rendering.terminal import console, print_json, table_of

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


def tax_summary(rows: Sequence[TaxRow], *, as_json: bool = False) -> None:
    """The gist: what buyers paid and got back, what was kept of it, what was paid out."""
    if as_json:
        print_json([asdict(row) | {"earned_minor": row.earned_minor} for row in rows])
        return
    numbers = ("orders", "sales", "given back", "kept", "paid out")
    table = table_of("Gross totals", ("seller", "span", "currency"), numbers)
    for row in rows:
        returned = row.refunds_minor + row.disputes_minor
        minors = row.sales_minor, returned, row.commission_minor + row.fees_minor, row.payouts_minor
        texts = (decimal_text(minor, row.currency) for minor in minors)
        table.add_row(row.seller_id, row.span, row.currency, f"{row.sales:,}", *texts)
    console().print(table if rows else "nothing was sold in this year")


def tax_spreadsheet(rows: Sequence[TaxRow]) -> str:
    """One row a seller, span and currency; amounts in the currency's digits."""
    text = io.StringIO()
    writer = csv.writer(text)
    numbers = [f"number_of_{name}" for name in COUNTS]
    writer.writerow(("seller", "span", "currency", *numbers, *AMOUNTS))
    for row in rows:
        counts = (getattr(row, name) for name in COUNTS)
        writer.writerow((row.seller_id, row.span, row.currency, *counts, *_amounts(row)))
    return text.getvalue()


def _amounts(row: TaxRow) -> list[str]:
    return [decimal_text(getattr(row, f"{name}_minor"), row.currency) for name in AMOUNTS]
