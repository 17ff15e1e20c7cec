"""Financial statements on a terminal: one table for each currency."""

from collections.abc import Sequence
from decimal import Decimal

from mywork.documents.financials import (
    BalanceSheetReport,
    CurrencySafeguarding,
    ProfitAndLossReport,
    SafeguardingReport,
    StatementItem,
)
from mywork.rendering.terminal import console, minute, print_json, table_of

Part = tuple[str, Sequence[StatementItem], Decimal]  # title, items, their sum


def profit_and_loss(found: ProfitAndLossReport, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    for item in found.data:
        parts = [
            ("income", item.income, item.total_income),
            ("expense", item.expense, item.total_expense),
        ]
        title = f"Profit and loss, {_span(found)}, {item.currency}"
        _show(title, parts, "result", "", f"{item.result}")
    if not found.data:
        console().print("nothing was earned or spent in this time")


def _span(found: ProfitAndLossReport) -> str:
    if found.since is not None and found.to is not None:
        return f"{minute(found.since)} to {minute(found.to)}"
    if found.period == found.last_period:
        return f"period {found.period}"
    return f"periods {found.period} to {found.last_period}"


def balance_sheet(found: BalanceSheetReport, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    for item in found.data:
        parts = [
            ("assets", item.assets, item.total_assets),
            ("liabilities", item.liabilities, item.total_liabilities),
            ("equity", item.equity, item.total_equity),
        ]
        _show(f"Balance sheet, {minute(found.at)} UTC, {item.currency}", parts)
        if not item.balanced:
            console().print("assets are not liabilities and equity", style="bold red")
    if not found.data:
        console().print("nothing was booked by then")


def safeguarding(found: SafeguardingReport, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    for item in found.data:
        parts = [
            ("Stripe holds", item.held, item.total_held),
            ("sellers are owed", item.owed, item.total_owed),
        ]
        _show(f"Safeguarding, {item.currency}", parts)
        console().print(_verdict(item), style="" if item.safe else "bold red")
    if not found.data:
        console().print("Stripe holds nothing, and nobody is owed anything")


def _verdict(item: CurrencySafeguarding) -> str:
    apart = (
        f"not counted: {item.overdrawn} {item.currency} that sellers owe us, "
        f"{item.disputed} {item.currency} of open disputes"
    )
    if item.safe:
        return f"YES: {item.surplus} {item.currency} more than is owed; {apart}"
    return f"NO: {-item.surplus} {item.currency} are missing; {apart}"


def _show(title: str, parts: Sequence[Part], *result: str) -> None:
    """A table that ends with what is left of the parts, if that is asked for."""
    table = table_of(title, ("account", "meaning"), ("amount",))
    for name, items, total in parts:
        for item in items:
            table.add_row(item.account, item.meaning, f"{item.amount}")
        table.add_row(name, "", f"{total}", style="bold")
        table.add_section()
    if result:
        table.add_row(*result, style="bold")
    console().print(table)
