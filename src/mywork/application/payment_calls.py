"""What follows from an order after its checkout, refunds apart."""

from collections.abc import Sequence
from contextlib import suppress

from mywork.application.commands import Command
from mywork.application.ports import ClaimedEffect, Clock, Payments, VendorRefused
from mywork.application.unexpected import exceeded


class PaymentCalls:
    def __init__(self, payments: Payments, clock: Clock) -> None:
        self._payments = payments
        self._clock = clock

    def cancel_intent(self, claimed: ClaimedEffect) -> Sequence[Command]:
        """Nobody can pay an expired order any more; a refusal says that nobody could."""
        effect = claimed.effect
        with suppress(VendorRefused):
            self._payments.cancel_payment_intent(effect.payload["id"], idempotency_key=effect.key)
        return ()

    def open_break(self, claimed: ClaimedEffect) -> Sequence[Command]:
        """Make known what Stripe took beyond the payment; no vendor is asked."""
        return (exceeded(claimed.effect.payload, self._clock.now()),)
