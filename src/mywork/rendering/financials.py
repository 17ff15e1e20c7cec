"""Financial statements on a terminal: one table for each currency."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from mywork.domain.money import Money, decimal_text
from mywork.ledger.financials.balance_sheet import BalanceSheet
from mywork.ledger.financials.items import Item
from mywork.ledger.financials.profit_and_loss import ProfitAndLoss
from mywork.ledger.financials.safeguarding import Safeguarding
from mywork.rendering.terminal import console, minute, print_json, table_of

Part = tuple[str, Sequence[Item], int]  # title, items, their sum


def profit_and_loss(found: Sequence[ProfitAndLoss], title: str, *, as_json: bool = False) -> None:
    if as_json:
        print_json([_with_sums(item, "income", "expense", "result") for item in found])
        return
    for item in found:
        parts = [
            ("income", item.income, item.income_minor),
            ("expense", item.expense, item.expense_minor),
        ]
        result = decimal_text(item.result_minor, item.currency)
        name = f"Profit and loss, {title}, {item.currency}"
        _show(name, parts, item.currency, "result", "", result)
    if not found:
        console().print("nothing was earned or spent in this time")


def balance_sheet(found: Sequence[BalanceSheet], at: datetime, *, as_json: bool = False) -> None:
    if as_json:
        sums = ("assets", "liabilities", "equity")
        print_json([_with_sums(item, *sums) | {"balanced": item.balanced} for item in found])
        return
    for item in found:
        parts = [
            ("assets", item.assets, item.assets_minor),
            ("liabilities", item.liabilities, item.liabilities_minor),
            ("equity", item.equity, item.equity_minor),
        ]
        _show(f"Balance sheet, {minute(at)} UTC, {item.currency}", parts, item.currency)
        if not item.balanced:
            console().print("assets are not liabilities and equity", style="bold red")
    if not found:
        console().print("nothing was booked by then")


def safeguarding(found: Sequence[Safeguarding], *, as_json: bool = False) -> None:
    if as_json:
        print_json(
            [_with_sums(item, "held", "owed", "surplus") | {"safe": item.safe} for item in found]
        )
        return
    for item in found:
        parts = [
            ("Stripe holds", item.held, item.held_minor),
            ("sellers are owed", item.owed, item.owed_minor),
        ]
        _show(f"Safeguarding, {item.currency}", parts, item.currency)
        console().print(_verdict(item), style="" if item.safe else "bold red")
    if not found:
        console().print("Stripe holds nothing, and nobody is owed anything")


def _verdict(item: Safeguarding) -> str:
    apart = (
        f"not counted: {Money(item.overdrawn_minor, item.currency)} that sellers owe us, "
        f"{Money(item.disputed_minor, item.currency)} of open disputes"
    )
    if item.safe:
        return f"YES: {Money(item.surplus_minor, item.currency)} more than is owed; {apart}"
    return f"NO: {Money(-item.surplus_minor, item.currency)} are missing; {apart}"


def _show(title: str, parts: Sequence[Part], currency: str, *result: str) -> None:
    """A table that ends with what is left of the parts, if that is asked for."""
    table = table_of(title, ("account", "meaning"), ("amount",))
    for name, items, sum_minor in parts:
        for item in items:
            table.add_row(item.account, item.meaning, decimal_text(item.amount_minor, currency))
        table.add_row(name, "", decimal_text(sum_minor, currency), style="bold")
        table.add_section()
    if result:
        table.add_row(*result, style="bold")
    console().print(table)


def _with_sums(item: Any, *names: str) -> dict[str, Any]:
    return asdict(item) | {f"{name}_minor": getattr(item, f"{name}_minor") for name in names}
