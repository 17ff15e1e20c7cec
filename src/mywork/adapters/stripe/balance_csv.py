"""Stripe's balance as its exports write it: CSV to transactions.

Two shapes: the report "balance change from activity", itemised, which leaves payouts out
(https://docs.stripe.com/reports/report-types/balance), and the Dashboard's balance history, which
tells minutes only. Amounts are in major units; what does not add up is refused with its line.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from mywork.adapters.files import Row, at_line, digest_of, moment_of, rows_of
from mywork.application.reconciliation.stripe import Statement
from mywork.domain.errors import FileForAnotherAccount, FileMalformed
from mywork.domain.money import Money, parse
from mywork.ledger.reconciliation.compare import Span, Unit
from mywork.ledger.reconciliation.sides import StatementSide

# The names of both shapes, in small letters, as one.
_NAMES: Mapping[str, str] = {
    "balance_transaction_id": "id",
    "created_utc": "created",
    "created (utc)": "created",
    "gross": "amount",
    "reporting_category": "category",
    "type": "category",
    "source_id": "object",
    "source": "object",
    "connected_account": "account",
    "connected_account_id": "account",
}
_NEEDED = frozenset({"id", "created", "currency", "amount", "fee", "net", "category"})
_LEFT_OUT = frozenset({"payout", "payout_reversal"})  # of "balance change from activity"


def read_balance_csv(
    content: bytes, since: datetime | None = None, until: datetime | None = None
) -> Statement:
    """The transactions of a file, between two moments if these are said.

    The file says how far it reaches: from its first transaction to its last. Raises FileMalformed
    or FileForAnotherAccount with the line, and TimeRangeInvalid.
    """
    told = [_told(line, row) for line, row in rows_of(content, _plain, _NEEDED)]
    told = [item for item in told if _within(item, since, until)]
    if not told:
        raise FileMalformed("there is no transaction in this file, or none of that time")
    report = b"balance_transaction_id" in content.split(b"\n", 1)[0].lower()
    unit: Unit = "second" if report or any(item.at.second for item in told) else "minute"
    step = timedelta(seconds=1) if unit == "second" else timedelta(minutes=1)
    first, last = min(item.at for item in told), max(item.at for item in told)
    span = Span(since or first, until or last + step, unit)
    return Statement(digest_of(content), told, span, _LEFT_OUT if report else frozenset())


def _plain(name: str) -> str:
    return _NAMES.get(name.lower(), name.lower())


def _told(line: int, row: Row) -> StatementSide:
    if row.get("account"):
        raise FileForAnotherAccount(
            f"line {line} is of the connected account {row['account']}; export the platform's own"
        )
    with at_line(line):
        currency = row["currency"].upper()
        amount, fee, net = (
            parse(row[name].replace(",", ""), currency).amount_minor
            for name in ("amount", "fee", "net")
        )
        if amount - fee != net:
            raise ValueError(f"{Money(net, currency)} is not the amount less the fee")
        if not row["id"]:
            raise ValueError("a transaction without an id")
        at = moment_of(row["created"])
    return StatementSide(
        row["id"], row["category"], row.get("object", ""), currency, amount, fee, at
    )


def _within(told: StatementSide, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or told.at >= since) and (until is None or told.at < until)
