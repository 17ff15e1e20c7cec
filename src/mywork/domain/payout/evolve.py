"""How each event changes where a payout stands."""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from mywork.domain.payout.bank_messages import (
    BankEvent,
    BankPayoutBegun,
    BankPayoutFailed,
    BankPayoutRetried,
    BankRetryScheduled,
    PayoutCompleted,
)
from mywork.domain.payout.reversal_messages import (
    ReversalEvent,
    ReversalFailed,
    ReversalRequested,
    ReversalSettled,
    TransferReversed,
)
from mywork.domain.payout.state import BankOutcome, Payout, Payouts, Stage
from mywork.domain.payout.transfer_messages import (
    PayoutCancelled,
    PayoutDispatched,
    PayoutHeld,
    PayoutQueued,
    PayoutRefused,
    PayoutRequested,
    PayoutSent,
    TransferEvent,
    TransferSettled,
)

PayoutEvent = TransferEvent | BankEvent | ReversalEvent


def evolve_payouts(state: Payouts, event: PayoutEvent) -> Payouts:
    known = state.by_id.get(event.payout_id)
    if isinstance(event, PayoutRequested):
        after = Payout(event)
    elif known is None:
        return state
    else:
        after = _changed(known, event)
    return Payouts({**state.by_id, event.payout_id: after})


def _changed(payout: Payout, event: PayoutEvent) -> Payout:
    match event:
        case PayoutRequested():
            return payout
        case PayoutQueued():
            return replace(payout, stage="queued")
        case PayoutHeld():
            return replace(payout, stage="held")
        case PayoutDispatched(number=number):
            return replace(payout, stage="dispatched", dispatches=number)
        case PayoutSent(transfer_id=transfer_id):
            return replace(payout, stage="sent", transfer_id=transfer_id, attempt=1)
        case TransferSettled(transfer_id=object_id, transaction_id=transaction_id):
            return replace(payout, settlements={**payout.settlements, object_id: transaction_id})
        case PayoutRefused():
            return replace(payout, stage="refused")
        case PayoutCancelled():
            return replace(payout, stage="cancelled")
        case _:
            return _changed_after_transfer(payout, event)


def _changed_after_transfer(
    payout: Payout,
    event: BankEvent | ReversalEvent,
) -> Payout:
    match event:
        case BankPayoutBegun(bank_payout_id=bank_id):
            return _at_bank(payout, "banking", {bank_id: "begun"})
        case PayoutCompleted(bank_payout_id=bank_id):
            return _at_bank(payout, "paid", {bank_id: "paid"})
        case BankPayoutFailed(bank_payout_id=bank_id):
            return _at_bank(payout, "failed", {bank_id: "failed"} if bank_id else {})
        case BankRetryScheduled():
            return payout
        case BankPayoutRetried(attempt=attempt):
            return replace(payout, stage="sent", attempt=attempt)
        case ReversalRequested(number=number):
            return replace(payout, stage="reversing", reversal_number=number)
        case TransferReversed(reversal_id=reversal_id, amount_minor=amount_minor):
            after = replace(payout, reversals={**payout.reversals, reversal_id: amount_minor})
            return after if after.left_minor else replace(after, stage="reversed")
        case ReversalSettled(reversal_id=object_id, transaction_id=transaction_id):
            return replace(payout, settlements={**payout.settlements, object_id: transaction_id})
        case ReversalFailed():
            paid = "paid" in payout.bank.values()
            return replace(payout, stage="paid" if paid else "blocked")
        case _:
            assert_never(event)


def _at_bank(payout: Payout, stage: Stage, outcome: Mapping[str, BankOutcome]) -> Payout:
    """What the bank says is kept; it moves no payout whose money is back or asked back."""
    kept = payout.stage in {"reversing", "reversed"}
    return replace(payout, stage=payout.stage if kept else stage, bank={**payout.bank, **outcome})
