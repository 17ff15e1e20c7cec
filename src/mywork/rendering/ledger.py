"""The books on a terminal."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from mywork.domain.money import Money, decimal_text
from mywork.ledger.reports.fees import FeeRow
from mywork.ledger.reports.uncleared import Uncleared
from mywork.ledger.trial_balance import Row, TrialBalance
from mywork.rendering.terminal import amounts_of, console, minute, print_json, table_of


def trial_balance(found: TrialBalance, *, as_json: bool = False) -> None:
    if as_json:
        print_json(
            {
                "balanced": found.balanced,
                "accounts": [
                    {
                        "account": row.account,
                        "currency": row.currency,
                        "debit_minor": row.debit_minor,
                        "credit_minor": row.credit_minor,
                    }
                    for row in found.rows
                ],
            }
        )
        return
    table = table_of("Trial balance", ("account", "currency"), ("debit", "credit"))
    for row in found.rows:
        if row.balance_minor:
            table.add_row(row.account, row.currency, *_sides(row))
    table.add_section()
    for currency, (debit, credit) in sorted(found.totals().items()):
        difference = decimal_text(debit - credit, currency)
        totals = decimal_text(debit, currency), decimal_text(credit, currency)
        table.add_row(f"difference {difference}", currency, *totals)
    console().print(table)


def _sides(row: Row) -> tuple[str, str]:
    debit = row.text(row.debit_minor) if row.debit_minor else ""
    credit = row.text(row.credit_minor) if row.credit_minor else ""
    return debit, credit


def fees(
    rows: Sequence[FeeRow], unknown: Sequence[tuple[str, str]], *, as_json: bool = False
) -> None:
    """`unknown` are orders (stream, number) whose actual fee has not been heard of."""
    if as_json:
        named = [{"order": number, "stream": stream} for stream, number in unknown]
        print_json({"rows": [_fee(row) for row in rows], "not_known_yet": named})
        return
    table = table_of("Fees", ("of", "fee"), ("quoted", "actual", "variance"), ("",))
    for row in rows:
        name, note = row.order_number or row.key, "" if row.known else "not settled yet"
        charged = row.quoted_minor, row.actual_minor, row.variance_minor
        table.add_row(name, "processing", *amounts_of(charged, row.currency), note)
        if row.dispute_quoted_minor or row.dispute_actual_minor:
            disputed = row.dispute_quoted_minor, row.dispute_actual_minor
            amounts = amounts_of((*disputed, row.dispute_variance_minor), row.currency)
            table.add_row(name, "disputes", *amounts, "")
    console().print(table if rows else "no fees in this time")
    if unknown:
        console().print(f"not settled yet: {', '.join(number for _, number in unknown)}")


def _fee(row: FeeRow) -> dict[str, Any]:
    return asdict(row) | {
        "variance_minor": row.variance_minor,
        "dispute_variance_minor": row.dispute_variance_minor,
    }


def uncleared(found: Sequence[Uncleared], *, as_json: bool = False) -> None:
    if as_json:
        print_json([asdict(item) for item in found])
        return
    table = table_of("Uncleared", ("object", "since"), ("amount",), ("fact of",))
    for item in found:
        amount = str(Money(item.amount_minor, item.currency))
        table.add_row(item.object_id, minute(item.since), amount, item.stream)
    console().print(table if found else "every fact has met its balance transaction")
