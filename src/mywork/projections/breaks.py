"""Breaks for finance: what is unexplained, since when, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventstore.envelope import Recorded
from mywork.documents.breaks import Break, BreakKind, BreakStatus, evidence_of
from mywork.documents.document import encode, exact, moment
from mywork.domain.breaks.difference_messages import DifferenceEnded, DifferenceFound, Evidence
from mywork.domain.breaks.evolve import BreakEvent
from mywork.domain.breaks.explanation_messages import (
    BreakAssigned,
    BreakOpened,
    BreakReopened,
    BreakResolved,
)
from mywork.domain.breaks.return_messages import PaymentReturnFailed
from mywork.domain.breaks.settlement_messages import BreakConverted
from mywork.projections.projection import Projection


@dataclass(frozen=True, slots=True)
class BreakRow:
    break_id: str
    status: BreakStatus
    kind: BreakKind
    object_id: str
    currency: str
    amount_minor: int
    concerns: str
    detail: str
    account: str
    reason: str
    opened_at: datetime
    resolved_at: datetime | None
    owner: str
    evidence: Evidence | None  # of a difference
    stands: bool  # of a difference: nothing was corrected, and it has not gone


def keys(event: Any) -> Sequence[str]:
    return (event.break_id,) if isinstance(event, BreakEvent) else ()


def evolve(row: BreakRow | None, recorded: Recorded) -> BreakRow | None:
    event, at = recorded.event, recorded.metadata.effective_at
    match row, event:
        case _, BreakOpened() | DifferenceFound():
            return _opened(event, at, row.owner if row else "")
        case BreakRow(), BreakResolved():
            return replace(
                row,
                status="resolved",
                account=event.account,
                reason=event.reason,
                resolved_at=at,
                stands=row.stands and not event.account,
            )
        case BreakRow(), BreakConverted():
            return replace(
                row, currency=event.settlement_currency, amount_minor=event.settled_minor
            )
        case BreakRow(status="open"), DifferenceEnded():
            return replace(
                row, status="resolved", reason=event.reason, resolved_at=at, stands=False
            )
        case BreakRow(), DifferenceEnded():
            return replace(row, stands=False)  # explained before, and by whom stays said
        case BreakRow(), PaymentReturnFailed() | BreakReopened():
            return replace(
                row,
                status="open",
                account="",
                reason="",
                resolved_at=None,
                stands=row.evidence is not None,
            )
        case BreakRow(), BreakAssigned():
            return replace(row, owner=event.owner)
        case _:
            return row


def _opened(event: BreakOpened | DifferenceFound, at: datetime, owner: str) -> BreakRow:
    evidence = event.evidence if isinstance(event, DifferenceFound) else None
    return BreakRow(
        break_id=event.break_id,
        status="open",
        kind=event.kind,
        object_id=event.object_id,
        currency=event.currency,
        amount_minor=event.amount_minor,
        concerns=event.concerns,
        detail=event.detail,
        account="",
        reason="",
        opened_at=at,
        resolved_at=None,
        owner=owner,
        evidence=evidence,
        stands=evidence is not None,
    )


def as_document(row: BreakRow) -> bytes:
    return encode(
        Break(
            id=row.break_id,
            status=row.status,
            kind=row.kind,
            object_id=row.object_id,
            amount=exact(row.amount_minor, row.currency) if row.currency else None,
            amount_minor=row.amount_minor,
            currency=row.currency or None,
            concerns=row.concerns or None,
            detail=row.detail,
            account=row.account or None,
            reason=row.reason or None,
            owner=row.owner or None,
            opened_at=moment(row.opened_at),
            resolved_at=moment(row.resolved_at),
            evidence=evidence_of(row.evidence) if row.evidence else None,
        )
    )


BREAKS = Projection("breaks", BreakRow, keys, evolve, as_document)
