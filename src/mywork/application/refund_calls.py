"""What a refund asks of Stripe; looked up by our id before it is asked again."""

import logging
from collections.abc import Sequence

from mywork.application.commands import Command
from mywork.application.ports import (
    ClaimedEffect,
    Clock,
    Payments,
    RefundInstruction,
    StripeRefund,
    VendorRefused,
)
from mywork.domain import order

logger = logging.getLogger(__name__)

# Stripe's own words for "not now": the refund keeps its place and is asked for again.
NOT_NOW = frozenset({"balance_insufficient", "insufficient_funds", "lock_timeout"})


class RefundCalls:
    def __init__(self, payments: Payments, clock: Clock) -> None:
        self._payments = payments
        self._clock = clock

    def create_refund(self, claimed: ClaimedEffect) -> Sequence[Command]:
        """The refund takes effect when Stripe made it, whoever tells us first."""
        instruction = RefundInstruction(**claimed.effect.payload)
        try:
            made = self._made(claimed, instruction)
        except VendorRefused as error:
            if error.code in NOT_NOW:
                raise
            logger.warning("%s was refused: %s", claimed.effect.key, error)
            return (
                order.RefuseRefund(
                    order_id=instruction.order_id,
                    refund_id=instruction.refund_id,
                    reason=error.code,
                    at=self._clock.now(),
                ),
            )
        return (
            order.RecordRefund(
                order_id=instruction.order_id,
                stripe_refund_id=made.id,
                refund_id=instruction.refund_id,
                currency=instruction.currency,
                amount_minor=instruction.amount_minor,
                at=made.created,
            ),
        )

    def _made(self, claimed: ClaimedEffect, instruction: RefundInstruction) -> StripeRefund:
        made = self._payments.find_refund(instruction) if claimed.attempts > 1 else None
        return made or self._payments.create_refund(
            instruction, idempotency_key=claimed.idempotency_key
        )
