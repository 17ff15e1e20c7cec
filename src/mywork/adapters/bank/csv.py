"""A bank's statement as CSV: a header, then one booked line a row.

Banks agree on no names, so the usual ones are known: a day, an amount signed from our side, a
currency, and whatever text says what it was for.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from mywork.adapters.bank.statements import line_of, statement_of
from mywork.adapters.files import Row, at_line, digest_of, rows_of
from mywork.application.reconciliation.bank import BankStatement
from mywork.domain.money import parse
from mywork.ledger.reconciliation.bank import BankLine

_NAMES: Mapping[str, str] = {
    "booking_date": "date",
    "booking date": "date",
    "booked": "date",
    "value_date": "value date",
    "description": "reference",
    "details": "reference",
    "purpose": "reference",
    "remittance information": "reference",
    "iban": "account",
    "account number": "account",
}
_NEEDED = frozenset({"date", "amount", "currency", "reference"})


def read_bank_csv(content: bytes) -> BankStatement:
    """Raises FileMalformed with the line."""
    seen: Counter[str] = Counter()
    lines = [_line(number, row, seen) for number, row in rows_of(content, _plain, _NEEDED)]
    return statement_of(digest_of(content), lines)


def _plain(name: str) -> str:
    return _NAMES.get(name.lower(), name.lower())


def _line(number: int, row: Row, seen: Counter[str]) -> BankLine:
    with at_line(number):
        currency = row["currency"].upper()
        found = BankLine(
            id="",
            line=number,
            account=row.get("account", "").replace(" ", ""),
            day=date.fromisoformat(row["date"]),
            currency=currency,
            amount_minor=parse(row["amount"], currency).amount_minor,
            reference=row["reference"],
        )
    return line_of(found, seen)
