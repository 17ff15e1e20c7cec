"""A run of reconciliation: what agreed, what did not, and Stripe's balance beside ours."""

from mywork.documents.reconciliation import CompletedRun
from mywork.domain.money import Money
from mywork.rendering.terminal import amounts_of, console, print_json, table_of


def reconciled(run: CompletedRun, *, as_json: bool = False) -> None:
    """Tables of a run; JSON has every difference with its evidence."""
    if as_json:
        print_json(run)
        return
    page = console()
    page.print(_matched(run))
    if run.balances:
        page.print(_balances(run))
    if run.found:
        page.print(_differences(run))
    ended = f"; ended of earlier runs: {run.ended}" if run.ended else ""
    page.print(f"open breaks of this run: {len(run.found)}{ended}")


def _matched(run: CompletedRun) -> object:
    table = table_of("Transactions", ("category",), ("matched",))
    for matched in run.matched:
        table.add_row(matched.category, f"{matched.count:,}")
    if run.in_flight:
        table.add_row("under way: told, and not posted yet", f"{run.in_flight:,}")
    table.add_row("all that agree", f"{sum(matched.count for matched in run.matched):,}")
    return table


def _balances(run: CompletedRun) -> object:
    table = table_of("Balance", ("currency",), ("Stripe's", "ledger's", "known", "unexplained"))
    for item in run.balances:
        sides = [item.stripe_minor, item.ledger_minor, item.explained_minor]
        amounts = [*sides, item.unexplained_minor]
        table.add_row(item.currency, *amounts_of(amounts, item.currency))
    return table


def _differences(run: CompletedRun) -> object:
    table = table_of("Breaks", ("break",), ("amount",), ("detail",))
    for item in run.found:
        amount = str(Money(item.amount_minor, item.currency))
        table.add_row(item.id, amount, item.detail)
    return table
