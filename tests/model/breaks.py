"""Breaks: what nobody has explained, each with what of it lies in suspense, until a person does."""

from dataclasses import dataclass
from datetime import datetime

from model.book import Book, impossible_unless

SUSPENSE = "suspense:stripe"


@dataclass
class Break:
    """`amount` is positive when money came in that nobody may keep, negative when it went."""

    id: str
    thing: str
    currency: str
    amount: int
    open: bool = True


class Breaks:
    def __init__(self, book: Book) -> None:
        self._book = book
        self.all: dict[str, Break] = {}

    def opened(self, break_id: str, thing: str, currency: str, amount: int) -> None:
        impossible_unless(break_id not in self.all, f"{break_id} is opened twice")
        self.all[break_id] = Break(break_id, thing, currency, amount)

    def moved(self, break_id: str, amount: int) -> None:
        """A payment under a break went back, or came back from there: open while any is left."""
        found = self.all[break_id]
        found.amount += amount
        found.open = found.open or bool(found.amount)

    def converted(self, break_id: str, currency: str, amount: int) -> None:
        found = self.all[break_id]
        found.currency, found.amount = currency, amount

    def resolved(self, break_id: str, account: str, at: datetime) -> None:
        """By itself when nothing is left in suspense; else by a person, who says where it goes."""
        found = self.all[break_id]
        impossible_unless(found.open, f"{found} is resolved twice")
        impossible_unless(bool(found.amount) == bool(account), f"{found} goes to {account!r}")
        amount, found.amount, found.open = found.amount, 0, False
        self._book.post(
            found.currency,
            at,
            debit=[(SUSPENSE, amount, found.thing)],
            credit=[(account, amount)],
        )
