"""What people decide about payouts: each with a reason, recorded under their name."""

from collections.abc import Callable

from mywork.application.commands import envelope
from mywork.application.handle import Handler, Outcome
from mywork.application.ports.clock import Clock
from mywork.domain.decider import Command
from mywork.domain.errors import PayoutNotFound
from mywork.domain.identifiers import PayoutId, SellerId, UserId
from mywork.domain.payout.bank_messages import RetryBankPayout
from mywork.domain.payout.reversal_messages import ReversePayout
from mywork.domain.payout.transfer_messages import CancelPayout
from mywork.domain.reasons import check_reason
from mywork.domain.seller.decider import SELLER
from mywork.domain.seller.messages import PausePayouts, ReleasePayouts
from mywork.domain.streams import seller_stream

# Whose payout it is, and in which currency; None where there is none. May be a moment behind.
FindPayout = Callable[[PayoutId], tuple[SellerId, str] | None]


class PayoutAdministration:
    """Each decision raises the refusal that explains why not."""

    def __init__(self, handler: Handler, clock: Clock, find: FindPayout) -> None:
        self._handler = handler
        self._clock = clock
        self._find = find

    def pause(self, seller_id: SellerId, *, reason: str, by: UserId) -> Outcome:
        """Nothing is paid to the seller, whoever asks, until somebody releases them."""
        now = self._clock.now()
        return self._handle(PausePayouts(seller_id, reason, now), reason, by)

    def release(self, seller_id: SellerId, *, reason: str, by: UserId) -> Outcome:
        now = self._clock.now()
        return self._handle(ReleasePayouts(seller_id, reason, now), reason, by)

    def cancel(self, payout_id: PayoutId, *, reason: str, by: UserId) -> Outcome:
        """Call off what has not been sent."""
        owner, currency = self._owner(payout_id, reason)
        now = self._clock.now()
        command = CancelPayout(owner, currency, payout_id, reason, now)
        return self._handle(command, reason, by)

    def retry(self, payout_id: PayoutId, *, reason: str, by: UserId) -> Outcome:
        """Send to the bank again what it has sent back, at once."""
        owner, currency = self._owner(payout_id, reason)
        command = RetryBankPayout(
            seller_id=owner,
            currency=currency,
            payout_id=payout_id,
            attempt=0,
            at=self._clock.now(),
            paused_because=self._handler.state(SELLER, seller_stream(owner)).paused_because,
        )
        return self._handle(command, reason, by)

    def reverse(self, payout_id: PayoutId, *, reason: str, by: UserId) -> Outcome:
        """Take back what the bank has sent back; it is payable again once Stripe confirms."""
        owner, currency = self._owner(payout_id, reason)
        now = self._clock.now()
        command = ReversePayout(owner, currency, payout_id, reason, now)
        return self._handle(command, reason, by)

    def _handle(self, command: Command, reason: str, by: UserId) -> Outcome:
        check_reason(reason)
        return self._handler.handle(envelope(command, actor=by, reason=reason))

    def _owner(self, payout_id: PayoutId, reason: str) -> tuple[SellerId, str]:
        check_reason(reason)
        found = self._find(payout_id)
        if found is None:
            raise PayoutNotFound(f"there is no payout {payout_id}")
        return found
