"""What would have been, against what was."""

from collections.abc import Sequence

from mywork.documents.what_if import Comparison, SellerComparison, WhatIf
from mywork.rendering.terminal import console, print_json, table_of

_FIGURES = {
    "gross": "gross",
    "commission": "commission",
    "processing borne by sellers": "processing",
    "dispute fees borne by sellers": "dispute_fees",
    "our revenue": "revenue",
    "sellers' share": "sellers",
    "payable by the month's end": "payable",
}


def what_if(found: WhatIf, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    title = f"{found.period}, {found.orders:,} orders"
    table = table_of(title, ("", "currency"), ("actual", "hypothetical", "change"))
    for compared in found.currencies:
        for name, figure in _FIGURES.items():
            table.add_row(name, compared.currency, *_amounts(compared, figure))
        table.add_section()
    console().print(table if found.orders else f"no order was paid in {found.period}")
    changed = [
        item
        for item in found.sellers_most_affected
        if item.change.sellers_minor or item.change.payable_minor
    ]
    if changed:
        _print_sellers(changed)


def _print_sellers(changed: Sequence[SellerComparison]) -> None:
    numbers = ("actual share", "hypothetical", "change", "payable then")
    table = table_of("Sellers most affected", ("seller",), numbers)
    for item in changed:
        actual, hypothetical, change = _amounts(item, "sellers")
        payable = f"{item.change.payable:+}"
        table.add_row(item.seller_id, f"{actual} {item.currency}", hypothetical, change, payable)
    console().print(table)


def _amounts(compared: Comparison, figure: str) -> tuple[str, str, str]:
    sides = compared.actual, compared.hypothetical, compared.change
    actual, hypothetical, change = (getattr(side, figure) for side in sides)
    return f"{actual}", f"{hypothetical}", f"{change:+}"
