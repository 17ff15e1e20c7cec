"""What follows from what happened to an order."""

from datetime import datetime

from eventstore.envelope import Recorded
from mywork.application.inbox.exceptions import Excess, exceeded
from mywork.application.outbox.calls import CancelPaymentIntent, CreateRefund
from mywork.application.outbox.rows import FollowUps, call_row, command_row, deadline_row
from mywork.domain.order.dispute_messages import DisputeClosed, DisputeSettled
from mywork.domain.order.evolve import OrderEvent
from mywork.domain.order.refund_messages import (
    RefundApproved,
    RefundCreated,
    RefundFailed,
    RefundSettled,
)
from mywork.domain.order.sale_messages import ExpireOrder, OrderExpired, OrderPaid, OrderPlaced
from mywork.domain.order.settlement_messages import (
    MakeFundsAvailable,
    MakeTransactionAvailable,
    PaymentSettled,
    ReleaseFunds,
    ReleaseReserve,
    ReserveKept,
)


def order_policy(recorded: Recorded, event: OrderEvent) -> FollowUps:
    order_id = event.order_id
    match event:
        case OrderPlaced() if event.price_minor:
            return (deadline_row(recorded, order_id, ExpireOrder(order_id, event.expires_at)),)
        case OrderPaid():
            return (deadline_row(recorded, order_id, ReleaseFunds(order_id, event.hold_until)),)
        case PaymentSettled():
            available = MakeFundsAvailable(order_id, event.available_on)
            return (deadline_row(recorded, order_id, available),)
        case OrderExpired() if event.payment_intent_id:
            return (call_row(recorded, CancelPaymentIntent(event.payment_intent_id)),)
        case ReserveKept():
            return (deadline_row(recorded, order_id, ReleaseReserve(order_id, event.until)),)
        case RefundApproved():
            return (call_row(recorded, _refund(event)),)
        case (
            RefundSettled(available_on=datetime() as at)
            | DisputeSettled(available_on=datetime() as at)
        ):
            matured = MakeTransactionAvailable(order_id, event.transaction_id, at)
            return (deadline_row(recorded, f"{order_id}:{event.transaction_id}", matured),)
        case RefundCreated() | RefundFailed():
            return beyond(recorded, event)
        case DisputeClosed():
            return (*_due_after(recorded, event), *beyond(recorded, event))
        case _:
            return ()


def _refund(event: RefundApproved) -> CreateRefund:
    return CreateRefund(
        order_id=event.order_id,
        refund_id=event.refund_id,
        payment_intent_id=event.payment_intent_id,
        currency=event.asked_currency,
        amount_minor=event.asked_minor,
    )


def _due_after(recorded: Recorded, event: DisputeClosed) -> FollowUps:
    """What it kept from release is due."""
    order_id, due = event.order_id, []
    if event.release_at is not None:
        due.append(deadline_row(recorded, order_id, ReleaseFunds(order_id, event.release_at)))
    if event.reserve_release_at is not None:
        later = ReleaseReserve(order_id, event.reserve_release_at)
        due.append(deadline_row(recorded, order_id, later))
    return due


def beyond(recorded: Recorded, event: Excess) -> FollowUps:
    """What nobody covers of it must be looked at."""
    if not event.excess_minor:
        return ()
    return (command_row(recorded, exceeded(event, recorded.metadata.effective_at)),)
