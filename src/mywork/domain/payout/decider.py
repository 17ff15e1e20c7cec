"""The payouts' decider: which decision answers which command; the stream is the lock."""

from typing import get_args

from mywork.domain.decider import Decider
from mywork.domain.payout import (
    bank_decisions,
    bank_messages,
    reversal_decisions,
    reversal_messages,
    settlement_decisions,
    transfer_decisions,
    transfer_messages,
)
from mywork.domain.payout.evolve import PayoutEvent, evolve_payouts
from mywork.domain.payout.reversal_messages import ReversalMoneyEvent, ReversalRequested
from mywork.domain.payout.state import Payouts
from mywork.domain.payout.transfer_messages import TransferMoneyEvent
from mywork.domain.streams import payouts_stream

PayoutMoneyEvent = TransferMoneyEvent | ReversalMoneyEvent

PAYOUT: Decider[PayoutEvent, Payouts] = Decider(
    initial=Payouts(),
    decisions=transfer_decisions.DECISIONS
    | settlement_decisions.DECISIONS
    | bank_decisions.DECISIONS
    | reversal_decisions.DECISIONS,
    evolve=evolve_payouts,
    stream=lambda command: payouts_stream(command.seller_id, command.currency),
    events=transfer_messages.EVENTS | bank_messages.EVENTS | reversal_messages.EVENTS,
    money=get_args(PayoutMoneyEvent),
    still={ReversalRequested: "what is asked back; it moves when Stripe has reversed it"},
)
