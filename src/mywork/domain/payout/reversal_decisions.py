"""Back from the seller's Stripe account: asked for once, counted once by reversal id.

Only a reversal that exists at Stripe gives the money back to the seller's balance; until then the
payout stays open, so that nobody can pay the same money again.
"""

from collections.abc import Sequence

from mywork.domain.decider import Decisions
from mywork.domain.errors import PaymentDisagrees, PayoutUnderWay, PredecessorMissing
from mywork.domain.money import Money
from mywork.domain.payout.bank_decisions import reversal_of
from mywork.domain.payout.evolve import PayoutEvent
from mywork.domain.payout.reversal_messages import (
    FailReversal,
    RecordReversal,
    ReversalFailed,
    ReversePayout,
    TransferReversed,
)
from mywork.domain.payout.state import RETURNED, WORDS, Payouts
from mywork.domain.reasons import check_reason


def reverse(command: ReversePayout, state: Payouts) -> Sequence[PayoutEvent]:
    payout = state.payout(command.payout_id)
    check_reason(command.reason)
    if payout.stage == "reversing":
        return ()
    if payout.stage not in RETURNED:
        raise PayoutUnderWay(
            f"payout {command.payout_id} {WORDS[payout.stage]}; only what the bank has sent back"
            " can be reversed"
        )
    return (reversal_of(payout, command.reason, automatic=False),)


def record(command: RecordReversal, state: Payouts) -> Sequence[PayoutEvent]:
    payout = state.of_transfer(command.transfer_id)
    if payout is None:
        raise PredecessorMissing(f"transfer {command.transfer_id} is not recorded yet")
    if command.reversal_id in payout.reversals:
        return ()
    if command.amount_minor > payout.left_minor:
        left = Money(payout.left_minor, command.currency)
        raise PaymentDisagrees(
            f"reversal {command.reversal_id} takes more than the {left} that were left of transfer"
            f" {command.transfer_id}"
        )
    return (
        TransferReversed(
            payout_id=payout.requested.payout_id,
            seller_id=command.seller_id,
            currency=command.currency,
            transfer_id=command.transfer_id,
            reversal_id=command.reversal_id,
            amount_minor=command.amount_minor,
        ),
    )


def fail(command: FailReversal, state: Payouts) -> Sequence[PayoutEvent]:
    payout = state.payout(command.payout_id)
    if payout.stage != "reversing" or payout.reversal_number != command.number:
        return ()
    return (ReversalFailed(command.payout_id, command.number, command.reason),)


DECISIONS: Decisions = {
    ReversePayout: reverse,
    RecordReversal: record,
    FailReversal: fail,
}
