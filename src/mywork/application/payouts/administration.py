"""What people decide about payouts: each with a reason, recorded under their name."""

from mywork.application.commands import envelope
from mywork.application.handle import Handler, Outcome
from mywork.application.ports.clock import Clock
from mywork.application.ports.views import Views
from mywork.domain.decider import Command
from mywork.domain.errors import PayoutNotFound
from mywork.domain.fees import SCHEDULES
from mywork.domain.identifiers import PayoutId, SellerId, UserId
from mywork.domain.payout.bank_messages import RetryBankPayout
from mywork.domain.payout.reversal_messages import ReversePayout
from mywork.domain.payout.transfer_messages import CancelPayout
from mywork.domain.reasons import check_reason
from mywork.domain.seller.decider import SELLER
from mywork.domain.seller.messages import PausePayouts, ReleasePayouts
from mywork.domain.streams import payouts_stream, seller_stream


class PayoutAdministration:
    """Each decision raises the refusal that explains why not."""

    def __init__(self, handler: Handler, clock: Clock, views: Views) -> None:
        self._handler = handler
        self._clock = clock
        self._views = views

    def pause(self, seller_id: SellerId, *, reason: str, by: UserId) -> Outcome:
        """Nothing is paid to the seller, whoever asks, until somebody releases them."""
        now = self._clock.now()
        return self._handle(PausePayouts(seller_id, reason, now), reason, by)

    def release(self, seller_id: SellerId, *, reason: str, by: UserId) -> Outcome:
        now = self._clock.now()
        return self._handle(ReleasePayouts(seller_id, reason, now), reason, by)

    def cancel(
        self, payout_id: PayoutId, *, reason: str, by: UserId, seller_id: SellerId | None = None
    ) -> Outcome:
        """Call off what has not been sent: anybody's, with a reason, or this seller's own."""
        if seller_id is None:
            check_reason(reason)
            owner, currency = self._owner(payout_id, reason)
        else:
            owner, currency = self._own(payout_id, seller_id)
        command = CancelPayout(owner, currency, payout_id, reason, self._clock.now())
        return self._handler.handle(envelope(command, actor=by, reason=reason))

    def _own(self, payout_id: PayoutId, seller_id: SellerId) -> tuple[SellerId, str]:
        """Found in the seller's streams, which are never behind."""
        streams = {payouts_stream(seller_id, currency): currency for currency in SCHEDULES}
        for stream, history in self._handler.histories(list(streams)).items():
            if any(recorded.event.payout_id == payout_id for recorded in history):
                return seller_id, streams[stream]
        raise PayoutNotFound(f"there is no payout {payout_id}")

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
        found = self._views.payout_owner(payout_id)
        if found is None:
            raise PayoutNotFound(f"there is no payout {payout_id}")
        return found
