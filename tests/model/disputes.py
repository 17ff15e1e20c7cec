"""Disputes: opened, withdrawn by the bank, given back, won or lost; inquiries take nothing."""

from datetime import datetime

from model.arithmetic import split
from model.book import Book, impossible_unless
from model.sale import Claim, Dispute, Sale
from model.sales import COMMISSION, SUSPENSE, UNCLEARED, Sales

HELD, RECOVERY = "disputes:held", "recovery:dispute"


class Disputes:
    def __init__(self, book: Book, sales: Sales) -> None:
        self._book = book
        self._sales = sales

    def opened(self, order_id: str, dispute_id: str, amount: int, *, inquiry: bool) -> None:
        """A second time only when an inquiry becomes a dispute."""
        sale = self._sales.known(order_id)
        known = sale.disputes.get(dispute_id)
        if known:
            impossible_unless(known.inquiry and not inquiry, f"{known} is opened again")
            known.inquiry = False
            return
        sale.disputes[dispute_id] = Dispute(dispute_id, amount, inquiry)

    def withdrawn(
        self, order_id: str, dispute_id: str, transaction: str, *, fee: int, at: datetime
    ) -> None:
        """The seller bears his share, as far as the payment has room, and the fee."""
        sale, dispute = self._known(order_id, dispute_id)
        self._move(dispute, transaction)
        impossible_unless(dispute.claim is None, f"{dispute} is withdrawn twice")
        waiting = [refund for refund in sale.refunds.values() if refund.stage == "requested"]
        impossible_unless(not waiting, f"{waiting} give way to a dispute")
        claim = dispute.claim = sale.claim(dispute.amount)
        dispute.held, dispute.fee = dispute.amount, fee
        self._book.post(
            sale.currency,
            at,
            debit=[(HELD, dispute.amount, dispute_id), *sale.take(claim.seller + fee)],
            credit=[
                (UNCLEARED, dispute.amount, dispute_id),
                (f"seller:{sale.seller}:disputed", claim.seller),
                (RECOVERY, fee),
            ],
        )

    def reinstated(
        self,
        order_id: str,
        dispute_id: str,
        transaction: str,
        *,
        amount: int,
        fee: int,
        at: datetime,
    ) -> None:
        """All of it or a part; `fee` is what the bank gave back of it, positive."""
        sale, dispute = self._known(order_id, dispute_id)
        self._move(dispute, transaction)
        claim = dispute.claim
        impossible_unless(claim and 0 < amount <= dispute.held, f"{dispute} gives back {amount}")
        assert claim is not None
        seller = self._less(dispute, claim, amount)
        dispute.fee -= fee
        sale.available += seller + fee
        self._book.post(
            sale.currency,
            at,
            debit=[
                (UNCLEARED, amount, dispute_id),
                (f"seller:{sale.seller}:disputed", seller),
                (RECOVERY, fee),
            ],
            credit=[
                (HELD, amount, dispute_id),
                (f"seller:{sale.seller}:available", seller + fee),
            ],
        )

    def _less(self, dispute: Dispute, claim: Claim, amount: int) -> int:
        """Take what came back off the claim, in proportion; returns the seller's part of it."""
        uncovered = dispute.held - claim.seller - claim.commission
        seller, commission, _ = split(amount, claim.seller, claim.commission, uncovered)
        claim.asked = claim.asked * (dispute.held - amount) // dispute.held
        claim.seller -= seller
        claim.commission -= commission
        dispute.held -= amount
        return seller

    def closed(self, order_id: str, dispute_id: str, outcome: str, at: datetime) -> None:
        """Lost, the shares become final; what the payment has no room for goes to suspense."""
        sale, dispute = self._known(order_id, dispute_id)
        impossible_unless(dispute.open, f"{dispute} is closed twice")
        dispute.outcome = outcome
        claim, held = dispute.claim, dispute.held
        if outcome != "lost" or claim is None or not held:
            return
        aside = claim.seller
        uncovered = claim.asked - claim.seller - claim.commission
        if uncovered:
            anew = sale.claim(claim.asked, without=dispute_id)
            claim.seller = max(anew.seller, aside)
            claim.commission = min(max(anew.commission, claim.commission), held - claim.seller)
        dispute.held, dispute.excess = 0, held - claim.seller - claim.commission
        self._book.post(
            sale.currency,
            at,
            debit=[
                (f"seller:{sale.seller}:disputed", aside),
                *sale.take(claim.seller - aside),
                (COMMISSION, claim.commission),
                (SUSPENSE, dispute.excess, dispute_id),
            ],
            credit=[(HELD, held, dispute_id)],
        )

    def _known(self, order_id: str, dispute_id: str) -> tuple[Sale, Dispute]:
        sale = self._sales.known(order_id)
        impossible_unless(dispute_id in sale.disputes, f"{dispute_id} is not of {order_id}")
        return sale, sale.disputes[dispute_id]

    def _move(self, dispute: Dispute, transaction: str) -> None:
        impossible_unless(transaction not in dispute.moved, f"{transaction} moves {dispute} twice")
        dispute.moved.add(transaction)
