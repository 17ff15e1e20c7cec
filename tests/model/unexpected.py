"""Payments for orders that cannot take them: in suspense until they went back to who paid."""

from dataclasses import dataclass, field
from datetime import datetime

from model.book import Book, impossible_unless
from model.breaks import Breaks

UNCLEARED, SUSPENSE = "stripe:uncleared", "suspense:stripe"


@dataclass
class Unexpected:
    charge: str
    currency: str
    amount: int
    returned: dict[str, int] = field(default_factory=dict)  # by Stripe's refund


class UnexpectedPayments:
    def __init__(self, book: Book, breaks: Breaks) -> None:
        self._book = book
        self._breaks = breaks
        self.by_charge: dict[str, Unexpected] = {}
        self.refunds: dict[str, str] = {}  # Stripe's refund -> its stage: made, ended

    def paid(self, charge: str, currency: str, amount: int, at: datetime) -> None:
        impossible_unless(charge not in self.by_charge, f"{charge} is unexpected twice")
        self.by_charge[charge] = Unexpected(charge, currency, amount)
        self._breaks.opened(charge, charge, currency, amount)
        self._book.post(
            currency,
            at,
            debit=[(UNCLEARED, amount, charge)],
            credit=[(SUSPENSE, amount, charge)],
        )

    def returned(self, charge: str, refund: str, amount: int, at: datetime) -> None:
        """Of an earlier one that failed we may hear later: more may be back than was paid."""
        found = self.by_charge[charge]
        impossible_unless(refund not in self.refunds, f"{refund} returns {charge} twice")
        impossible_unless(0 < amount <= found.amount, f"{refund} returns {amount} of {found}")
        self.refunds[refund], found.returned[refund] = "made", amount
        self._move(found, refund, amount, at)

    def came_back(self, charge: str, refund: str, at: datetime) -> None:
        found = self.by_charge[charge]
        impossible_unless(self.refunds.get(refund) == "made", f"{refund} of {found} fails")
        self.refunds[refund] = "ended"
        self._move(found, refund, -found.returned.pop(refund), at)

    def _move(self, found: Unexpected, refund: str, amount: int, at: datetime) -> None:
        self._breaks.moved(found.charge, -amount)
        self._book.post(
            found.currency,
            at,
            debit=[(SUSPENSE, amount, found.charge)],
            credit=[(UNCLEARED, amount, refund)],
        )
