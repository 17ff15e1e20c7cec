"""What follows from what happened to a payout."""

from eventstore.envelope import Recorded
from mywork.application.outbox.calls import CreateBankPayout, CreateTransfer, ReverseTransfer
from mywork.application.outbox.rows import FollowUps, call_row, command_row, deadline_row
from mywork.domain.payout.bank_messages import (
    BankPayoutRetried,
    BankRetryScheduled,
    RetryBankPayout,
)
from mywork.domain.payout.evolve import PayoutEvent
from mywork.domain.payout.reversal_messages import ReversalRequested
from mywork.domain.payout.transfer_messages import PayoutDispatched, PayoutSent
from mywork.domain.seller.messages import PausePayouts
from mywork.domain.streams import payouts_owner


def payout_policy(recorded: Recorded, event: PayoutEvent) -> FollowUps:
    match event:
        case PayoutDispatched():
            owner = payouts_owner(recorded.stream)
            return (call_row(recorded, CreateTransfer(*owner, event.payout_id, event.number)),)
        case PayoutSent():
            owner = payouts_owner(recorded.stream)
            return (call_row(recorded, CreateBankPayout(*owner, event.payout_id, 1)),)
        case BankPayoutRetried():
            owner = payouts_owner(recorded.stream)
            return (call_row(recorded, CreateBankPayout(*owner, event.payout_id, event.attempt)),)
        case BankRetryScheduled():
            owner, named = payouts_owner(recorded.stream), (event.payout_id, event.attempt)
            subject = f"{recorded.stream}/{event.payout_id}/{event.attempt}"
            retried = RetryBankPayout(*owner, *named, event.retry_at)
            return (deadline_row(recorded, subject, retried),)
        case ReversalRequested():
            return _reversal(recorded, event)
        case _:
            return ()


def _reversal(recorded: Recorded, event: ReversalRequested) -> FollowUps:
    """A bank that takes nothing would take nothing next week: then somebody must look first."""
    seller_id, currency = payouts_owner(recorded.stream)
    asked = call_row(
        recorded,
        ReverseTransfer(seller_id, currency, event.payout_id, event.number, event.amount_minor),
    )
    if not event.automatic:
        return (asked,)
    returned = f"the bank sent a payout back ({event.reason})"
    reason = f"{returned}; check the bank account that Stripe knows"
    pause = PausePayouts(seller_id, reason, recorded.metadata.effective_at)
    return (asked, command_row(recorded, pause))
