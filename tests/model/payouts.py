"""Payouts: one in flight for each seller and currency, of what is available and was released."""

from dataclasses import dataclass
from datetime import datetime

from model.arithmetic import PAYOUT_MINIMUM
from model.book import Book, impossible_unless
from model.sales import UNCLEARED

Stream = tuple[str, str]  # seller, currency


@dataclass
class Payout:
    id: str
    seller: str
    currency: str
    amount: int
    transfer: str = ""
    state: str = "requested"  # requested, sent, refused, arrived


class Payouts:
    def __init__(self, book: Book) -> None:
        self._book = book
        self.all: dict[str, Payout] = {}
        self.in_flight: dict[Stream, Payout] = {}
        self.by_transfer: dict[str, Payout] = {}
        self.onboarded: set[str] = set()

    def payable(self, seller: str, currency: str, cutoff: datetime) -> int:
        """The smaller of what is available now and what was released by the cutoff."""
        account = f"seller:{seller}:available"
        now = self._book.owed(account, currency)
        return min(now, self._book.owed_by(account, currency, cutoff))

    def refusals(self, seller: str, currency: str, cutoff: datetime) -> set[str]:
        amount = self.payable(seller, currency, cutoff)
        reasons = {
            "PayoutInFlight": (seller, currency) in self.in_flight,
            "SellerNotOnboarded": seller not in self.onboarded,
            "NothingToPayOut": amount <= 0,
            "PayoutBelowMinimum": 0 < amount < PAYOUT_MINIMUM[currency],
        }
        return {reason for reason, holds in reasons.items() if holds}

    def requested(
        self, payout_id: str, seller: str, currency: str, *, cutoff: datetime, at: datetime
    ) -> None:
        refusals = self.refusals(seller, currency, cutoff)
        impossible_unless(not refusals, f"{payout_id} should have met {refusals}")
        impossible_unless(payout_id not in self.all, f"{payout_id} is requested twice")
        amount = self.payable(seller, currency, cutoff)
        payout = Payout(payout_id, seller, currency, amount)
        self.all[payout_id] = self.in_flight[seller, currency] = payout
        self._move(payout, at, "available", "in_payout")

    def sent(self, payout_id: str, transfer: str, amount: int, at: datetime) -> None:
        payout = self._flying(payout_id)
        impossible_unless(payout.state == "requested", f"{payout} is sent twice")
        impossible_unless(transfer not in self.by_transfer, f"{transfer} pays two payouts")
        impossible_unless(amount == payout.amount, f"{transfer} is of {amount}: {payout}")
        payout.state, payout.transfer = "sent", transfer
        self.by_transfer[transfer] = payout
        self._book.post(
            payout.currency,
            at,
            debit=[(f"seller:{payout.seller}:in_payout", amount)],
            credit=[(UNCLEARED, amount, transfer)],
        )

    def refused(self, payout_id: str, at: datetime) -> None:
        payout = self._flying(payout_id)
        impossible_unless(payout.state == "requested", f"{payout} is refused after it was sent")
        payout.state = "refused"
        del self.in_flight[payout.seller, payout.currency]
        self._move(payout, at, "in_payout", "available")

    def arrived(self, payout_id: str) -> None:
        payout = self._flying(payout_id)
        impossible_unless(payout.state == "sent", f"{payout} arrives")
        payout.state = "arrived"
        del self.in_flight[payout.seller, payout.currency]

    def _flying(self, payout_id: str) -> Payout:
        payout = self.all.get(payout_id)
        impossible_unless(payout, f"{payout_id} is not known")
        assert payout is not None
        flying = self.in_flight.get((payout.seller, payout.currency))
        impossible_unless(flying is payout, f"{payout} is not in flight")
        return payout

    def _move(self, payout: Payout, at: datetime, before: str, after: str) -> None:
        stages = f"seller:{payout.seller}"
        self._book.post(
            payout.currency,
            at,
            debit=[(f"{stages}:{before}", payout.amount)],
            credit=[(f"{stages}:{after}", payout.amount)],
        )
