"""Disputes: opened, withdrawn by the bank, given back, won or lost; inquiries take nothing."""

from datetime import datetime

from model.arithmetic import split
from model.book import Book, impossible_unless
from model.sale import Claim, Dispute, Sale
from model.sales import COMMISSION, SUSPENSE, UNCLEARED, Sales

HELD, RECOVERY, GAIN_LOSS = "disputes:held", "recovery:dispute", "fx:gain_loss"


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
        self,
        order_id: str,
        dispute_id: str,
        transaction: str,
        *,
        amount: int,
        fee: int,
        at: datetime,
    ) -> None:
        """The seller bears his share, as far as the payment has room, and the fee.

        `amount` is what was taken, at the rate of its day.
        """
        sale, dispute = self._known(order_id, dispute_id)
        self._move(dispute, transaction)
        impossible_unless(dispute.claim is None, f"{dispute} is withdrawn twice")
        waiting = [refund for refund in sale.refunds.values() if refund.stage == "requested"]
        impossible_unless(not waiting, f"{waiting} give way to a dispute")
        claim = dispute.claim = sale.claim(dispute.amount)
        dispute.held, dispute.fee = amount, fee
        self._book.post(
            sale.owed,
            at,
            debit=[(HELD, amount, dispute_id), *sale.take(claim.seller + fee)],
            credit=[
                (UNCLEARED, amount, dispute_id),
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
        """All of it or a part; `fee` is what the bank gave back of it, positive.

        Converted, it is always all of it, and what is missing a difference of rates.
        """
        sale, dispute = self._known(order_id, dispute_id)
        self._move(dispute, transaction)
        claim, foreign = dispute.claim, sale.owed != sale.currency
        back = dispute.held if foreign else amount
        impossible_unless(claim and 0 < back <= dispute.held, f"{dispute} gives back {amount}")
        assert claim is not None
        seller = self._less(dispute, claim, back)
        dispute.fee -= fee
        sale.available += seller + fee
        self._book.post(
            sale.owed,
            at,
            debit=[
                (UNCLEARED, amount, dispute_id),
                (f"seller:{sale.seller}:disputed", seller),
                (RECOVERY, fee),
                (GAIN_LOSS, back - amount),
            ],
            credit=[
                (HELD, back, dispute_id),
                (f"seller:{sale.seller}:available", seller + fee),
            ],
        )

    def _less(self, dispute: Dispute, claim: Claim, amount: int) -> int:
        """Take what came back off the claim, in proportion; returns the seller's part of it."""
        if amount == dispute.held:
            seller, claim.asked, dispute.held = claim.seller, 0, 0
            claim.seller = claim.commission = 0
            return seller
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
        aside, booked = claim.seller, sale.converted(claim.asked)
        if aside + claim.commission != booked:
            anew = sale.claim(claim.asked, without=dispute_id)
            claim.seller = max(anew.seller, aside)
            claim.commission = min(max(anew.commission, claim.commission), booked - claim.seller)
        dispute.held, dispute.excess = 0, booked - claim.seller - claim.commission
        self._book.post(
            sale.owed,
            at,
            debit=[
                (f"seller:{sale.seller}:disputed", aside),
                *sale.take(claim.seller - aside),
                (COMMISSION, claim.commission),
                (SUSPENSE, dispute.excess, dispute_id),
                (GAIN_LOSS, held - booked),
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
