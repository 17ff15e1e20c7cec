"""What a refund asks of Stripe; looked up by our id before it is asked again.

A refund takes effect when Stripe made it, whoever tells us first.
"""

import logging
from collections.abc import Sequence

from mywork.application.outbox.calls import CreateRefund, ReturnPayment
from mywork.application.ports.clock import Clock
from mywork.application.ports.faults import VendorRefused
from mywork.application.ports.payments import Payments, RefundInstruction, StripeRefund
from mywork.application.ports.tables import ClaimedRow
from mywork.domain.breaks.return_messages import RecordReturn
from mywork.domain.decider import Command
from mywork.domain.identifiers import RefundId
from mywork.domain.order.refund_messages import RecordRefund, RefuseRefund
from mywork.domain.streams import break_stream

logger = logging.getLogger(__name__)

# Stripe's own words for "not now": the refund keeps its place and is asked for again.
NOT_NOW = frozenset({"balance_insufficient", "insufficient_funds", "lock_timeout"})


class RefundCalls:
    def __init__(self, payments: Payments, clock: Clock) -> None:
        self._payments = payments
        self._clock = clock

    def create_refund(self, asked: CreateRefund, claimed: ClaimedRow) -> Sequence[Command]:
        """Of an order; a definite no gives the seller's share back."""
        order_id, refund_id = asked.order_id, asked.refund_id
        instruction = RefundInstruction(
            refund_id=refund_id,
            payment=asked.payment_intent_id,
            currency=asked.currency,
            amount_minor=asked.amount_minor,
        )
        try:
            made = self._made(claimed, instruction)
        except VendorRefused as error:
            _wait_if_not_now(claimed, error)
            return (RefuseRefund(order_id, refund_id, error.code, self._clock.now()),)
        return (
            RecordRefund(
                order_id=order_id,
                stripe_refund_id=made.id,
                refund_id=refund_id,
                currency=made.currency,
                amount_minor=made.amount_minor,
                at=made.created,
            ),
        )

    def return_payment(self, asked: ReturnPayment, claimed: ClaimedRow) -> Sequence[Command]:
        """Of money that nobody may keep; after a definite no its break waits for a person."""
        break_id = asked.break_id
        instruction = RefundInstruction(RefundId(break_stream(break_id)), asked.charge_id)
        try:
            made = self._made(claimed, instruction)
        except VendorRefused as error:
            _wait_if_not_now(claimed, error)
            return ()
        return (RecordReturn(break_id, made.id, made.currency, made.amount_minor, made.created),)

    def _made(self, claimed: ClaimedRow, instruction: RefundInstruction) -> StripeRefund:
        made = self._payments.find_refund(instruction) if claimed.attempts > 1 else None
        return made or self._payments.create_refund(
            instruction, idempotency_key=claimed.idempotency_key
        )


def _wait_if_not_now(claimed: ClaimedRow, error: VendorRefused) -> None:
    if error.code in NOT_NOW:
        raise error
    logger.warning("%s was refused: %s", claimed.row.key, error)
