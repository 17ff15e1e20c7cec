"""What would have been, against what was."""

from dataclasses import asdict
from typing import Any

from mywork.application.usecases.what_if import Comparison, Figures, WhatIf
from mywork.domain.money import decimal_text
from mywork.rendering.terminal import console, print_json, table_of

_FIGURES = {
    "gross": "gross_minor",
    "commission": "commission_minor",
    "processing borne by sellers": "processing_minor",
    "dispute fees borne by sellers": "disputes_minor",
    "our revenue": "revenue_minor",
    "sellers' share": "sellers_minor",
    "payable by the month's end": "payable_minor",
}


def what_if(found: WhatIf, *, as_json: bool = False) -> None:
    if as_json:
        print_json(asdict(found))
        return
    title = f"{found.period}, {found.orders:,} orders"
    table = table_of(title, ("", "currency"), ("actual", "hypothetical", "change"))
    for compared in found.currencies:
        for name, figure in _FIGURES.items():
            table.add_row(name, compared.currency, *_amounts(compared, figure))
        table.add_section()
    console().print(table if found.orders else f"no order was paid in {found.period}")
    changed = [item for item in found.sellers if _is_changed(item)]
    if changed:
        _print_sellers(changed)


def _print_sellers(changed: list[Comparison]) -> None:
    numbers = ("actual share", "hypothetical", "change", "payable then")
    table = table_of("Sellers most affected", ("seller",), numbers)
    for item in changed:
        actual, hypothetical, change = _amounts(item, "sellers_minor")
        payable = _signed(decimal_text(item.payable_change_minor, item.currency))
        table.add_row(item.seller_id, f"{actual} {item.currency}", hypothetical, change, payable)
    console().print(table)


def _is_changed(item: Comparison) -> bool:
    return bool(item.sellers_change_minor or item.payable_change_minor)


def _amounts(compared: Comparison, figure: str) -> tuple[str, str, str]:
    actual, hypothetical = (
        _minor(side, figure) for side in (compared.actual, compared.hypothetical)
    )
    change = decimal_text(hypothetical - actual, compared.currency)
    texts = (decimal_text(minor, compared.currency) for minor in (actual, hypothetical))
    return *texts, _signed(change)  # type: ignore[return-value]


def _minor(side: Figures, figure: str) -> int:
    value: Any = getattr(side, figure)
    return int(value)


def _signed(text: str) -> str:
    return text if text.startswith("-") else f"+{text}"
