"""A run of reconciliation: what agreed, what did not, and Stripe's balance beside ours."""

from dataclasses import asdict

import msgspec

from mywork.application.reconciliation.stripe import Run
from mywork.domain.money import Money
from mywork.domain.reconciliation import RunCompleted
from mywork.rendering.terminal import amounts_of, console, print_json, table_of


def reconciled(run: Run, *, as_json: bool = False) -> None:
    """Tables of a run; JSON has every difference with its evidence."""
    if as_json:
        found = [asdict(item) | {"break": item.break_id} for item in run.differences]
        print_json(msgspec.to_builtins(run.completed) | {"found": found})
        return
    page = console()
    page.print(_matched(run.completed))
    if run.completed.balances:
        page.print(_balances(run.completed))
    if run.differences:
        page.print(_differences(run))
    ended = f"; ended of earlier runs: {run.completed.ended}" if run.completed.ended else ""
    page.print(f"open breaks of this run: {len(run.differences)}{ended}")


def _matched(run: RunCompleted) -> object:
    table = table_of("Transactions", ("category",), ("matched",))
    for category, count in run.matched.items():
        table.add_row(category, f"{count:,}")
    if run.in_flight:
        table.add_row("under way: told, and not posted yet", f"{run.in_flight:,}")
    table.add_row("all that agree", f"{sum(run.matched.values()):,}")
    return table


def _balances(run: RunCompleted) -> object:
    table = table_of("Balance", ("currency",), ("Stripe's", "ledger's", "known", "unexplained"))
    for item in run.balances:
        sides = [item.theirs_minor, item.ours_minor, item.explained_minor]
        amounts = [*sides, item.unexplained_minor]
        table.add_row(item.currency, *amounts_of(amounts, item.currency))
    return table


def _differences(run: Run) -> object:
    table = table_of("Breaks", ("break",), ("amount",), ("detail",))
    for item in run.differences:
        amount = str(Money(item.amount_minor, item.currency))
        table.add_row(item.break_id, amount, item.detail)
    return table
