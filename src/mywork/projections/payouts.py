"""Payouts as sellers see them, from the request to the bank."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventstore import Recorded
from mywork.domain import payout
from mywork.projections.documents import document, moment, money
from mywork.projections.projection import Projection


@dataclass(frozen=True, slots=True)
class PayoutRow:
    payout_id: str
    seller_id: str
    currency: str
    amount_minor: int
    status: str
    trigger: str
    transfer_id: str
    bank_payout_id: str
    reason: str
    requested_at: datetime
    completed_at: datetime | None


def keys(event: Any) -> Sequence[str]:
    return (event.payout_id,) if isinstance(event, payout.Event) else ()


def evolve(row: PayoutRow | None, recorded: Recorded) -> PayoutRow | None:
    event, at = recorded.event, recorded.metadata.effective_at
    if isinstance(event, payout.PayoutRequested):
        return _requested(event, at)
    if row is None:
        return None
    match event:
        case payout.PayoutSent():
            return replace(row, status="processing", transfer_id=event.transfer_id)
        case payout.PayoutRefused():
            return replace(row, status="cancelled", reason=event.reason)
        case payout.BankPayoutBegun():
            return replace(row, status="processing", bank_payout_id=event.bank_payout_id, reason="")
        case payout.PayoutCompleted():
            return replace(row, status="completed", reason="", completed_at=at)
        case payout.BankPayoutFailed():  # a bank may send back what was reported as paid
            return replace(row, status="failed", reason=event.failure_code, completed_at=None)
        case _:
            return row


def _requested(event: payout.PayoutRequested, at: datetime) -> PayoutRow:
    return PayoutRow(
        payout_id=event.payout_id,
        seller_id=event.seller_id,
        currency=event.currency,
        amount_minor=event.amount_minor,
        status="pending",
        trigger=event.trigger,
        transfer_id="",
        bank_payout_id="",
        reason="",
        requested_at=at,
        completed_at=None,
    )


def as_document(row: PayoutRow) -> bytes:
    return document(
        {
            "id": row.payout_id,
            "status": row.status,
            **money("amount", row.amount_minor, row.currency),
            "currency": row.currency,
            "trigger": row.trigger,
            "transfer_id": row.transfer_id or None,
            "bank_payout_id": row.bank_payout_id or None,
            "reason": row.reason or None,
            "requested_at": moment(row.requested_at),
            "completed_at": moment(row.completed_at),
        }
    )


PAYOUTS = Projection("payouts", PayoutRow, keys, evolve, as_document)
