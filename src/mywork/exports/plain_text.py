"""The books as plain-text accounting: a main file that includes parts of some thousand entries.

beancount and hledger differ in their grammar only, so each is a `Syntax`.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, timedelta
from functools import cached_property
from typing import BinaryIO, Protocol

from mywork.exports.books import Account, BookEntry, Books
from mywork.exports.form import Written
from mywork.exports.manifest import Part

ENTRIES_A_PART = 25_000


class Syntax(Protocol):
    """How a program wants it; every text ends in a line feed. Dates are days in UTC."""

    @property
    def suffix(self) -> str: ...
    def opening(self, accounts: Sequence[Account], on: date) -> Iterator[str]:
        """Currencies, accounts, and the balances that the scope begins with."""

    def transaction(self, entry: BookEntry) -> str: ...
    def include(self, key: str) -> str: ...
    def closing(self, accounts: Sequence[Account], on: date) -> Iterator[str]:
        """Assertions that every balance, before the beginning of a day, is exactly ours."""


class PlainText:
    """The format; see `form.Form`."""

    def __init__(self, books: Books, syntax: Syntax) -> None:
        self._books = books
        self._syntax = syntax

    def write_part(self, file: BinaryIO, *, after: int, number: int) -> Written | None:
        found = self._books.part(after=after, limit=ENTRIES_A_PART)
        if found is None:
            return None
        for entry in self._books.entries(after=after, limit=ENTRIES_A_PART):
            file.write(self._syntax.transaction(entry).encode())
        return Written(f"entries/{number:06d}{self._syntax.suffix}", *found)

    def finish(self, parts: Sequence[Part]) -> Iterator[tuple[str, bytes]]:
        includes = "".join(self._syntax.include(part.key) for part in parts)
        text = "".join((*self._opening(), includes, *self._closing()))
        yield f"books{self._syntax.suffix}", text.encode()

    def whole(self, parts: Iterator[Iterator[bytes]]) -> Iterator[bytes]:
        yield "".join(self._opening()).encode()
        for chunks in parts:
            yield from chunks
        yield "".join(self._closing()).encode()

    @cached_property
    def _accounts(self) -> list[Account]:
        return self._books.accounts()

    def _opening(self) -> Iterator[str]:
        since = self._books.scope.since
        days = [account.first_at.astimezone(UTC).date() for account in self._accounts]
        on = since.astimezone(UTC).date() if since else min(days, default=date(1970, 1, 1))
        return self._syntax.opening(self._accounts, on)

    def _closing(self) -> Iterator[str]:
        """On the day after the last: both programs assert before a day's first transaction."""
        days = [account.last_at.astimezone(UTC).date() for account in self._accounts]
        since = self._books.scope.since
        last = max([*days, *([since.astimezone(UTC).date()] if since else [])], default=None)
        on = last + timedelta(days=1) if last else date(1970, 1, 1)
        return self._syntax.closing(self._accounts, on)
