"""Which verb answers which command, and the stream that is the lock."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from mywork.domain.decider import Decider
from mywork.domain.payout import banking, reversing, sending, settling
from mywork.domain.payout.commands import (
    BeginBankPayout,
    CancelPayout,
    DispatchPayout,
    FailReversal,
    HoldPayout,
    QueuePayout,
    RecordBankOutcome,
    RecordReversal,
    RefuseBankPayout,
    RefusePayout,
    RequestPayout,
    RetryBankPayout,
    ReversePayout,
    SendPayout,
    SettlePayout,
)
from mywork.domain.payout.events import (
    EVENTS,
    PayoutCancelled,
    PayoutEvent,
    PayoutRefused,
    PayoutRequested,
    PayoutSent,
    ReversalRequested,
    ReversalSettled,
    TransferReversed,
    TransferSettled,
)
from mywork.domain.payout.state import Payouts, evolve_payouts
from mywork.domain.streams import payouts_stream

DECISIONS: Mapping[type, Callable[[Any, Payouts], Sequence[PayoutEvent]]] = {
    RequestPayout: sending.request,
    QueuePayout: sending.queue,
    HoldPayout: sending.hold,
    DispatchPayout: sending.dispatch,
    SendPayout: sending.send,
    SettlePayout: settling.settle,
    RefusePayout: sending.refuse,
    CancelPayout: sending.cancel,
    BeginBankPayout: banking.begin,
    RefuseBankPayout: banking.refuse,
    RecordBankOutcome: banking.record_outcome,
    RetryBankPayout: banking.retry,
    ReversePayout: reversing.reverse,
    RecordReversal: reversing.record,
    FailReversal: reversing.fail,
}

PayoutMoneyEvent = (
    PayoutRequested
    | PayoutSent
    | PayoutRefused
    | PayoutCancelled
    | TransferReversed
    | TransferSettled
    | ReversalSettled
)

PAYOUT: Decider[PayoutEvent, Payouts] = Decider(
    initial=Payouts(),
    decisions=DECISIONS,
    evolve=evolve_payouts,
    stream=lambda command: payouts_stream(command.seller_id, command.currency),
    events=EVENTS,
    money=get_args(PayoutMoneyEvent),
    still={ReversalRequested: "what is asked back; it moves when Stripe has reversed it"},
)
