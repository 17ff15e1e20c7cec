"""Payouts: one open for each seller and currency, of what is available and was released.

A payout is open from its request until it has arrived, was refused or cancelled, or came back in
full. One that had arrived opens again when the bank sends it back.
"""

from dataclasses import dataclass, field
from datetime import datetime

from model.arithmetic import LAST_DIGIT_ZERO, PAYOUT_MINIMUM
from model.book import Book, impossible_unless
from model.breaks import Breaks
from model.debts import Debts
from model.sales import UNCLEARED

Stream = tuple[str, str]  # seller, currency
UNSENT = {"requested", "queued", "held"}
ENDED = {"arrived", "refused", "cancelled", "back"}


@dataclass
class Payout:
    id: str
    seller: str
    currency: str
    amount: int
    stage: str = "requested"  # queued, held, dispatched, sent, returned, reversing and the ends
    transfer: str = ""
    reversed: dict[str, int] = field(default_factory=dict)  # by Stripe's reversal

    @property
    def open(self) -> bool:
        return self.stage not in ENDED

    @property
    def left(self) -> int:
        return self.amount - sum(self.reversed.values())


class Payouts:
    def __init__(self, book: Book, debts: Debts, breaks: Breaks) -> None:
        self._book = book
        self._debts = debts
        self._breaks = breaks
        self.all: dict[str, Payout] = {}
        self.by_transfer: dict[str, Payout] = {}
        self.by_reversal: dict[str, Payout] = {}
        self.onboarded: set[str] = set()
        self.paused: set[str] = set()
        self._open: dict[Stream, set[str]] = {}

    # Asking -------------------------------------------------------------------------------

    def payable(self, seller: str, currency: str, cutoff: datetime, at: datetime) -> int:
        """The smaller of what is available and what was released by the cutoff, in the bank's step.

        Debts are paid first, at once, from what is available.
        """
        account, claimed = f"seller:{seller}:available", self._debts.claimed(seller, currency)
        available = self._book.owed(account, currency)
        released = self._book.owed_by(account, currency, cutoff)
        paid = min(max(available, 0), claimed)
        amount = min(available - paid, released - (paid if cutoff >= at else 0)) - claimed + paid
        return amount - (amount % 10 if currency in LAST_DIGIT_ZERO else 0)

    def refusals(self, seller: str, currency: str, cutoff: datetime, at: datetime) -> set[str]:
        amount = self.payable(seller, currency, cutoff, at)
        negative = self._book.owed(f"seller:{seller}:available", currency) < 0
        reasons = {
            "PayoutInFlight": bool(self._open.get((seller, currency))),
            "SellerPaused": seller in self.paused,
            "SellerNotOnboarded": seller not in self.onboarded,
            "BalanceNegative": negative,
            "NothingToPayOut": amount <= 0 and not negative,
            "PayoutBelowMinimum": 0 < amount < PAYOUT_MINIMUM[currency],
        }
        return {reason for reason, holds in reasons.items() if holds}

    def requested(
        self, payout_id: str, seller: str, currency: str, *, cutoff: datetime, at: datetime
    ) -> None:
        refusals = self.refusals(seller, currency, cutoff, at)
        impossible_unless(not refusals, f"{payout_id} should have met {refusals}")
        impossible_unless(payout_id not in self.all, f"{payout_id} is requested twice")
        amount = self.payable(seller, currency, cutoff, at)
        payout = self.all[payout_id] = Payout(payout_id, seller, currency, amount)
        self._becomes(payout, "requested")
        self._move(payout, at, "available", "in_payout")

    def waits(self, payout_id: str, stage: str) -> None:
        """Queued or held: nothing was asked of Stripe, or Stripe said no for now."""
        payout = self.payout(payout_id, UNSENT | {"dispatched"}, stage)
        held = payout.seller in self.paused or bool(self._breaks.all)  # known a moment later
        impossible_unless(stage != "held" or held, f"{payout} is held")
        self._becomes(payout, stage)

    def dispatched(self, payout_id: str) -> None:
        payout = self.payout(payout_id, UNSENT, "dispatched")
        impossible_unless(payout.seller not in self.paused, f"{payout} goes, though paused")
        self._becomes(payout, "dispatched")

    def given_back(self, payout_id: str, at: datetime, stage: str) -> None:
        """Refused by Stripe, or cancelled by the seller before Stripe was asked."""
        may = UNSENT if stage == "cancelled" else {*UNSENT, "dispatched"}
        payout = self.payout(payout_id, may, stage)
        self._becomes(payout, stage)
        self._move(payout, at, "in_payout", "available")

    # At Stripe and the bank -----------------------------------------------------------------

    def sent(self, payout_id: str, transfer: str, amount: int, at: datetime) -> None:
        payout = self.payout(payout_id, {*UNSENT, "dispatched"}, f"sent as {transfer}")
        impossible_unless(transfer not in self.by_transfer, f"{transfer} pays two payouts")
        impossible_unless(not payout.transfer, f"{payout} is sent twice: {transfer}")
        impossible_unless(amount == payout.amount, f"{transfer} is of {amount}: {payout}")
        self._becomes(payout, "sent")
        payout.transfer = transfer
        self.by_transfer[transfer] = payout
        self._book.post(
            payout.currency,
            at,
            debit=[(f"seller:{payout.seller}:in_payout", amount)],
            credit=[(UNCLEARED, amount, transfer)],
        )

    def arrived(self, payout_id: str) -> None:
        payout = self.payout(payout_id, {"sent", "returned", "reversing", "back"}, "arrived")
        if payout.stage in {"sent", "returned"}:
            self._becomes(payout, "arrived")

    def returned(self, payout_id: str) -> None:
        """The bank sent it back, also what had arrived: it lies in the seller's Stripe account."""
        payout = self.payout(payout_id, {"sent", "arrived", "reversing", "back"}, "returned")
        if payout.stage in {"sent", "arrived"}:
            self._becomes(payout, "returned")

    def goes_again(self, payout_id: str) -> None:
        self._becomes(self.payout(payout_id, {"returned"}, "sent again"), "sent")

    def asked_back(self, payout_id: str, amount: int) -> None:
        payout = self.payout(payout_id, {"returned", "sent", "arrived"}, "asked back")
        impossible_unless(amount == payout.left, f"{amount} of {payout} is asked back")
        self._becomes(payout, "reversing")

    def came_back(self, transfer: str, reversal: str, amount: int, at: datetime) -> None:
        """Only now may the same money be paid again."""
        payout = self.by_transfer.get(transfer)
        impossible_unless(payout, f"{transfer} is not known")
        assert payout is not None
        impossible_unless(reversal not in self.by_reversal, f"{reversal} comes back twice")
        impossible_unless(0 < amount <= payout.left, f"{amount} of {payout} comes back")
        payout.reversed[reversal] = amount
        self.by_reversal[reversal] = payout
        if not payout.left:
            self._becomes(payout, "back")
        self._book.post(
            payout.currency,
            at,
            debit=[(UNCLEARED, amount, reversal)],
            credit=[(f"seller:{payout.seller}:available", amount)],
        )

    def stays(self, payout_id: str) -> None:
        """Stripe refused the reversal: a person decides."""
        self._becomes(self.payout(payout_id, {"reversing"}, "not reversed"), "returned")

    # ----------------------------------------------------------------------------------------

    def payout(self, payout_id: str, stages: set[str], what: str) -> Payout:
        payout = self.all.get(payout_id)
        impossible_unless(payout and payout.stage in stages, f"{payout} is {what}")
        assert payout is not None
        return payout

    def _becomes(self, payout: Payout, stage: str) -> None:
        payout.stage = stage
        open_ = self._open.setdefault((payout.seller, payout.currency), set())
        (open_.add if payout.open else open_.discard)(payout.id)

    def _move(self, payout: Payout, at: datetime, before: str, after: str) -> None:
        stages = f"seller:{payout.seller}"
        self._book.post(
            payout.currency,
            at,
            debit=[(f"{stages}:{before}", payout.amount)],
            credit=[(f"{stages}:{after}", payout.amount)],
        )
