"""Debts: what has been owed for thirty days on end, paid by later money or given up by two people.

The amount that is overdue is the least that a seller's available balance stood below zero, by
effective time, at any moment of the last thirty days; and no more than all of his money together
is below zero.
"""

from collections import Counter
from datetime import datetime, timedelta

from model.book import Book, impossible_unless

OVERDUE_AFTER = timedelta(days=30)
BAD_DEBT = "expense:bad_debt"
STAGES = ("pending", "reserve", "refunding", "disputed", "in_payout", "available")
Owner = tuple[str, str]  # seller, currency


class Debts:
    def __init__(self, book: Book) -> None:
        self._book = book
        self.owed: Counter[Owner] = Counter()
        self.given_up: Counter[Owner] = Counter()  # and not paid since
        self.proposed: dict[Owner, tuple[int, str]] = {}  # how much, by whom

    def claimed(self, seller: str, currency: str) -> int:
        return self.owed[seller, currency] + self.given_up[seller, currency]

    def reclassified(self, seller: str, currency: str, at: datetime) -> None:
        account = f"seller:{seller}:available"
        overdue = self._book.least_overdrawn(account, currency, at - OVERDUE_AFTER, at)
        stages = (f"seller:{seller}:{stage}" for stage in STAGES)
        total = sum(self._book.owed(stage, currency) for stage in stages)
        amount = min(overdue, -total)
        impossible_unless(amount > 0, f"{seller} owes {overdue} for long, {-total} in all")
        self.owed[seller, currency] += amount
        self._move(currency, at, amount, f"seller:{seller}:receivable", account)

    def recouped(self, seller: str, currency: str, at: datetime) -> None:
        amount = min(self._available(seller, currency), self.owed[seller, currency])
        impossible_unless(amount > 0, f"{seller} recoups nothing")
        self.owed[seller, currency] -= amount
        account = f"seller:{seller}:available"
        self._move(currency, at, amount, account, f"seller:{seller}:receivable")

    def recovered(self, seller: str, currency: str, at: datetime) -> None:
        amount = min(self._available(seller, currency), self.given_up[seller, currency])
        impossible_unless(amount > 0, f"{seller} pays nothing of what was given up")
        self.given_up[seller, currency] -= amount
        self._move(currency, at, amount, f"seller:{seller}:available", BAD_DEBT)

    def written_off(self, seller: str, currency: str, by: str, at: datetime) -> None:
        amount, proposer = self.proposed.pop((seller, currency))
        impossible_unless(by != proposer, f"{by} proposed and approved it")
        impossible_unless(amount <= self.owed[seller, currency], f"{amount} is not owed")
        self.owed[seller, currency] -= amount
        self.given_up[seller, currency] += amount
        self._move(currency, at, amount, BAD_DEBT, f"seller:{seller}:receivable")

    def _available(self, seller: str, currency: str) -> int:
        return max(self._book.owed(f"seller:{seller}:available", currency), 0)

    def _move(self, currency: str, at: datetime, amount: int, debit: str, credit: str) -> None:
        self._book.post(currency, at, debit=[(debit, amount)], credit=[(credit, amount)])
