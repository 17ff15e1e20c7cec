"""The whole model: books, sales, payouts, and what Stripe's balance did."""

from collections import Counter
from datetime import datetime

from model.book import Book, impossible_unless
from model.breaks import Breaks
from model.debts import Debts
from model.disputes import Disputes
from model.payouts import Payouts
from model.refunds import Refunds
from model.sales import Sales
from model.stripe import Stripe
from model.unexpected import UnexpectedPayments


class Ledger:
    def __init__(self) -> None:
        self.book = Book()
        self.sales = Sales(self.book)
        self.breaks = Breaks(self.book)
        self.unexpected = UnexpectedPayments(self.book, self.breaks)
        self.refunds = Refunds(self.book, self.sales)
        self.disputes = Disputes(self.book, self.sales)
        self.debts = Debts(self.book)
        self.payouts = Payouts(self.book, self.debts, self.breaks)
        self.stripe = Stripe(self.book)

    def overdue(self, now: datetime) -> list[str]:
        """What should have happened by now, were everybody at rest."""
        return [*self.sales.overdue(now), *self.stripe.overdue(now)]

    def earned(self) -> Counter[tuple[str, str]]:
        """By seller and currency, what sales brought, less refunds and disputes."""
        total: Counter[tuple[str, str]] = Counter()
        for sale in self.sales.all.values():
            total[sale.seller, sale.owed] += sale.earned()
        return total

    def booked_refund(self, charge: str, refund: str) -> tuple[str, int]:
        """The currency that a refund of Stripe's is booked in, and what it is booked at."""
        sale = self.sales.by_charge.get(charge)
        if sale is not None:
            return sale.owed, sale.refund(refund).claim.amount
        return self.unexpected.by_charge[charge].owed, self.unexpected.returns[refund].amount

    def check_exposure(self, order_id: str) -> None:
        """After a command of ours: refunds + open or lost disputes <= captured."""
        sale = self.sales.all[order_id]
        refunded = sum(refund.claim.asked for refund in sale.standing())
        exposed = sum(dispute.exposed for dispute in sale.disputes.values())
        impossible_unless(refunded + exposed <= sale.price, f"{order_id} is exposed too far")
