"""Payouts as sellers see them, from the request to the bank."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventstore.envelope import Recorded
from mywork.documents.document import encode, moment, money
from mywork.documents.payouts import Payout, PayoutStatus, PayoutTrigger
from mywork.domain.payout.bank_messages import (
    BankPayoutBegun,
    BankPayoutFailed,
    BankPayoutRetried,
    BankRetryScheduled,
    PayoutCompleted,
)
from mywork.domain.payout.cutoffs import cutoff_of
from mywork.domain.payout.evolve import PayoutEvent
from mywork.domain.payout.reversal_messages import (
    ReversalFailed,
    ReversalRequested,
    TransferReversed,
)
from mywork.domain.payout.transfer_messages import (
    PayoutCancelled,
    PayoutDispatched,
    PayoutHeld,
    PayoutQueued,
    PayoutRefused,
    PayoutRequested,
    PayoutSent,
)
from mywork.projections.payout_periods import PeriodBegun, with_periods
from mywork.projections.projection import Projection


@dataclass(frozen=True, slots=True)
class PayoutRow:
    payout_id: str
    seller_id: str
    currency: str
    amount_minor: int
    reversed_minor: int
    status: PayoutStatus
    trigger: PayoutTrigger
    period_start: datetime | None
    period_end: datetime
    transfer_id: str
    bank_payout_id: str
    reason: str
    requested_at: datetime
    completed_at: datetime | None
    retry_at: datetime | None
    reversed_at: datetime | None


def keys(event: Any) -> Sequence[str]:
    return (event.payout_id,) if isinstance(event, PayoutEvent | PeriodBegun) else ()


def evolve(row: PayoutRow | None, recorded: Recorded) -> PayoutRow | None:
    event, at = recorded.event, recorded.metadata.effective_at
    if isinstance(event, PayoutRequested):
        return _requested(event, at)
    if row is None:
        return None
    return _moved(row, event, at)


def _moved(row: PayoutRow, event: PayoutEvent | PeriodBegun, at: datetime) -> PayoutRow:
    match event:
        case PeriodBegun():
            return replace(row, period_start=min(event.period_start, row.period_end))
        case PayoutQueued():
            return replace(row, status="queued", reason="")
        case PayoutHeld():
            return replace(row, status="held", reason=event.reason)
        case PayoutDispatched() | BankPayoutRetried():
            return replace(row, status="processing", reason="", retry_at=None)
        case PayoutSent():
            return replace(row, status="processing", transfer_id=event.transfer_id, reason="")
        case PayoutRefused() | PayoutCancelled():
            return replace(row, status="cancelled", reason=event.reason)
        case TransferReversed():
            return _reversed(row, event, at)
        case ReversalFailed():
            return replace(row, status="held", reason=event.reason)
        case _:
            return _told_by_the_bank(row, event, at)


def _told_by_the_bank(row: PayoutRow, event: PayoutEvent, at: datetime) -> PayoutRow:
    """The bank's word does not bring back a payout whose money is back with us."""
    if row.status == "reversed":
        return row
    match event:
        case BankPayoutBegun():
            return replace(row, status="processing", bank_payout_id=event.bank_payout_id, reason="")
        case PayoutCompleted():
            return replace(row, status="completed", reason="", completed_at=at)
        case BankPayoutFailed():  # a bank may send back what was reported as paid
            return replace(row, status="failed", reason=event.failure_code, completed_at=None)
        case BankRetryScheduled():
            return replace(row, retry_at=event.retry_at)
        case ReversalRequested():
            return replace(row, status="failed", reason=event.reason, retry_at=None)
        case _:
            return row


def _reversed(row: PayoutRow, event: TransferReversed, at: datetime) -> PayoutRow:
    reversed_minor = row.reversed_minor + event.amount_minor
    row = replace(row, reversed_minor=reversed_minor)
    if reversed_minor < row.amount_minor:
        return row
    return replace(row, status="reversed", completed_at=None, reversed_at=at, retry_at=None)


def _requested(event: PayoutRequested, at: datetime) -> PayoutRow:
    return PayoutRow(
        payout_id=event.payout_id,
        seller_id=event.seller_id,
        currency=event.currency,
        amount_minor=event.amount_minor,
        reversed_minor=0,
        status="pending",
        trigger=event.trigger,
        period_start=None,
        period_end=cutoff_of(event, at),
        transfer_id="",
        bank_payout_id="",
        reason="",
        requested_at=at,
        completed_at=None,
        retry_at=None,
        reversed_at=None,
    )


def as_document(row: PayoutRow) -> bytes:
    return encode(
        Payout(
            id=row.payout_id,
            status=row.status,
            **money("amount", row.amount_minor, row.currency),
            **money("reversed", row.reversed_minor, row.currency),
            currency=row.currency,
            trigger=row.trigger,
            period_start=moment(row.period_start),
            period_end=moment(row.period_end),
            transfer_id=row.transfer_id or None,
            bank_payout_id=row.bank_payout_id or None,
            reason=row.reason or None,
            requested_at=moment(row.requested_at),
            completed_at=moment(row.completed_at),
            retry_at=moment(row.retry_at),
            reversed_at=moment(row.reversed_at),
        )
    )


PAYOUTS = Projection("payouts", PayoutRow, keys, evolve, as_document, with_periods)
