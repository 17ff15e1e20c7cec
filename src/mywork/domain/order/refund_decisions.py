"""Refunding: who may ask for how much, and who decides.

A buyer may ask within the window; that is granted at once when nothing was downloaded, otherwise
the seller or an admin decides. Sellers refund within the window, admins at any time. Refunds and
open or lost disputes never exceed what was captured: that refuses our own commands only.
"""

from collections.abc import Sequence
from datetime import timedelta

from mywork.domain.charge import state as charge_state
from mywork.domain.charge.state import AT_STRIPE
from mywork.domain.decider import Decisions
from mywork.domain.errors import (
    MoneyInvalid,
    NotAllowed,
    OrderDisputed,
    OrderNotRefundable,
    RefundExceedsPayment,
    RefundNotFound,
    RefundNotPending,
    RefundWindowOver,
)
from mywork.domain.identifiers import RefundId
from mywork.domain.money import Money, check_step
from mywork.domain.order.refund_messages import (
    ApproveRefund,
    DeclineRefund,
    RefundApproved,
    RefundAsker,
    RefundDeclined,
    RefundEvent,
    RefundRequested,
    RequestRefund,
)
from mywork.domain.order.sale_decisions import paid_at
from mywork.domain.order.shares import claim, give_back, refundable_minor, take
from mywork.domain.order.state import OrderState, Paid, Refund, Share

WINDOW = timedelta(days=14)


# Asking and deciding ------------------------------------------------------------------------


def request_refund(command: RequestRefund, state: OrderState) -> Sequence[RefundEvent]:
    paid = _refundable(state)
    if command.refund_id in paid.charge.refunds:
        return ()
    _check_allowed(command, paid)
    amount_minor = _amount(command, paid)
    requested = requested_refund(
        paid,
        command.refund_id,
        amount_minor,
        asked_by=command.asked_by,
        reason=command.reason,
        platform_bears_fee=command.platform_bears_fee,
    )
    if command.asked_by == "buyer" and paid.downloaded:
        return (requested,)
    return (requested, _approved(paid, refund_of(requested)))


def approve_refund(command: ApproveRefund, state: OrderState) -> Sequence[RefundEvent]:
    paid, refund = known_refund(state, command.refund_id)
    if refund.stage in {"approved", *AT_STRIPE}:
        return ()
    _check_pending(refund)
    _check_undisputed(paid)
    return (_approved(paid, refund),)


def decline_refund(command: DeclineRefund, state: OrderState) -> Sequence[RefundEvent]:
    paid, refund = known_refund(state, command.refund_id)
    if refund.stage == "declined":
        return ()
    _check_pending(refund)
    return (declined(paid, refund, command.reason),)


def declined(state: Paid, refund: Refund, reason: str) -> RefundDeclined:
    to_pending, to_available = give_back(state, refund.share.seller_minor)
    return RefundDeclined(
        order_id=state.payment.order_id,
        refund_id=RefundId(refund.refund_id),
        seller_id=state.payment.seller_id,
        reason=reason,
        currency=state.division.currency,
        seller_minor=refund.share.seller_minor,
        to_pending_minor=to_pending,
        to_available_minor=to_available,
    )


def _refundable(state: OrderState) -> Paid:
    if isinstance(state, Paid):
        return state
    raise OrderNotRefundable("only an order that was paid can be refunded; this one was not")


def _check_allowed(command: RequestRefund, state: Paid) -> None:
    until = paid_at(state.payment) + WINDOW
    if command.asked_by in {"buyer", "seller"} and command.at > until:
        raise RefundWindowOver(f"the refund window ended on {until:%Y-%m-%d}; ask an admin")
    if command.platform_bears_fee and command.asked_by != "admin":
        raise NotAllowed("only an admin can let the platform bear the processing fee")
    _check_undisputed(state)


def _check_undisputed(state: Paid) -> None:
    """Only an inquiry can be answered by a refund: a dispute has the money already."""
    for dispute in state.charge.disputes.values():
        if dispute.open and not dispute.inquiry:
            raise OrderDisputed(
                f"the buyer's bank disputes this payment ({dispute.dispute_id}); "
                "submit evidence or accept it, a refund would pay the buyer twice"
            )


def _amount(command: RequestRefund, state: Paid) -> int:
    currency, left = state.payment.currency, refundable_minor(state)
    amount_minor = left if command.amount_minor is None else command.amount_minor
    if amount_minor <= 0 and left:
        raise MoneyInvalid(f"refund more than nothing, up to {Money(left, currency)}")
    if amount_minor > left or not left:
        raise RefundExceedsPayment(
            f"{Money(left, currency)} of this order can still be refunded, not "
            f"{Money(amount_minor, currency)}"
        )
    check_step(amount_minor, currency)
    return amount_minor


def requested_refund(
    state: Paid,
    refund_id: RefundId,
    amount_minor: int,
    *,
    asked_by: RefundAsker,
    reason: str,
    platform_bears_fee: bool = False,
) -> RefundRequested:
    found = claim(state, amount_minor, platform_bears_fee=platform_bears_fee)
    taken = take(state.buckets, found.share.seller_minor)
    return RefundRequested(
        order_id=state.payment.order_id,
        refund_id=refund_id,
        seller_id=state.payment.seller_id,
        asked_by=asked_by,
        reason=reason,
        asked_currency=state.payment.currency,
        asked_minor=amount_minor,
        currency=state.division.currency,
        amount_minor=found.amount_minor,
        seller_minor=found.share.seller_minor,
        commission_minor=found.share.commission_minor,
        processing_minor=found.share.processing_minor,
        excess_minor=found.excess_minor,
        from_pending_minor=taken.pending_minor,
        from_reserve_minor=taken.reserve_minor,
        from_available_minor=taken.available_minor,
        platform_bears_fee=platform_bears_fee,
    )


def refund_of(requested: RefundRequested) -> Refund:
    share = Share(
        requested.seller_minor,
        requested.commission_minor,
        requested.processing_minor,
        requested.platform_bears_fee,
    )
    return charge_state.Refund(
        refund_id=requested.refund_id,
        asked_minor=requested.asked_minor,
        amount_minor=requested.amount_minor,
        share=share,
        excess_minor=requested.excess_minor,
    )


def _approved(state: Paid, refund: Refund) -> RefundApproved:
    return RefundApproved(
        order_id=state.payment.order_id,
        refund_id=RefundId(refund.refund_id),
        payment_intent_id=state.payment.payment_intent_id,
        asked_currency=state.charge.currency,
        asked_minor=refund.asked_minor,
    )


def known_refund(state: OrderState, refund_id: RefundId) -> tuple[Paid, Refund]:
    if isinstance(state, Paid) and refund_id in state.charge.refunds:
        return state, state.charge.refunds[refund_id]
    raise RefundNotFound(f"there is no refund {refund_id} of this order")


def _check_pending(refund: Refund) -> None:
    if refund.stage != "requested":
        raise RefundNotPending(f"this refund was decided already: it is {refund.stage}")


DECISIONS: Decisions = {
    RequestRefund: request_refund,
    ApproveRefund: approve_refund,
    DeclineRefund: decline_refund,
}
