"""What follows from an order after its checkout, refunds apart."""

from collections.abc import Sequence
from contextlib import suppress

from mywork.application.outbox.calls import CancelPaymentIntent
from mywork.application.ports.faults import VendorRefused
from mywork.application.ports.payments import Payments
from mywork.application.ports.tables import ClaimedRow
from mywork.domain.decider import Command


class PaymentCalls:
    def __init__(self, payments: Payments) -> None:
        self._payments = payments

    def cancel_intent(self, asked: CancelPaymentIntent, claimed: ClaimedRow) -> Sequence[Command]:
        """Nobody can pay an expired order any more; a refusal says that nobody could."""
        with suppress(VendorRefused):
            self._payments.cancel_payment_intent(
                asked.payment_intent_id, idempotency_key=claimed.row.key
            )
        return ()
