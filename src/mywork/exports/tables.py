"""The books as CSV: a row a posting, written by PostgreSQL itself, and a table of accounts.

RFC 4180 with a header row. Amounts are debit-positive, in minor units and in decimals; times are
UTC with six digits of a second.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from mywork.domain.money import EXPONENTS, decimal_text
from mywork.exports.books import PART, Books
from mywork.exports.form import Written
from mywork.exports.manifest import Part

ENTRIES_A_PART = 100_000
ACCOUNTS = "accounts.csv"

_EXPONENTS = ", ".join(f"('{currency}', {digits})" for currency, digits in EXPONENTS.items())
_UTC = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_POSTINGS = f"""
COPY (
SELECT p.position, p.line, a.code AS account, a.kind, p.currency, p.amount_minor,
       round(p.amount_minor / 10::numeric ^ x.digits, x.digits) AS amount, p.object_id,
       e.topic AS event, e.originator_id AS stream, e.originator_version AS version,
       {_UTC.format("n.effective_at")} AS effective_at, {_UTC.format("n.booked_at")} AS booked_at,
       n.period
  FROM ({PART}) part
  JOIN ledger.entries n ON n.position = part.position
  JOIN eventstore.events e ON e.notification_id = n.position
  JOIN ledger.postings p ON p.position = n.position
  JOIN ledger.accounts a ON a.id = p.account_id
  JOIN (VALUES {_EXPONENTS}) AS x (currency, digits) ON x.currency = p.currency
 ORDER BY p.position, p.line
) TO STDOUT WITH (FORMAT csv, HEADER)
"""


class Tables:
    """The format; see `form.Form`."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def write_part(self, file: BinaryIO, *, after: int, number: int) -> Written | None:
        found = self._books.part(after=after, limit=ENTRIES_A_PART)
        if found is None:
            return None
        file.writelines(self._books.copy(_POSTINGS, after=after, limit=ENTRIES_A_PART))
        return Written(f"postings/{number:06d}.csv", *found)

    def finish(self, parts: Sequence[Part]) -> Iterator[tuple[str, bytes]]:  # noqa: ARG002
        yield ACCOUNTS, self._accounts().encode()

    def whole(self, parts: Iterator[Iterator[bytes]]) -> Iterator[bytes]:
        """The postings under one header."""
        for number, chunks in enumerate(parts):
            yield from chunks if number == 0 else _without_header(chunks)

    def _accounts(self) -> str:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(
            ("account", "kind", "currency", "opening_minor", "opening", "closing_minor", "closing")
        )
        for account in self._books.accounts():
            amounts = (
                value
                for minor in (account.opening_minor, account.closing_minor)
                for value in (minor, decimal_text(minor, account.currency))
            )
            writer.writerow((account.code, account.kind, account.currency, *amounts))
        return text.getvalue()


def _without_header(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The header is the first line, and shorter than a chunk."""
    first = next(chunks, b"")
    yield first.partition(b"\n")[2]
    yield from chunks
