"""Settling: what a transfer, and its reversal, did to Stripe's balance."""

from collections.abc import Sequence

from mywork.domain.decider import Decisions
from mywork.domain.errors import PredecessorMissing
from mywork.domain.payout.reversal_messages import ReversalSettled
from mywork.domain.payout.state import Payouts
from mywork.domain.payout.transfer_messages import SettlePayout, TransferSettled


def settle(command: SettlePayout, state: Payouts) -> Sequence[TransferSettled | ReversalSettled]:
    """Once for each transaction."""
    transaction, named = command.transaction, command.transaction.object_id
    reversal = transaction.subject == "reversal"
    payout = state.of_reversal(named) if reversal else state.of_transfer(named)
    if payout is None:
        raise PredecessorMissing(f"{'reversal' if reversal else 'transfer'} {named} is unknown yet")
    if payout.was_settled(named, transaction.id):
        return ()
    about = payout.requested.payout_id, command.seller_id, command.currency, transaction.id, named
    if reversal:
        return (ReversalSettled(*about, transaction.amount_minor, transaction.fee_minor),)
    return (TransferSettled(*about, -transaction.amount_minor, transaction.fee_minor),)


DECISIONS: Decisions = {SettlePayout: settle}
