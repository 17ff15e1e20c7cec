"""The books on a terminal."""

from collections.abc import Sequence
from decimal import Decimal

from mywork.documents.fees import FeeReport
from mywork.documents.ledger import BalancedAccounts
from mywork.documents.reconciliation import UnclearedObject
from mywork.rendering.terminal import console, minute, print_documents, print_json, table_of


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


def uncleared(found: Sequence[UnclearedObject], *, as_json: bool = False) -> None:
    if as_json:
        print_documents(found)
        return
    table = table_of("Uncleared", ("object", "since"), ("amount",), ("fact of",))
    for item in found:
        amount = f"{item.amount} {item.currency}"
        table.add_row(item.object_id, minute(item.since), amount, item.concerns)
    console().print(table if found else "every fact has met its balance transaction")
