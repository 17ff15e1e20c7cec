"""The payouts of one seller in one currency: at most one in flight, whoever asks.

The stream itself is the lock: cron, retry and request meet the same version, so two of them can
never pay twice. A payout is a transfer to the seller's Stripe account, then a bank payout there.

    requested ─► (queued, held) ─► dispatched ─► sent ─► banking ─► paid
        │                              │           ▲         │        │
        ▼                              ▼           └─ retry ─┴ failed ┘
    cancelled                       refused                      │
                                                 blocked ◄─ reversing ─► reversed

Read `events`, `state`, then the verbs in `sending`, `banking` and `reversing`.
"""

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
from mywork.domain.payout.decider import decide, decider, owner_of, stream, stream_of
from mywork.domain.payout.events import (
    BankPayoutBegun,
    BankPayoutFailed,
    BankPayoutRetried,
    BankRetryScheduled,
    Event,
    PayoutCancelled,
    PayoutCompleted,
    PayoutDispatched,
    PayoutHeld,
    PayoutQueued,
    PayoutRefused,
    PayoutRequested,
    PayoutSent,
    ReversalFailed,
    ReversalRequested,
    ReversalSettled,
    TransferReversed,
    TransferSettled,
    Trigger,
)
from mywork.domain.payout.sending import looking_into
from mywork.domain.payout.state import UNSENT, Payout, Payouts

__all__ = [
    "UNSENT",
    "BankPayoutBegun",
    "BankPayoutFailed",
    "BankPayoutRetried",
    "BankRetryScheduled",
    "BeginBankPayout",
    "CancelPayout",
    "Command",
    "DispatchPayout",
    "Event",
    "FailReversal",
    "HoldPayout",
    "Payout",
    "PayoutCancelled",
    "PayoutCompleted",
    "PayoutDispatched",
    "PayoutHeld",
    "PayoutQueued",
    "PayoutRefused",
    "PayoutRequested",
    "PayoutSent",
    "Payouts",
    "QueuePayout",
    "RecordBankOutcome",
    "RecordReversal",
    "RefuseBankPayout",
    "RefusePayout",
    "RequestPayout",
    "RetryBankPayout",
    "ReversalFailed",
    "ReversalRequested",
    "ReversalSettled",
    "ReversePayout",
    "SendPayout",
    "SettlePayout",
    "TransferReversed",
    "TransferSettled",
    "Trigger",
    "decide",
    "decider",
    "looking_into",
    "owner_of",
    "stream",
    "stream_of",
]
