"""What statements of a bank have in common, whatever their format."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from mywork.adapters.files import digest_of
from mywork.application.reconciliation.bank import BankStatement
from mywork.domain.errors import FileMalformed
from mywork.ledger.reconciliation.bank import BankLine


def line_of(line: BankLine, seen: Counter[str]) -> BankLine:
    """With its id: what it says, and its number among lines of a statement that say the same."""
    said = (line.account, line.day, line.currency, line.amount_minor, line.reference)
    text = "\x1f".join(map(str, said))
    seen[text] += 1
    return replace(line, id="line_" + digest_of(f"{text}\x1f{seen[text]}".encode())[:20])


def statement_of(
    digest: str, lines: Sequence[BankLine], days: tuple[date, date] | None = None
) -> BankStatement:
    """Of the days that the file names, or of those of its lines; raises FileMalformed."""
    if not lines and days is None:
        raise FileMalformed("there is no line in this statement")
    booked = [line.day for line in lines]
    first, last = days or (min(booked), max(booked))
    return BankStatement(digest, lines, min([first, *booked]), max([last, *booked]))
