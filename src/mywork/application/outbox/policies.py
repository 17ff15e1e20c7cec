"""What follows from an event: vendor calls, commands, notices and deadlines, as a pure function.

A follower of the history turns them into rows, with its own position, in one transaction; so
nothing is missed and nothing is asked twice, whatever crashes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg

from eventstore.envelope import Recorded
from eventstore.follow import Follower
from mywork.application.inbox.exceptions import Excess, exceeded
from mywork.application.notifications.notices import tells
from mywork.application.outbox.calls import (
    AlignSubscription,
    Call,
    CancelPaymentIntent,
    CreateBankPayout,
    CreateRefund,
    CreateTransfer,
    ReturnPayment,
    ReverseTransfer,
    SendNotice,
)
from mywork.application.ports.tables import (
    Deadline,
    DeadlinesTable,
    OutboxQueue,
    OutboxRow,
    OutboxTable,
)
from mywork.application.stored import SEND_NOTICE, Stored, stored_call, stored_command
from mywork.domain.balance_adjustment import AdjustmentRecorded, MakeAdjustmentAvailable
from mywork.domain.breaks.messages import (
    BreakEvent,
    BreakOpened,
    BreakSettled,
    MakeBreakFundsAvailable,
    MakeReturnAvailable,
    PaymentReturnAsked,
    PaymentReturnSettled,
)
from mywork.domain.decider import Command
from mywork.domain.order.decider import OrderEvent
from mywork.domain.order.dispute_messages import DisputeClosed, DisputeSettled
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
from mywork.domain.payout.bank_messages import (
    BankPayoutRetried,
    BankRetryScheduled,
    RetryBankPayout,
)
from mywork.domain.payout.evolve import PayoutEvent
from mywork.domain.payout.reversal_messages import ReversalRequested
from mywork.domain.payout.transfer_messages import PayoutDispatched, PayoutSent
from mywork.domain.seller.messages import PausePayouts
from mywork.domain.streams import payouts_owner
from mywork.domain.subscription.contract_messages import (
    CancellationRequested,
    EndGrace,
    PlanChangeRequested,
    ResumptionRequested,
    StatusChanged,
)
from mywork.domain.subscription.decider import SubscriptionEvent
from mywork.domain.subscription.deferral import month_ends
from mywork.domain.subscription.dispute_messages import InvoiceDisputeClosed, InvoiceDisputeSettled
from mywork.domain.subscription.invoice_messages import (
    InvoicePaid,
    InvoiceRefunded,
    InvoiceRefundFailed,
    RecogniseRevenue,
)
from mywork.domain.subscription.settlement_messages import (
    InvoiceRefundSettled,
    InvoiceSettled,
    MakeSubscriptionFundsAvailable,
)

FollowUps = Sequence[OutboxRow | Deadline]


def react(recorded: Recorded) -> FollowUps:
    """The vendor calls, commands, notices and deadlines that one event asks for."""
    return (*_calls_and_deadlines(recorded), *_notices(recorded))


def _notices(recorded: Recorded) -> FollowUps:
    if not tells(recorded.event):
        return ()
    return (_call(recorded, SendNotice(recorded.stream, recorded.version)),)


def _calls_and_deadlines(recorded: Recorded) -> FollowUps:
    event = recorded.event
    match event:
        case _ if isinstance(event, OrderEvent):
            return _of_order(recorded, event)
        case _ if isinstance(event, PayoutEvent):
            return _of_payout(recorded, event)
        case _ if isinstance(event, SubscriptionEvent):
            return _of_subscription(recorded, event)
        case _ if isinstance(event, BreakEvent):
            return _of_break(recorded, event)
        case AdjustmentRecorded(transaction_id=name, available_on=datetime() as at):
            return (_deadline(recorded, name, MakeAdjustmentAvailable(name, at)),)
        case _:
            return ()


def _of_break(recorded: Recorded, event: BreakEvent) -> FollowUps:
    match event:
        case (
            BreakOpened(available_on=datetime() as at) | BreakSettled(available_on=datetime() as at)
        ):
            command = MakeBreakFundsAvailable(event.break_id, at)
            return (_deadline(recorded, event.break_id, command),)
        case PaymentReturnAsked():
            return (_call(recorded, ReturnPayment(event.break_id, event.charge_id)),)
        case PaymentReturnSettled(transaction_id=name, available_on=datetime() as at):
            later = MakeReturnAvailable(event.break_id, name, at)
            return (_deadline(recorded, f"{event.break_id}:{name}", later),)
        case _:
            return ()


def _of_order(recorded: Recorded, event: OrderEvent) -> FollowUps:
    order_id = event.order_id
    match event:
        case OrderPlaced() if event.price_minor:
            return (_deadline(recorded, order_id, ExpireOrder(order_id, event.expires_at)),)
        case OrderPaid():
            return (_deadline(recorded, order_id, ReleaseFunds(order_id, event.hold_until)),)
        case PaymentSettled():
            available = MakeFundsAvailable(order_id, event.available_on)
            return (_deadline(recorded, order_id, available),)
        case OrderExpired() if event.payment_intent_id:
            return (_call(recorded, CancelPaymentIntent(event.payment_intent_id)),)
        case ReserveKept():
            return (_deadline(recorded, order_id, ReleaseReserve(order_id, event.until)),)
        case RefundApproved():
            return (_call(recorded, _refund(event)),)
        case (
            RefundSettled(available_on=datetime() as at)
            | DisputeSettled(available_on=datetime() as at)
        ):
            matured = MakeTransactionAvailable(order_id, event.transaction_id, at)
            return (_deadline(recorded, f"{order_id}:{event.transaction_id}", matured),)
        case RefundCreated() | RefundFailed():
            return _beyond(recorded, event)
        case DisputeClosed():
            return (*_due_after(recorded, event), *_beyond(recorded, event))
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
        due.append(_deadline(recorded, order_id, ReleaseFunds(order_id, event.release_at)))
    if event.reserve_release_at is not None:
        later = ReleaseReserve(order_id, event.reserve_release_at)
        due.append(_deadline(recorded, order_id, later))
    return due


def _beyond(recorded: Recorded, event: Excess) -> FollowUps:
    """What nobody covers of it must be looked at."""
    if not event.excess_minor:
        return ()
    return (_command(recorded, exceeded(event, recorded.metadata.effective_at)),)


def _of_payout(recorded: Recorded, event: PayoutEvent) -> FollowUps:
    match event:
        case PayoutDispatched():
            owner = payouts_owner(recorded.stream)
            return (_call(recorded, CreateTransfer(*owner, event.payout_id, event.number)),)
        case PayoutSent():
            owner = payouts_owner(recorded.stream)
            return (_call(recorded, CreateBankPayout(*owner, event.payout_id, 1)),)
        case BankPayoutRetried():
            owner = payouts_owner(recorded.stream)
            return (_call(recorded, CreateBankPayout(*owner, event.payout_id, event.attempt)),)
        case BankRetryScheduled():
            owner, named = payouts_owner(recorded.stream), (event.payout_id, event.attempt)
            subject = f"{recorded.stream}/{event.payout_id}/{event.attempt}"
            retried = RetryBankPayout(*owner, *named, event.retry_at)
            return (_deadline(recorded, subject, retried),)
        case ReversalRequested():
            return _reversal(recorded, event)
        case _:
            return ()


def _reversal(recorded: Recorded, event: ReversalRequested) -> FollowUps:
    """A bank that takes nothing would take nothing next week: then somebody must look first."""
    seller_id, currency = payouts_owner(recorded.stream)
    asked = _call(
        recorded,
        ReverseTransfer(seller_id, currency, event.payout_id, event.number, event.amount_minor),
    )
    if not event.automatic:
        return (asked,)
    returned = f"the bank sent a payout back ({event.reason})"
    reason = f"{returned}; check the bank account that Stripe knows"
    pause = PausePayouts(seller_id, reason, recorded.metadata.effective_at)
    return (asked, _command(recorded, pause))


def _of_subscription(recorded: Recorded, event: SubscriptionEvent) -> FollowUps:
    user_id = event.user_id
    match event:
        case PlanChangeRequested() | CancellationRequested() | ResumptionRequested():
            return (_call(recorded, AlignSubscription(user_id)),)
        case StatusChanged(grace_until=datetime() as until):
            ended = EndGrace(user_id, until)
            return (_deadline(recorded, f"{user_id}/{until.date()}", ended),)
        case InvoicePaid():
            paid_at = recorded.metadata.effective_at
            ends = [line.period_end for line in event.lines]
            moments = month_ends(paid_at, max(ends, default=paid_at))
            return _earning(recorded, event, "paid", moments=moments)
        case InvoiceRefunded():
            moments = month_ends(event.refunded_at, event.earned_by)
            return _earning(recorded, event, event.stripe_refund_id, moments=moments)
        case InvoiceRefundFailed():
            moments = month_ends(event.failed_at, event.earned_by)
            return _earning(recorded, event, f"{event.stripe_refund_id}-failed", moments=moments)
        case InvoiceDisputeClosed() if event.held_minor:
            moments = month_ends(event.closed_at, event.earned_by)
            due = _earning(recorded, event, event.dispute_id, moments=moments)
            return (*due, *_beyond(recorded, event))
        case (
            InvoiceSettled(available_on=datetime() as at)
            | InvoiceRefundSettled(available_on=datetime() as at)
            | InvoiceDisputeSettled(available_on=datetime() as at)
        ):
            name = event.transaction_id
            matured = MakeSubscriptionFundsAvailable(user_id, name, at)
            return (_deadline(recorded, f"{user_id}/{name}", matured),)
        case _:
            return ()


def _earning(
    recorded: Recorded,
    event: InvoicePaid | InvoiceRefunded | InvoiceRefundFailed | InvoiceDisputeClosed,
    cause: str,
    *,
    moments: Sequence[datetime],
) -> FollowUps:
    """Revenue is booked at each month's end, until all of the invoice is earned.

    For a fact that comes late these are over, and are booked at once, in their own time.
    """
    user_id, invoice_id = event.user_id, event.invoice_id
    return [
        _deadline(
            recorded,
            f"{user_id}/{invoice_id}/{cause}/{moment.date()}",
            RecogniseRevenue(user_id, invoice_id, moment),
        )
        for moment in moments
    ]


def _deadline(recorded: Recorded, subject: str, command: Command) -> Deadline:
    return Deadline(subject, command.at, stored_command(command), recorded.position)


def _command(recorded: Recorded, command: Command) -> OutboxRow:
    return _effect(recorded, stored_command(command))


def _call(recorded: Recorded, call: Call) -> OutboxRow:
    return _effect(recorded, stored_call(call, recorded.stream))


def _effect(recorded: Recorded, asked: Stored) -> OutboxRow:
    return OutboxRow(f"{recorded.stream}:{recorded.version}:{asked.name}", asked)


class Policies:
    """The follower that writes them down, and hands new keys to the queue after the commit."""

    def __init__(self, effects: OutboxTable, deadlines: DeadlinesTable, queue: OutboxQueue) -> None:
        self._effects = effects
        self._deadlines = deadlines
        self._queue = queue
        self._fresh: list[str] = []

    def follower(self) -> Follower:
        return Follower("reactions", self._apply, after_commit=self._send)

    def _apply(self, cursor: psycopg.Cursor[Any], page: Sequence[Recorded]) -> None:
        wanted = [follow_up for recorded in page for follow_up in react(recorded)]
        effects = [item for item in wanted if isinstance(item, OutboxRow)]
        deadlines = {(d.asked.name, d.subject): d for d in wanted if isinstance(d, Deadline)}
        if effects:
            self._effects.add(effects)(cursor)
        if deadlines:
            self._deadlines.add(list(deadlines.values()))(cursor)
        # Notices wait for their own turn, so that letters never stand before money.
        self._fresh = [effect.key for effect in effects if effect.asked.name != SEND_NOTICE]

    def _send(self) -> None:
        if self._fresh:
            self._queue.send(self._fresh)
