"""Quoted fees beside actual ones."""

from decimal import Decimal

from mywork.documents.fees import FeeReport
from mywork.rendering.terminal import console, print_json, table_of


def fees(found: FeeReport, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    table = table_of("Fees", ("of", "fee"), ("quoted", "actual", "variance"), ("",))
    for row in found.data:
        name, note = row.order_number or row.key, "" if row.known else "not settled yet"
        charged = row.quoted, row.actual, row.variance
        table.add_row(name, "processing", *_of(row.currency, *charged), note)
        if row.dispute_quoted or row.dispute_actual:
            disputed = row.dispute_quoted, row.dispute_actual, row.dispute_variance
            table.add_row(name, "disputes", *_of(row.currency, *disputed), "")
    console().print(table if found.data else "no fees in this time")
    if found.not_known_yet:
        numbers = ", ".join(order.order_number for order in found.not_known_yet)
        console().print(f"not settled yet: {numbers}")


def _of(currency: str, *amounts: Decimal) -> list[str]:
    return [f"{amount} {currency}" for amount in amounts]
