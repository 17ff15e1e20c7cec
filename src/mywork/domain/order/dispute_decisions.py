"""Disputing: a bank takes money back, and who bears it until the outcome is known.

Opening one only stops release. The withdrawal puts the seller's share aside; winning gives it
back, losing makes it final. Facts are never refused: where refunds came first, the share is what
is left, and what nobody covers at the end is named as excess.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.charge.dispute import given_back
from mywork.domain.decider import Decisions
from mywork.domain.errors import (
    DisputeNotFound,
    DisputeNotOpen,
    EvidenceTooLate,
    PaymentDisagrees,
    PredecessorMissing,
)
from mywork.domain.identifiers import DisputeId
from mywork.domain.money import allocate
from mywork.domain.order.dispute_messages import (
    CloseDispute,
    DisputeClosed,
    DisputeEvent,
    DisputeOpened,
    DisputeReinstated,
    DisputeSettled,
    DisputeWithdrawn,
    EvidenceSubmitted,
    FraudWarned,
    OpenDispute,
    RecordFraudWarning,
    ReinstateDispute,
    SubmitEvidence,
    WithdrawDispute,
)
from mywork.domain.order.refund_decisions import declined
from mywork.domain.order.refund_messages import RefundDeclined
from mywork.domain.order.release_decisions import due_after_dispute
from mywork.domain.order.shares import claim, returned, take
from mywork.domain.order.state import Dispute, OrderState, Paid, Share


def open_dispute(command: OpenDispute, state: OrderState) -> Sequence[DisputeEvent]:
    """An inquiry that becomes a dispute is opened again as one; nothing goes back."""
    paid = _paid(state, command.dispute_id)
    known = paid.charge.disputes.get(command.dispute_id)
    escalated = known is not None and known.inquiry and not command.inquiry
    if known is not None and not escalated:
        return ()
    if command.currency != paid.charge.currency:
        raise PaymentDisagrees(f"{command.dispute_id} disputes {command.currency}")
    return (
        DisputeOpened(
            order_id=command.order_id,
            dispute_id=command.dispute_id,
            buyer_id=paid.payment.buyer_id,
            seller_id=paid.payment.seller_id,
            charge_id=command.charge_id,
            currency=command.currency,
            amount_minor=command.amount_minor,
            reason=command.reason,
            inquiry=command.inquiry,
            evidence_due_by=command.evidence_due_by,
        ),
    )


def withdraw_dispute(
    command: WithdrawDispute, state: OrderState
) -> Sequence[DisputeEvent | RefundDeclined]:
    """What waits for a decision gives way: the buyer has asked the bank for the same money."""
    paid, dispute = _known(state, command.dispute_id)
    if command.transaction_id in dispute.moved:
        return ()
    _check_currency(command, paid)
    waiting = [r for r in paid.charge.refunds.values() if r.stage == "requested"]
    given_way = [declined(paid, r, "the buyer disputed the payment") for r in waiting]
    for event in given_way:
        paid = _without_request(paid, event)
    return (*given_way, _withdrawn(command, paid, dispute))


def _without_request(state: Paid, event: RefundDeclined) -> Paid:
    """The order once a requested refund is off."""
    ended = replace(state.charge.refunds[event.refund_id], stage="declined")
    buckets = returned(state.buckets, event.to_pending_minor, event.to_available_minor)
    return replace(state, buckets=buckets, charge=state.charge.with_refund(ended))


def _withdrawn(command: WithdrawDispute, state: Paid, dispute: Dispute) -> DisputeWithdrawn:
    disputed_minor = dispute.asked_minor
    share = claim(state, disputed_minor).share
    taken = take(state.buckets, share.seller_minor + command.fee_minor)
    return DisputeWithdrawn(
        order_id=command.order_id,
        dispute_id=command.dispute_id,
        seller_id=state.payment.seller_id,
        transaction_id=command.transaction_id,
        disputed_minor=disputed_minor,
        currency=command.currency,
        amount_minor=command.amount_minor,
        fee_minor=command.fee_minor,
        seller_minor=share.seller_minor,
        commission_minor=share.commission_minor,
        from_pending_minor=taken.pending_minor,
        from_reserve_minor=taken.reserve_minor,
        from_available_minor=taken.available_minor,
    )


def reinstate_dispute(command: ReinstateDispute, state: OrderState) -> Sequence[DisputeEvent]:
    """Shares return in proportion; where currencies differ the whole returns at another rate."""
    paid, dispute = _known(state, command.dispute_id)
    if command.transaction_id in dispute.moved:
        return ()
    _check_currency(command, paid)
    held_minor = given_back(paid.charge, dispute, command.amount_minor)
    seller_minor, commission_minor = dispute.share.seller_minor, dispute.share.commission_minor
    if held_minor < dispute.held_minor:
        other = dispute.held_minor - seller_minor - commission_minor
        weights = seller_minor, commission_minor, other
        seller_minor, commission_minor, _ = allocate(held_minor, weights)
    return (
        DisputeReinstated(
            order_id=command.order_id,
            dispute_id=command.dispute_id,
            seller_id=paid.payment.seller_id,
            transaction_id=command.transaction_id,
            currency=command.currency,
            amount_minor=command.amount_minor,
            fee_minor=command.fee_minor,
            held_minor=held_minor,
            seller_minor=seller_minor,
            commission_minor=commission_minor,
            exchange_loss_minor=held_minor - command.amount_minor,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Loss:
    """What a lost dispute costs whom; of the seller's part most was set aside before."""

    seller_minor: int
    set_aside_minor: int
    commission_minor: int
    exchange_loss_minor: int
    excess_minor: int


def close_dispute(command: CloseDispute, state: OrderState) -> Sequence[DisputeEvent]:
    paid, dispute = _known(state, command.dispute_id)
    overtaken = command.outcome == "inquiry_closed" and not dispute.inquiry
    if not dispute.open or overtaken:
        return ()
    for transaction_id in command.transaction_ids:
        if transaction_id not in dispute.moved:
            raise PredecessorMissing(f"{command.dispute_id} ended after {transaction_id}")
    lost = command.outcome == "lost"
    held_minor = dispute.held_minor if lost else 0
    loss = _loss(paid, dispute) if held_minor else _Loss(0, 0, 0, 0, 0)
    taken = take(paid.buckets, loss.seller_minor - loss.set_aside_minor)
    ended = paid.charge.with_dispute(replace(dispute, outcome=command.outcome))
    stopped = ended.open_dispute is not None
    release_at, reserve_at = (None, None) if stopped else due_after_dispute(paid, command.at)
    return (
        DisputeClosed(
            order_id=command.order_id,
            dispute_id=command.dispute_id,
            seller_id=paid.payment.seller_id,
            outcome=command.outcome,
            currency=paid.division.currency,
            held_minor=held_minor,
            seller_minor=loss.seller_minor,
            set_aside_minor=loss.set_aside_minor,
            commission_minor=loss.commission_minor,
            exchange_loss_minor=loss.exchange_loss_minor,
            excess_minor=loss.excess_minor,
            from_pending_minor=taken.pending_minor,
            from_reserve_minor=taken.reserve_minor,
            from_available_minor=taken.available_minor,
            release_at=release_at,
            reserve_release_at=reserve_at,
        ),
    )


def _loss(state: Paid, dispute: Dispute) -> _Loss:
    """As fixed at the withdrawal; allocated again only where refunds had left too little room.

    Money that Stripe moved at another rate than the payment's is a difference of rates.
    """
    booked_minor = state.charge.booked(dispute.disputed_minor)
    exchange_loss_minor = dispute.held_minor - booked_minor
    aside, commission = dispute.share.seller_minor, dispute.share.commission_minor
    if aside + commission == booked_minor:
        return _Loss(aside, aside, commission, exchange_loss_minor, 0)
    without = state.charge.with_dispute(replace(dispute, disputed_minor=0, share=Share()))
    share = claim(replace(state, charge=without), dispute.disputed_minor).share
    seller = max(share.seller_minor, aside)
    commission = min(max(share.commission_minor, commission), booked_minor - seller)
    excess = booked_minor - seller - commission
    return _Loss(seller, aside, commission, exchange_loss_minor, excess)


def settle_dispute(transaction: BalanceTransaction, state: OrderState) -> Sequence[DisputeSettled]:
    paid, dispute = _known(state, DisputeId(transaction.object_id))
    if transaction.id in dispute.settled:
        return ()
    if transaction.id not in dispute.moved:
        raise PredecessorMissing(f"{transaction.id} is not told by its dispute yet")
    return (
        DisputeSettled(
            order_id=paid.payment.order_id,
            dispute_id=DisputeId(dispute.dispute_id),
            transaction_id=transaction.id,
            currency=transaction.currency,
            amount_minor=-transaction.amount_minor,
            fee_minor=transaction.fee_minor,
            available_on=transaction.available_on,
        ),
    )


def submit_evidence(command: SubmitEvidence, state: OrderState) -> Sequence[DisputeEvent]:
    check_evidence(state, command.dispute_id, command.at)
    return (EvidenceSubmitted(command.order_id, command.dispute_id, command.fields, command.final),)


def check_evidence(state: OrderState, dispute_id: DisputeId, at: datetime) -> Dispute:
    """The dispute, if evidence can still be submitted; else the refusal that says why not."""
    if not isinstance(state, Paid) or dispute_id not in state.charge.disputes:
        raise DisputeNotFound(f"there is no dispute {dispute_id} of this order")
    dispute = state.charge.disputes[dispute_id]
    if not dispute.open:
        raise DisputeNotOpen(f"dispute {dispute_id} was closed: {dispute.outcome}")
    due_by = dispute.evidence_due_by
    if due_by is not None and at > due_by:
        raise EvidenceTooLate(f"evidence was due by {due_by:%Y-%m-%d %H:%M} UTC")
    return dispute


def record_fraud_warning(command: RecordFraudWarning, state: OrderState) -> Sequence[DisputeEvent]:
    paid = _paid(state, command.warning_id)
    if command.warning_id in paid.warnings:
        return ()
    return (
        FraudWarned(
            order_id=command.order_id,
            warning_id=command.warning_id,
            charge_id=command.charge_id,
            fraud_type=command.fraud_type,
            actionable=command.actionable,
        ),
    )


def _paid(state: OrderState, what: str) -> Paid:
    if isinstance(state, Paid):
        return state
    raise PredecessorMissing(f"{what} waits for the payment that it disputes")


def _known(state: OrderState, dispute_id: DisputeId) -> tuple[Paid, Dispute]:
    paid = _paid(state, dispute_id)
    if dispute_id not in paid.charge.disputes:
        raise PredecessorMissing(f"dispute {dispute_id} is not recorded yet")
    return paid, paid.charge.disputes[dispute_id]


def _check_currency(command: WithdrawDispute | ReinstateDispute, state: Paid) -> None:
    if command.currency == state.charge.booked_currency:
        return
    if state.charge.settlement is None:
        raise PredecessorMissing(f"{command.transaction_id} waits for its charge to be settled")
    raise PaymentDisagrees(f"{command.transaction_id} moves {command.currency}")


DECISIONS: Decisions = {
    OpenDispute: open_dispute,
    WithdrawDispute: withdraw_dispute,
    ReinstateDispute: reinstate_dispute,
    CloseDispute: close_dispute,
    SubmitEvidence: submit_evidence,
    RecordFraudWarning: record_fraud_warning,
}
