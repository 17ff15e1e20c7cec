"""Stripe's balance transactions: each moves Stripe's balance once, and nothing else does.

A transaction is Stripe's own object: `id, reporting_category, source, currency, amount, fee,
created, available_on`.
"""

import heapq
from datetime import UTC, datetime
from typing import Any

from model.book import Book, Line, impossible_unless
from model.sales import SUSPENSE, UNCLEARED

PENDING, AVAILABLE = "stripe:pending", "stripe:available"
CLEARS = {  # category -> where its fee goes
    "charge": "expense:processing",
    "transfer": "expense:stripe_fees",
    "transfer_reversal": "expense:stripe_fees",
    "refund": "expense:dispute",
    "refund_failure": "expense:dispute",
    "dispute": "expense:dispute",
    "dispute_reversal": "expense:dispute",
}
EXPLAINED = {  # category -> where its amount goes
    "fee": "expense:stripe_fees",
    "network_cost": "expense:stripe_fees",
    "tax": "expense:stripe_fees",
    "connect_reserved_funds": "stripe:reserved",
    "risk_reserved_funds": "stripe:reserved",
    "payout": "bank",
    "payout_reversal": "bank",
    "topup": "bank",
    "topup_reversal": "bank",
}


class Stripe:
    def __init__(self, book: Book) -> None:
        self._book = book
        self.booked: set[str] = set()
        self.unexplained: dict[str, int] = {}  # transaction -> amount, of breaks
        self._maturing: dict[str, tuple[str, int]] = {}  # transaction -> currency, net
        self._due: list[tuple[int, str]] = []

    def settled(self, transaction: dict[str, Any], at: datetime, booked: int | None = None) -> None:
        """It clears a fact, or explains itself by its category.

        `booked` is what the fact was booked at, signed as Stripe does; what differs is of rates.
        """
        category, amount = transaction["reporting_category"], transaction["amount"]
        fee, source = transaction["fee"], transaction["source"]
        if category in CLEARS:
            cleared = amount if booked is None else booked
            lines: list[Line] = [(UNCLEARED, cleared, source), (CLEARS[category], -fee)]
            lines.append(("fx:gain_loss", amount - cleared))
        else:
            impossible_unless(category in EXPLAINED, f"{transaction} explains itself")
            lines = [(EXPLAINED[category], amount), ("expense:stripe_fees", -fee)]
        self._move(transaction, at, lines)

    def broken(self, transaction: dict[str, Any], at: datetime) -> None:
        """Nobody can explain it: in suspense, under a break."""
        source = transaction["source"] or transaction["id"]
        self.unexplained[transaction["id"]] = transaction["amount"]
        lines: list[Line] = [
            (SUSPENSE, transaction["amount"], source),
            ("expense:stripe_fees", -transaction["fee"]),
        ]
        self._move(transaction, at, lines)

    def _move(self, transaction: dict[str, Any], at: datetime, lines: list[Line]) -> None:
        identifier, net = transaction["id"], transaction["amount"] - transaction["fee"]
        impossible_unless(identifier not in self.booked, f"{identifier} is booked twice")
        self.booked.add(identifier)
        currency = transaction["currency"].upper()
        later = transaction["available_on"] > transaction["created"]
        if later or transaction["reporting_category"] == "charge":
            self._maturing[identifier] = currency, net
            heapq.heappush(self._due, (transaction["available_on"], identifier))
        balance = PENDING if identifier in self._maturing else AVAILABLE
        self._book.post(currency, at, debit=[(balance, net)], credit=lines)

    def matured(self, transaction: str, at: datetime) -> None:
        impossible_unless(transaction in self._maturing, f"{transaction} matures again")
        currency, net = self._maturing.pop(transaction)
        self._book.post(currency, at, debit=[(AVAILABLE, net)], credit=[(PENDING, net)])

    def overdue(self, now: datetime) -> list[str]:
        while self._due and self._due[0][1] not in self._maturing:
            heapq.heappop(self._due)
        if self._due and datetime.fromtimestamp(self._due[0][0], UTC) <= now:
            return [f"{self._due[0][1]} should be available"]
        return []
