"""A dispute as a line of its order: what the bank took, who bears it, until when to answer.

Amounts that Stripe holds, and what they cost the seller, are in the currency that the seller is
owed; `amount_minor` is in the order's.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from mywork.documents.disputes import DisputeStatus, OrderDispute
from mywork.documents.document import moment, money
from mywork.domain.charge.state import DisputeOutcome
from mywork.domain.order.dispute_messages import (
    DisputeClosed,
    DisputeOpened,
    DisputeReinstated,
    DisputeWithdrawn,
    EvidenceSubmitted,
)

Event = DisputeOpened | DisputeWithdrawn | DisputeReinstated | DisputeClosed | EvidenceSubmitted


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """`seller_minor` is set aside until the outcome; `fee_minor` and `lost_minor` are gone."""

    dispute_id: str
    inquiry: bool
    outcome: DisputeOutcome | Literal[""]  # empty while it is open
    reason: str
    currency: str
    amount_minor: int
    owed_currency: str
    held_minor: int
    disputed_minor: int  # what of `amount_minor` was withdrawn
    seller_minor: int
    fee_minor: int
    lost_minor: int
    opened_at: datetime
    evidence_due_by: datetime | None
    evidence_at: datetime | None  # of the last that was final
    withdrawn_at: datetime | None
    closed_at: datetime | None

    @property
    def open(self) -> bool:
        return not self.outcome

    @property
    def lost(self) -> bool:
        return self.outcome == "lost"

    @property
    def answered(self) -> bool:
        """Evidence for an inquiry is none for the dispute that it became."""
        return self.evidence_at is not None and self.evidence_at >= self.opened_at

    @property
    def status(self) -> DisputeStatus:
        if self.outcome:
            return self.outcome
        if self.answered:
            return "evidence_submitted"
        return "inquiry" if self.inquiry else "needs_response"

    def document(self) -> OrderDispute:
        return OrderDispute(
            id=self.dispute_id,
            status=self.status,
            inquiry=self.inquiry,
            reason=self.reason,
            **money("amount", self.amount_minor, self.currency),
            currency=self.currency,
            evidence_due_by=moment(self.evidence_due_by),
            evidence_submitted_at=moment(self.evidence_at),
            opened_at=moment(self.opened_at),
            withdrawn_at=moment(self.withdrawn_at),
            closed_at=moment(self.closed_at),
        )


def evolve(line: DisputeLine | None, event: Event, at: datetime) -> DisputeLine | None:
    if isinstance(event, DisputeOpened):
        return _opened(line, event, at)
    if line is None:
        return None
    match event:
        case DisputeWithdrawn():
            return replace(
                line,
                owed_currency=event.currency,
                held_minor=line.held_minor + event.amount_minor,
                disputed_minor=event.disputed_minor,
                seller_minor=line.seller_minor + event.seller_minor,
                fee_minor=line.fee_minor + event.fee_minor,
                withdrawn_at=at,
            )
        case DisputeReinstated():
            return _reinstated(line, event)
        case DisputeClosed():
            return _closed(line, event, at)
        case EvidenceSubmitted():
            return replace(line, evidence_at=at) if event.final else line
        case _:
            assert_never(event)


def _opened(line: DisputeLine | None, event: DisputeOpened, at: datetime) -> DisputeLine:
    """An inquiry that becomes a dispute is opened again, and asks for an answer again."""
    if line is not None:
        return replace(
            line,
            inquiry=event.inquiry,
            reason=event.reason,
            amount_minor=event.amount_minor,
            opened_at=at,
            evidence_due_by=event.evidence_due_by,
        )
    return DisputeLine(
        dispute_id=event.dispute_id,
        inquiry=event.inquiry,
        outcome="",
        reason=event.reason,
        currency=event.currency,
        amount_minor=event.amount_minor,
        owed_currency=event.currency,
        held_minor=0,
        disputed_minor=0,
        seller_minor=0,
        fee_minor=0,
        lost_minor=0,
        opened_at=at,
        evidence_due_by=event.evidence_due_by,
        evidence_at=None,
        withdrawn_at=None,
        closed_at=None,
    )


def _reinstated(line: DisputeLine, event: DisputeReinstated) -> DisputeLine:
    held_minor = line.held_minor - event.held_minor
    return replace(
        line,
        held_minor=held_minor,
        disputed_minor=line.disputed_minor * held_minor // line.held_minor,
        seller_minor=line.seller_minor - event.seller_minor,
        fee_minor=line.fee_minor - event.fee_minor,
    )


def _closed(line: DisputeLine, event: DisputeClosed, at: datetime) -> DisputeLine:
    closed = replace(line, outcome=event.outcome, closed_at=at)
    if not closed.lost:
        return closed
    return replace(
        closed,
        owed_currency=event.currency,
        held_minor=line.held_minor - event.held_minor,
        seller_minor=line.seller_minor - event.set_aside_minor,
        lost_minor=line.lost_minor + event.seller_minor,
    )
