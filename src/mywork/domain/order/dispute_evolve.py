"""How each event of a dispute changes an order's state. Nothing is decided here."""

from dataclasses import replace

from mywork.domain.charge import state as charge_state
from mywork.domain.charge.state import Maturing
from mywork.domain.order.dispute_messages import (
    DisputeClosed,
    DisputeOpened,
    DisputeReinstated,
    DisputeSettled,
    DisputeWithdrawn,
)
from mywork.domain.order.refund_messages import RefundRequested
from mywork.domain.order.shares import Taken, less, returned
from mywork.domain.order.state import Dispute, Paid, Share

DisputeStageEvent = (
    DisputeOpened | DisputeWithdrawn | DisputeReinstated | DisputeClosed | DisputeSettled
)


def disputed(state: Paid, event: DisputeStageEvent) -> Paid:
    charge, buckets = state.charge, state.buckets
    known = charge.disputes.get(event.dispute_id)
    match event:
        case DisputeOpened():
            changed = _opened(known, event)
        case _ if known is None:
            return state
        case DisputeWithdrawn():
            changed, buckets = _withdrawn(known, event), less(buckets, taken(event))
        case DisputeReinstated():
            changed = _reinstated(known, event)
            buckets = returned(buckets, 0, event.seller_minor + event.fee_minor)
        case DisputeClosed():
            changed, buckets = _closed(known, event), less(buckets, taken(event))
        case DisputeSettled():
            changed = known.settled_by(event.transaction_id)
            net_minor = -event.amount_minor - event.fee_minor
            maturing = Maturing(event.currency, net_minor, event.available_on)
            charge = charge.with_maturing(event.transaction_id, maturing)
    return replace(state, buckets=buckets, charge=charge.with_dispute(changed))


def taken(
    event: RefundRequested | DisputeWithdrawn | DisputeClosed,
) -> Taken:
    return Taken(event.from_pending_minor, event.from_reserve_minor, event.from_available_minor)


def _opened(known: Dispute | None, event: DisputeOpened) -> Dispute:
    """Again, where an inquiry becomes a dispute: what it has moved stays."""
    before: Dispute = known or charge_state.Dispute(event.dispute_id, 0, False, Share())
    return replace(
        before,
        asked_minor=event.amount_minor,
        inquiry=event.inquiry,
        evidence_due_by=event.evidence_due_by,
        outcome=None,
    )


def _withdrawn(known: Dispute, event: DisputeWithdrawn) -> Dispute:
    return replace(
        known,
        disputed_minor=event.disputed_minor,
        held_minor=known.held_minor + event.amount_minor,
        share=Share(
            known.share.seller_minor + event.seller_minor,
            known.share.commission_minor + event.commission_minor,
        ),
        moved=known.moved | {event.transaction_id},
    )


def _reinstated(known: Dispute, event: DisputeReinstated) -> Dispute:
    held_minor = known.held_minor - event.held_minor
    return replace(
        known,
        disputed_minor=known.disputed_minor * held_minor // known.held_minor,
        held_minor=held_minor,
        share=Share(
            known.share.seller_minor - event.seller_minor,
            known.share.commission_minor - event.commission_minor,
        ),
        moved=known.moved | {event.transaction_id},
    )


def _closed(known: Dispute, event: DisputeClosed) -> Dispute:
    """A lost one keeps the shares that it cost: they still count against the payment."""
    if event.outcome != "lost":
        return replace(known, outcome=event.outcome)
    share = Share(event.seller_minor, event.commission_minor)
    return replace(known, outcome=event.outcome, held_minor=0, share=share)
