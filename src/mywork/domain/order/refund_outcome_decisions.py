"""What Stripe made of a refund: refused, created, succeeded or failed, settled.

Facts are never refused. A refund that was made elsewhere is requested and made at once; what the
order no longer covers of it is excess.
"""

from collections.abc import Sequence

from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.charge.settlement import refund_moved
from mywork.domain.decider import Decisions
from mywork.domain.errors import PaymentDisagrees, PredecessorMissing
from mywork.domain.identifiers import RefundId
from mywork.domain.order.refund_decisions import known_refund, refund_of, requested_refund
from mywork.domain.order.refund_messages import (
    ConcludeRefund,
    RecordRefund,
    RefundCreated,
    RefundEvent,
    RefundFailed,
    RefundRefused,
    RefundSettled,
    RefundSucceeded,
    RefuseRefund,
)
from mywork.domain.order.shares import give_back
from mywork.domain.order.state import OrderState, Paid, Payable, Refund


def refuse_refund(command: RefuseRefund, state: OrderState) -> Sequence[RefundEvent]:
    paid, refund = known_refund(state, command.refund_id)
    if refund.stage != "approved":
        return ()
    to_pending, to_available = give_back(paid, refund.share.seller_minor)
    return (
        RefundRefused(
            order_id=command.order_id,
            refund_id=command.refund_id,
            seller_id=paid.payment.seller_id,
            reason=command.reason,
            currency=paid.division.currency,
            seller_minor=refund.share.seller_minor,
            to_pending_minor=to_pending,
            to_available_minor=to_available,
        ),
    )


def record_refund(command: RecordRefund, state: OrderState) -> Sequence[RefundEvent]:
    """Ours comes as approved; one made elsewhere is requested and made at once."""
    paid = _paid(state, command.stripe_refund_id)
    if paid.charge.refund_made(command.stripe_refund_id) is not None:
        return ()
    if command.currency != paid.charge.currency:
        raise PaymentDisagrees(f"{command.stripe_refund_id} is a refund in {command.currency}")
    ours = paid.charge.refunds.get(command.refund_id)
    if ours is not None and ours.stage == "approved":
        return (_created(paid, ours, command.stripe_refund_id),)
    requested = requested_refund(
        paid,
        RefundId(command.stripe_refund_id),
        command.amount_minor,
        asked_by="stripe",
        reason="made at Stripe",
    )
    return (requested, _created(paid, refund_of(requested), command.stripe_refund_id))


def _created(state: Paid, refund: Refund, stripe_refund_id: str) -> RefundCreated:
    return RefundCreated(
        order_id=state.payment.order_id,
        refund_id=RefundId(refund.refund_id),
        seller_id=state.payment.seller_id,
        stripe_refund_id=stripe_refund_id,
        currency=state.division.currency,
        amount_minor=refund.amount_minor,
        seller_minor=refund.share.seller_minor,
        commission_minor=refund.share.commission_minor,
        processing_minor=refund.share.processing_minor,
        excess_minor=refund.excess_minor,
    )


def conclude_refund(command: ConcludeRefund, state: OrderState) -> Sequence[RefundEvent]:
    """Failed is the last word, also after succeeded: banks send money back weeks later."""
    paid = _paid(state, command.stripe_refund_id)
    refund = _made(paid, command.stripe_refund_id)
    refund_id = RefundId(refund.refund_id)
    if refund.stage == "failed" or refund.stage == command.outcome:
        return ()
    if command.outcome == "succeeded":
        return (RefundSucceeded(command.order_id, refund_id, command.stripe_refund_id),)
    to_pending, to_available = give_back(paid, refund.share.seller_minor)
    return (
        RefundFailed(
            order_id=command.order_id,
            refund_id=refund_id,
            seller_id=paid.payment.seller_id,
            stripe_refund_id=command.stripe_refund_id,
            cancelled=command.outcome == "canceled",
            failure_reason=command.failure_reason,
            currency=paid.division.currency,
            amount_minor=refund.amount_minor,
            to_pending_minor=to_pending,
            to_available_minor=to_available,
            commission_minor=refund.share.commission_minor,
            processing_minor=refund.share.processing_minor,
            excess_minor=refund.excess_minor,
        ),
    )


def settle_refund(transaction: BalanceTransaction, state: OrderState) -> Sequence[RefundSettled]:
    paid = _paid(state, transaction.object_id)
    refund = _made(paid, transaction.object_id)
    moved = refund_moved(transaction, paid.charge, refund)
    if moved is None:
        return ()
    return (
        RefundSettled(
            order_id=paid.payment.order_id,
            refund_id=RefundId(refund.refund_id),
            stripe_refund_id=transaction.object_id,
            transaction_id=transaction.id,
            currency=transaction.currency,
            amount_minor=moved.amount_minor,
            moved_minor=moved.moved_minor,
            exchange_loss_minor=moved.exchange_loss_minor,
            fee_minor=transaction.fee_minor,
            available_on=transaction.available_on,
        ),
    )


def _paid(state: OrderState, what: str) -> Paid:
    if isinstance(state, Paid):
        return state
    if isinstance(state, Payable):
        raise PredecessorMissing(f"{what} waits for the payment that it refunds")
    raise PaymentDisagrees(f"{what} refunds an order that was never paid")


def _made(state: Paid, stripe_refund_id: str) -> Refund:
    refund = state.charge.refund_made(stripe_refund_id)
    if refund is None:
        raise PredecessorMissing(f"{stripe_refund_id} is not recorded yet")
    return refund


DECISIONS: Decisions = {
    RefuseRefund: refuse_refund,
    RecordRefund: record_refund,
    ConcludeRefund: conclude_refund,
}
