"""Yearly gross totals on a terminal, and for a spreadsheet."""

import csv
import io

from mywork.documents.tax_summaries import AMOUNTS, COUNTS, TaxSummaries
from mywork.rendering.terminal import console, print_json, table_of


def tax_summaries(found: TaxSummaries, *, as_json: bool = False) -> None:
    """The gist: what buyers paid and got back, what was kept of it, what was paid out."""
    if as_json:
        print_json(found)
        return
    numbers = ("orders", "sales", "given back", "kept", "paid out")
    table = table_of("Gross totals", ("seller", "span", "currency"), numbers)
    for row in found.data:
        amounts = row.sales, row.refunds + row.disputes, row.commission + row.fees, row.payouts
        of = row.seller_id, row.span, row.currency
        table.add_row(*of, f"{row.number_of_sales:,}", *map(str, amounts))
    console().print(table if found.data else "nothing was sold in this year")


def tax_spreadsheet(found: TaxSummaries) -> str:
    """One row a seller, span and currency; amounts in the currency's digits."""
    text = io.StringIO()
    writer = csv.writer(text)
    numbers = [f"number_of_{name}" for name in COUNTS]
    writer.writerow(("seller", "span", "currency", *numbers, *AMOUNTS))
    for row in found.data:
        values = (getattr(row, name) for name in (*numbers, *AMOUNTS))
        writer.writerow((row.seller_id, row.span, row.currency, *values))
    return text.getvalue()
