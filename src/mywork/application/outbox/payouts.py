"""What a payout asks of Stripe: a transfer, a bank payout, a reversal; each looked up by our id.

An answer that was lost is never guessed: what may exist already is looked up first, a transfer
always, the others from the second attempt on.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from mywork.application.handle import Handler
from mywork.application.outbox.calls import CreateBankPayout, CreateTransfer, ReverseTransfer
from mywork.application.ports.clock import Clock
from mywork.application.ports.faults import VendorRefused
from mywork.application.ports.payments import (
    Payments,
    PayoutInstruction,
    Reversal,
    ReversalInstruction,
)
from mywork.application.ports.tables import ClaimedRow
from mywork.application.ports.views import Views
from mywork.domain.decider import Command
from mywork.domain.errors import SellerPaused
from mywork.domain.identifiers import PayoutId, SellerId
from mywork.domain.payout.bank_messages import BeginBankPayout, RefuseBankPayout
from mywork.domain.payout.decider import PAYOUT
from mywork.domain.payout.reversal_messages import FailReversal, RecordReversal
from mywork.domain.payout.state import Payout, Payouts
from mywork.domain.payout.transfer_decisions import looking_into
from mywork.domain.payout.transfer_messages import HoldPayout, QueuePayout, RefusePayout, SendPayout
from mywork.domain.seller.decider import SELLER
from mywork.domain.seller.state import SellerState
from mywork.domain.streams import payouts_stream, seller_stream

logger = logging.getLogger(__name__)

# Stripe's own words for "not now": whoever asks keeps their place and asks again.
BUSY = "lock_timeout"
SHORT = frozenset({"balance_insufficient", "insufficient_funds"})
# A transfer's money may take a moment to arrive where its bank payout is made: about two hours.
MAX_ATTEMPTS = 16


@dataclass(frozen=True, slots=True)
class _Known:
    """A payout as its stream has it."""

    seller_id: SellerId
    currency: str
    payout: Payout

    @property
    def key(self) -> tuple[SellerId, str, PayoutId]:
        """What each command about it begins with."""
        return self.seller_id, self.currency, self.payout.requested.payout_id

    def instruction(self, amount_minor: int) -> PayoutInstruction:
        requested = self.payout.requested
        return PayoutInstruction(
            payout_id=requested.payout_id,
            seller_id=self.seller_id,
            stripe_account_id=requested.stripe_account_id,
            currency=self.currency,
            amount_minor=amount_minor,
            attempt=max(self.payout.attempt, 1),
        )


class PayoutCalls:
    def __init__(self, handler: Handler, payments: Payments, clock: Clock, views: Views) -> None:
        self._handler = handler
        self._payments = payments
        self._clock = clock
        self._views = views

    # The transfer -------------------------------------------------------------------------

    def create_transfer(self, asked: CreateTransfer, claimed: ClaimedRow) -> Sequence[Command]:
        """Send the money, unless its seller must not be paid now and no transfer exists.

        They were paused meanwhile, or something about their money differs since.
        """
        known = self._known(asked)
        if known.payout.stage != "dispatched" or known.payout.dispatches != asked.number:
            return ()  # sent, refused, or back in the queue meanwhile
        instruction = known.instruction(known.payout.requested.amount_minor)
        transfer_id = self._payments.find_transfer(instruction)
        if transfer_id is None and (reason := self._held_because(known.seller_id)):
            return (HoldPayout(*known.key, reason, self._clock.now()),)
        try:
            transfer_id = transfer_id or self._payments.create_transfer(
                instruction, idempotency_key=claimed.idempotency_key
            )
        except VendorRefused as error:
            return self._transfer_refused(known, error)
        return (SendPayout(*known.key, transfer_id, self._clock.now()),)

    def _transfer_refused(self, known: _Known, error: VendorRefused) -> Sequence[Command]:
        """A balance that is short puts it back in its place; anything else gives the money back."""
        if error.code == BUSY:
            raise error
        if error.code in SHORT:
            return (QueuePayout(*known.key, self._clock.now()),)
        logger.warning("a transfer to %s was refused: %s", known.seller_id, error)
        return (RefusePayout(*known.key, error.code, self._clock.now()),)

    # The bank payout ----------------------------------------------------------------------

    def create_bank_payout(self, asked: CreateBankPayout, claimed: ClaimedRow) -> Sequence[Command]:
        """Hand what is left of the transfer to the bank; a paused seller's waits for them."""
        known, attempt = self._known(asked), asked.attempt
        if known.payout.stage != "sent" or known.payout.attempt != attempt:
            return ()  # reversed, or handed over, meanwhile
        instruction = known.instruction(known.payout.left_minor)
        bank_id = self._payments.find_bank_payout(instruction) if claimed.attempts > 1 else None
        if bank_id is None and (reason := self._seller(known.seller_id).paused_because):
            raise SellerPaused(f"the bank payout waits while its seller is paused: {reason}")
        try:
            bank_id = bank_id or self._payments.create_bank_payout(
                instruction, idempotency_key=claimed.idempotency_key
            )
        except VendorRefused as error:
            if error.code == BUSY or (error.code in SHORT and claimed.attempts < MAX_ATTEMPTS):
                raise
            refused = RefuseBankPayout(*known.key, attempt, error.code, self._clock.now())
            return (refused,)
        return (BeginBankPayout(*known.key, bank_id, self._clock.now()),)

    # The reversal -------------------------------------------------------------------------

    def reverse_transfer(self, asked: ReverseTransfer, claimed: ClaimedRow) -> Sequence[Command]:
        """Ask the money back. What is reversed already, by whomever, is recorded, not repeated."""
        known, number = self._known(asked), asked.number
        if known.payout.stage != "reversing" or known.payout.reversal_number != number:
            return ()
        instruction = ReversalInstruction(
            payout_id=known.payout.requested.payout_id,
            transfer_id=known.payout.transfer_id,
            currency=known.currency,
            amount_minor=asked.amount_minor,
            number=number,
        )
        if claimed.attempts > 1:
            found = self._payments.reversals(instruction.transfer_id)
            if any(item.asked_by == (instruction.payout_id, number) for item in found):
                return self._recorded(known, found)
        try:
            made = self._payments.create_reversal(
                instruction, idempotency_key=claimed.idempotency_key
            )
        except VendorRefused as error:
            if error.code == BUSY:
                raise
            return self._reversal_refused(known, instruction, error)
        return self._recorded(known, [made])

    def _reversal_refused(
        self, known: _Known, instruction: ReversalInstruction, error: VendorRefused
    ) -> Sequence[Command]:
        """Perhaps somebody reversed it before us; otherwise the payout is blocked."""
        found = self._payments.reversals(instruction.transfer_id)
        reversed_minor = sum(item.amount_minor for item in found)
        if reversed_minor == known.payout.requested.amount_minor:
            return self._recorded(known, found)
        failed = FailReversal(*known.key, instruction.number, error.code, self._clock.now())
        return (failed,)

    def _recorded(self, known: _Known, found: Sequence[Reversal]) -> Sequence[Command]:
        return [
            RecordReversal(
                seller_id=known.seller_id,
                currency=known.currency,
                transfer_id=known.payout.transfer_id,
                reversal_id=item.id,
                amount_minor=item.amount_minor,
                at=item.created,
            )
            for item in found
        ]

    # What is known ------------------------------------------------------------------------

    def _known(self, asked: CreateTransfer | CreateBankPayout | ReverseTransfer) -> _Known:
        stream = payouts_stream(asked.seller_id, asked.currency)
        state: Payouts = self._handler.state(PAYOUT, stream)
        return _Known(asked.seller_id, asked.currency, state.payout(asked.payout_id))

    def _held_because(self, seller_id: SellerId) -> str:
        open_breaks = self._views.open_breaks_by_seller().get(seller_id, ())
        paused = self._seller(seller_id).paused_because
        return paused or (looking_into(open_breaks) if open_breaks else "")

    def _seller(self, seller_id: SellerId) -> SellerState:
        state: SellerState = self._handler.state(SELLER, seller_stream(seller_id))
        return state
