"""Payments for orders that cannot take them: in suspense until they went back to who paid."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from model.arithmetic import half_up
from model.book import Book, impossible_unless
from model.breaks import Breaks

UNCLEARED, SUSPENSE = "stripe:uncleared", "suspense:stripe"


@dataclass
class Return:
    """A refund of such a payment, and what it takes from suspense."""

    amount: int
    stage: str = "made"  # then perhaps ended


@dataclass
class Unexpected:
    """`total` of `owed` lies in suspense: another currency once Stripe settled it in one."""

    charge: str
    owed: str
    paid: int
    total: int
    settled: bool = False

    def converted(self, amount: int) -> int:
        return half_up(Fraction(amount * self.total, self.paid))


class UnexpectedPayments:
    def __init__(self, book: Book, breaks: Breaks) -> None:
        self._book = book
        self._breaks = breaks
        self.by_charge: dict[str, Unexpected] = {}
        self.returns: dict[str, Return] = {}  # by Stripe's refund

    def paid(self, charge: str, currency: str, amount: int, at: datetime) -> None:
        impossible_unless(charge not in self.by_charge, f"{charge} is unexpected twice")
        self.by_charge[charge] = Unexpected(charge, currency, amount, amount)
        self._breaks.opened(charge, charge, currency, amount)
        self._book.post(
            currency,
            at,
            debit=[(UNCLEARED, amount, charge)],
            credit=[(SUSPENSE, amount, charge)],
        )

    def settled(self, charge: str) -> None:
        self.by_charge[charge].settled = True

    def converted(self, charge: str, currency: str, amount: int, at: datetime) -> None:
        found = self.by_charge[charge]
        ends, begins = (found.owed, found.total), (currency, amount)
        for (unit, whole), (debit, credit) in (
            (ends, (SUSPENSE, UNCLEARED)),
            (begins, (UNCLEARED, SUSPENSE)),
        ):
            debits, credits_ = [(debit, whole, charge)], [(credit, whole, charge)]
            self._book.post(unit, at, debit=debits, credit=credits_)
        found.owed, found.total = currency, amount
        self._breaks.converted(charge, currency, amount)

    def returned(self, charge: str, refund: str, amount: int, at: datetime) -> None:
        """Of an earlier one that failed we may hear later: more may be back than was paid."""
        found = self.by_charge[charge]
        impossible_unless(refund not in self.returns, f"{refund} returns {charge} twice")
        impossible_unless(0 < amount <= found.paid, f"{refund} returns {amount} of {found}")
        made = self.returns[refund] = Return(found.converted(amount))
        self._move(found, refund, made.amount, at)

    def came_back(self, charge: str, refund: str, at: datetime) -> None:
        found, made = self.by_charge[charge], self.returns.get(refund)
        impossible_unless(made and made.stage == "made", f"{refund} of {found} fails")
        assert made is not None
        made.stage = "ended"
        self._move(found, refund, -made.amount, at)

    def _move(self, found: Unexpected, refund: str, amount: int, at: datetime) -> None:
        self._breaks.moved(found.charge, -amount)
        self._book.post(
            found.owed,
            at,
            debit=[(SUSPENSE, amount, found.charge)],
            credit=[(UNCLEARED, amount, refund)],
        )
