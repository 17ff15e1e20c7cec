"""The books on a terminal."""

from decimal import Decimal

from mywork.documents.ledger import BalancedAccounts
from mywork.rendering.terminal import console, print_json, table_of


def trial_balance(found: BalancedAccounts, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    table = table_of("Trial balance", ("account", "currency"), ("debit", "credit"))
    for row in found.accounts:
        if row.debit or row.credit:
            table.add_row(row.account, row.currency, _side(row.debit), _side(row.credit))
    table.add_section()
    for total in found.totals:
        difference = f"difference {total.debit - total.credit}"
        table.add_row(difference, total.currency, f"{total.debit}", f"{total.credit}")
    console().print(table)


def _side(amount: Decimal) -> str:
    return f"{amount}" if amount else ""
