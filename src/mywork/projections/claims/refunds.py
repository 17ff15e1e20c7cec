"""A refund as a line of its order, from the wish to the bank."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from mywork.documents.document import moment, money
from mywork.documents.refunds import Refund, RefundAsker, RefundStatus
from mywork.domain.order.refund_messages import (
    RefundApproved,
    RefundCreated,
    RefundDeclined,
    RefundEvent,
    RefundFailed,
    RefundRefused,
    RefundRequested,
    RefundSettled,
    RefundSucceeded,
)
from mywork.domain.order.settlement_messages import PaymentConverted

MADE: frozenset[RefundStatus] = frozenset({"pending", "succeeded"})
Event = RefundEvent | PaymentConverted


@dataclass(frozen=True, slots=True)
class RefundLine:
    """`amount_minor` is the buyer's; `seller_minor` is what it costs the seller, as owed now.

    "requested" waits for a person's decision, "approved" for Stripe; "pending" is under way there.
    """

    refund_id: str
    status: RefundStatus
    asked_by: RefundAsker
    reason: str
    note: str  # why it was declined, refused, or failed
    currency: str
    amount_minor: int
    seller_minor: int
    requested_at: datetime
    changed_at: datetime

    def document(self) -> Refund:
        return Refund(
            id=self.refund_id,
            status=self.status,
            **money("amount", self.amount_minor, self.currency),
            currency=self.currency,
            asked_by=self.asked_by,
            reason=self.reason,
            note=self.note or None,
            requested_at=moment(self.requested_at),
            changed_at=moment(self.changed_at),
        )


Lines = tuple[RefundLine, ...]


def evolve(lines: Lines, event: Event, at: datetime) -> Lines:
    """Lines in the order of asking, whatever the order in which it became known."""
    if isinstance(event, RefundRequested):
        return tuple(sorted((*lines, _requested(event, at)), key=_asked))
    if isinstance(event, PaymentConverted):
        shares: dict[str, int] = {r.refund_id: r.seller_minor for r in event.refunds}
        return tuple(
            replace(line, seller_minor=shares.get(line.refund_id, line.seller_minor))
            for line in lines
        )
    changed = _outcome(event)
    if changed is None:
        return lines
    status, note = changed
    return tuple(
        replace(line, status=status, note=note, changed_at=at)
        if line.refund_id == event.refund_id
        else line
        for line in lines
    )


def _requested(event: RefundRequested, at: datetime) -> RefundLine:
    return RefundLine(
        refund_id=event.refund_id,
        status="requested",
        asked_by=event.asked_by,
        reason=event.reason,
        note="",
        currency=event.asked_currency,
        amount_minor=event.asked_minor,
        seller_minor=event.seller_minor,
        requested_at=at,
        changed_at=at,
    )


def _asked(line: RefundLine) -> tuple[datetime, str]:
    return line.requested_at, line.refund_id


_Outcome = (
    RefundApproved
    | RefundCreated
    | RefundSucceeded
    | RefundDeclined
    | RefundRefused
    | RefundFailed
    | RefundSettled
)


def _outcome(event: _Outcome) -> tuple[RefundStatus, str] | None:
    match event:
        case RefundApproved():
            return "approved", ""
        case RefundCreated():
            return "pending", ""
        case RefundSucceeded():
            return "succeeded", ""
        case RefundDeclined():
            return "declined", event.reason
        case RefundRefused():
            return "refused", event.reason
        case RefundFailed():
            return ("cancelled" if event.cancelled else "failed"), event.failure_reason
        case RefundSettled():
            return None
        case _:
            assert_never(event)
