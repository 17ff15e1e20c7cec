"""Which verb answers which command, and the stream that is the lock."""

from collections.abc import Callable, Sequence
from typing import Any

from mywork.domain.decider import Decider
from mywork.domain.identifiers import SellerId, UserId
from mywork.domain.payout import banking, reversing, sending, settling
from mywork.domain.payout.commands import (
    BeginBankPayout,
    CancelPayout,
    Command,
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
from mywork.domain.payout.events import Event
from mywork.domain.payout.state import Payouts, evolve

_VERBS: dict[type, Callable[[Any, Payouts], Sequence[Event]]] = {
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


def decide(command: Command, state: Payouts) -> Sequence[Event]:
    return _VERBS[type(command)](command, state)


def stream(command: Command) -> str:
    return stream_of(command.seller_id, command.currency)


def stream_of(seller_id: SellerId, currency: str) -> str:
    return f"payouts-{seller_id}-{currency}"


def owner_of(stream: str) -> tuple[SellerId, str]:
    """The seller and the currency that a stream's name has: the reverse of `stream_of`."""
    owner, _, currency = stream.removeprefix("payouts-").rpartition("-")
    return SellerId(UserId(owner)), currency


decider: Decider[Command, Event, Payouts] = Decider(Payouts(), decide, evolve, stream)
