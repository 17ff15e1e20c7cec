"""Refunds: asked for, decided, made by Stripe, failed or settled.

The seller's share is set aside when the refund is asked for, and comes back if it ends without
money. What a refund made elsewhere takes beyond the payment is excess, in suspense.
"""

from datetime import datetime

from model.arithmetic import LAST_DIGIT_ZERO
from model.book import Book, impossible_unless
from model.sale import Refund, Sale
from model.sales import COMMISSION, PROCESSING, SUSPENSE, UNCLEARED, WINDOW, Sales


class Refunds:
    def __init__(self, book: Book, sales: Sales) -> None:
        self._book = book
        self._sales = sales

    def refusals(
        self, order_id: str, amount: int | None, asker: str, at: datetime, *, bears: bool = False
    ) -> set[str]:
        """The names of the reasons for which this cannot be asked; empty where it can."""
        sale = self._sales.all[order_id]
        if sale.state != "paid":
            return {"OrderNotRefundable"}
        assert sale.paid_at is not None
        left = sale.refundable()
        wanted = left if amount is None else amount
        reasons = {
            "RefundWindowOver": asker != "admin" and at > sale.paid_at + WINDOW,
            "NotAllowed": bears and asker != "admin",
            "OrderDisputed": _charged_back(sale),
            "RefundExceedsPayment": wanted > left or not left,
            "MoneyInvalid": wanted <= 0 or (sale.currency in LAST_DIGIT_ZERO and wanted % 10 != 0),
        }
        return {reason for reason, holds in reasons.items() if holds}

    def requested(
        self,
        order_id: str,
        refund_id: str,
        amount: int | None,
        at: datetime,
        *,
        bears: bool = False,
    ) -> None:
        """None asks for everything that is left."""
        sale = self._sales.known(order_id)
        impossible_unless(refund_id not in sale.refunds, f"{refund_id} is asked for twice")
        asked = sale.refundable() if amount is None else amount
        claim = sale.claim(asked, platform_bears_fee=bears)
        sale.refunds[refund_id] = Refund(refund_id, claim, "requested", platform_bears_fee=bears)
        self._book.post(
            sale.owed,
            at,
            debit=sale.take(claim.seller),
            credit=[(f"seller:{sale.seller}:refunding", claim.seller)],
        )

    def approval_refusals(self, order_id: str, refund_id: str) -> set[str]:
        sale = self._sales.known(order_id)
        stage = sale.refunds[refund_id].stage
        if stage in {"approved", "made", "succeeded"}:
            return set()
        if stage == "ended":
            return {"RefundNotPending"}
        return {"OrderDisputed"} if _charged_back(sale) else set()

    def decline_refusals(self, order_id: str, refund_id: str) -> set[str]:
        refund = self._sales.known(order_id).refunds[refund_id]
        return set() if refund.stage == "requested" or refund.declined else {"RefundNotPending"}

    def approved(self, order_id: str, refund_id: str) -> None:
        self._stage(order_id, refund_id, "requested").stage = "approved"

    def off(self, order_id: str, refund_id: str, at: datetime, *, before: str) -> None:
        """Declined by a person or a dispute, or refused by Stripe: nothing has moved."""
        refund = self._stage(order_id, refund_id, before)
        sale = self._sales.known(order_id)
        refund.stage, refund.declined = "ended", before == "requested"
        share = refund.claim.seller
        self._book.post(
            sale.owed,
            at,
            debit=[(f"seller:{sale.seller}:refunding", share)],
            credit=sale.give_back(share),
        )

    def made(
        self, order_id: str, refund_id: str, stripe_id: str, amount: int, at: datetime
    ) -> None:
        sale = self._sales.known(order_id)
        refund = sale.refunds[refund_id]
        impossible_unless(refund.stage in {"requested", "approved"}, f"{refund} is made")
        impossible_unless(amount == refund.claim.asked, f"{stripe_id} is of {amount}: {refund}")
        refund.stage, refund.stripe_id = "made", stripe_id
        claim = refund.claim
        self._book.post(
            sale.owed,
            at,
            debit=[
                (f"seller:{sale.seller}:refunding", claim.seller),
                (COMMISSION, claim.commission),
                (PROCESSING, claim.processing),
                (SUSPENSE, claim.excess, stripe_id),
            ],
            credit=[(UNCLEARED, claim.amount, stripe_id)],
        )

    def succeeded(self, order_id: str, stripe_id: str) -> None:
        refund = self._sales.known(order_id).refund(stripe_id)
        impossible_unless(refund.stage == "made", f"{refund} succeeds")
        refund.stage = "succeeded"

    def failed(self, order_id: str, stripe_id: str, at: datetime) -> None:
        """Its own legs, reversed."""
        sale = self._sales.known(order_id)
        refund = sale.refund(stripe_id)
        impossible_unless(refund.stage in {"made", "succeeded"}, f"{refund} fails")
        refund.stage = "ended"
        claim = refund.claim
        self._book.post(
            sale.owed,
            at,
            debit=[(UNCLEARED, claim.amount, stripe_id)],
            credit=[
                *sale.give_back(claim.seller),
                (COMMISSION, claim.commission),
                (PROCESSING, claim.processing),
                (SUSPENSE, claim.excess, stripe_id),
            ],
        )

    def _stage(self, order_id: str, refund_id: str, stage: str) -> Refund:
        refund = self._sales.known(order_id).refunds[refund_id]
        impossible_unless(refund.stage == stage, f"{refund} is not {stage}")
        return refund


def _charged_back(sale: Sale) -> bool:
    return any(dispute.open and not dispute.inquiry for dispute in sale.disputes.values())
