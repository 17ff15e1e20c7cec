"""Vendor calls: done once as far as anybody can tell, however often they are tried.

The key of the row is the idempotency key. From the second attempt on, what was asked for is
looked up first, because Stripe may forget idempotency keys after a day. The outcome comes back
as a command, and the row is marked done in that command's own transaction.
"""

import logging
from datetime import timedelta
from typing import Any

from mywork.application.commands import Command, envelope
from mywork.application.handle import Handler
from mywork.application.ports import (
    ClaimedEffect,
    Clock,
    EffectQueue,
    EffectsTable,
    Payments,
    PayoutInstruction,
    VendorRefused,
    VendorUnavailable,
)
from mywork.application.reactions import CREATE_BANK_PAYOUT, CREATE_TRANSFER
from mywork.application.refund_calls import RefundCalls
from mywork.application.unexpected import exceeded
from mywork.domain import payout
from mywork.domain.errors import MyWorkError

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)  # longer than every retry and time-out of one vendor call
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(minutes=15)
SWEEP = 500
# Stripe's own words for "not now": the payout keeps its place and is tried again.
WAIT_FOR = frozenset({"balance_insufficient", "insufficient_funds", "lock_timeout"})


class EffectPerformer:
    def __init__(
        self, table: EffectsTable, handler: Handler, payments: Payments, clock: Clock
    ) -> None:
        self._table = table
        self._handler = handler
        self._payments = payments
        self._clock = clock

    def perform(self, key: str) -> bool:
        """Try one effect; False when it was done, taken by another, or has to wait."""
        claimed = self._table.claim(key, LEASE)
        if claimed is None:
            return False
        try:
            command = self._call(claimed)
        except VendorUnavailable as error:
            return self._postpone(claimed, error)
        except VendorRefused as error:
            if error.code in WAIT_FOR or claimed.effect.kind == CREATE_BANK_PAYOUT:
                return self._postpone(claimed, error)
            command = self._refused(claimed, error)
        return self._finish(claimed, command)

    def sweep(self, queue: EffectQueue) -> int:
        """Send again what is overdue: Redis may have lost everything it held."""
        overdue = self._table.overdue(SWEEP)
        if overdue:
            queue.send(overdue)
        return len(overdue)

    def drain(self) -> int:
        """Perform everything that is due, here and now."""
        return sum(self.perform(key) for key in self._table.overdue(SWEEP))

    def _call(self, claimed: ClaimedEffect) -> Command | None:
        effect = claimed.effect
        match effect.kind:
            case "create_transfer":
                return self._create_transfer(claimed)
            case "create_bank_payout":
                return self._create_bank_payout(claimed)
            case "create_refund":
                (command,) = RefundCalls(self._payments, self._clock).create_refund(claimed)
                return command
            case "open_break":
                return exceeded(claimed.effect.payload, self._clock.now())
            case "cancel_payment_intent":
                self._payments.cancel_payment_intent(
                    effect.payload["id"], idempotency_key=effect.key
                )
                return None
            case _:
                raise VendorRefused("unknown_effect", f"no such effect: {effect.kind}")

    def _create_transfer(self, claimed: ClaimedEffect) -> Command:
        instruction = PayoutInstruction(**claimed.effect.payload)
        transfer_id = self._payments.find_transfer(instruction) if claimed.attempts > 1 else None
        if transfer_id is None:
            transfer_id = self._payments.create_transfer(
                instruction, idempotency_key=claimed.idempotency_key
            )
        return payout.SendPayout(
            seller_id=instruction.seller_id,
            currency=instruction.currency,
            payout_id=instruction.payout_id,
            transfer_id=transfer_id,
            at=self._clock.now(),
        )

    def _create_bank_payout(self, claimed: ClaimedEffect) -> Command | None:
        instruction = self._instruction(claimed.effect.payload)
        if instruction is None:
            return None
        bank_id = self._payments.find_bank_payout(instruction) if claimed.attempts > 1 else None
        if bank_id is None:
            bank_id = self._payments.create_bank_payout(
                instruction, idempotency_key=claimed.idempotency_key
            )
        return payout.BeginBankPayout(
            seller_id=instruction.seller_id,
            currency=instruction.currency,
            payout_id=instruction.payout_id,
            bank_payout_id=bank_id,
            at=self._clock.now(),
        )

    def _instruction(self, payload: Any) -> PayoutInstruction | None:
        """What was requested, read back from the payouts' own stream."""
        state = self._handler.state(payout.decider, payload["stream"])
        requested = state.in_flight
        if requested is None or requested.payout_id != payload["payout_id"]:
            return None  # it arrived or was refused meanwhile
        return PayoutInstruction(
            payout_id=requested.payout_id,
            seller_id=requested.seller_id,
            stripe_account_id=requested.stripe_account_id,
            currency=requested.currency,
            amount_minor=requested.amount_minor,
        )

    def _refused(self, claimed: ClaimedEffect, error: VendorRefused) -> Command | None:
        """A transfer that Stripe refuses for good gives the money back to the balance."""
        logger.warning("%s was refused: %s", claimed.effect.key, error)
        if claimed.effect.kind != CREATE_TRANSFER:
            return None
        instruction = PayoutInstruction(**claimed.effect.payload)
        return payout.RefusePayout(
            seller_id=instruction.seller_id,
            currency=instruction.currency,
            payout_id=instruction.payout_id,
            reason=error.code,
            at=self._clock.now(),
        )

    def _finish(self, claimed: ClaimedEffect, command: Command | None) -> bool:
        key = claimed.effect.key
        done = self._table.done(key)
        if command is None:
            self._handler.handle_many([], alongside=lambda cursor, _: done(cursor))
            return True
        try:
            self._handler.handle(
                envelope(command, actor="worker", command_id=key, causation=key),
                alongside=lambda cursor, _: done(cursor),
            )
        except MyWorkError as error:
            return self._postpone(claimed, error)
        return True

    def _postpone(self, claimed: ClaimedEffect, error: MyWorkError) -> bool:
        delay = min(FIRST_DELAY * 2 ** min(claimed.attempts - 1, 12), LONGEST_DELAY)
        note = f"{type(error).__name__}: {error}"[:500]
        logger.info("%s waits %s: %s", claimed.effect.key, delay, note)
        self._table.postpone(claimed.effect.key, delay, note)
        return False
