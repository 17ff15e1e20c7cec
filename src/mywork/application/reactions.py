"""What follows from an event: vendor calls, notices and deadlines, as a pure function.

A follower of the history turns them into rows, with its own position, in one transaction; so
nothing is missed and nothing is asked twice, whatever crashes.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import psycopg

from eventstore import Follower, Recorded
from mywork.application import notices
from mywork.application.ports import (
    Deadline,
    DeadlinesTable,
    Effect,
    EffectQueue,
    EffectsTable,
)
from mywork.domain import breaks, movement, order, payout, subscription

EXPIRE_ORDER = "expire_order"
MAKE_FUNDS_AVAILABLE = "make_funds_available"
RELEASE_FUNDS = "release_funds"
MAKE_BREAK_FUNDS_AVAILABLE = "make_break_funds_available"
MAKE_MOVEMENT_AVAILABLE = "make_movement_available"
MAKE_TRANSACTION_AVAILABLE = "make_transaction_available"
MAKE_RETURN_AVAILABLE = "make_return_available"
RELEASE_RESERVE = "release_reserve"
RETRY_BANK_PAYOUT = "retry_bank_payout"
PAUSE_PAYOUTS = "pause_payouts"
RECOGNISE_REVENUE = "recognise_revenue"
MAKE_SUBSCRIPTION_FUNDS_AVAILABLE = "make_subscription_funds_available"
END_GRACE = "end_grace"

CREATE_TRANSFER = "create_transfer"
CREATE_BANK_PAYOUT = "create_bank_payout"
REVERSE_TRANSFER = "reverse_transfer"
CANCEL_PAYMENT_INTENT = "cancel_payment_intent"
CREATE_REFUND = "create_refund"
RETURN_PAYMENT = "return_payment"
OPEN_BREAK = "open_break"
ALIGN_SUBSCRIPTION = "align_subscription"
SEND_NOTICE = "send_notice"


def react(recorded: Recorded) -> Sequence[Effect | Deadline]:
    """The vendor calls, notices and deadlines that one event asks for."""
    return (*_calls_and_deadlines(recorded), *_notices(recorded))


def _notices(recorded: Recorded) -> Sequence[Effect]:
    if not notices.tells(recorded.event):
        return ()
    told = {"stream": recorded.stream, "version": recorded.version}
    return (_effect(recorded, SEND_NOTICE, told),)


def _calls_and_deadlines(recorded: Recorded) -> Sequence[Effect | Deadline]:
    event = recorded.event
    match event:
        case _ if isinstance(event, order.Event):
            return _of_order(recorded, event)
        case _ if isinstance(event, payout.Event):
            return _of_payout(recorded, event)
        case _ if isinstance(event, subscription.Event):
            return _of_subscription(recorded, event)
        case _ if isinstance(event, breaks.Event):
            return _of_break(recorded, event)
        case movement.MovementRecorded():
            return _ripening(MAKE_MOVEMENT_AVAILABLE, event.transaction_id, event.available_on)
        case _:
            return ()


def _of_break(recorded: Recorded, event: breaks.Event) -> Sequence[Effect | Deadline]:
    match event:
        case breaks.BreakOpened() | breaks.BreakSettled():
            return _ripening(MAKE_BREAK_FUNDS_AVAILABLE, event.break_id, event.available_on)
        case breaks.PaymentReturnAsked():
            return (_effect(recorded, RETURN_PAYMENT, asdict(event)),)
        case breaks.PaymentReturnSettled():
            subject = f"{event.break_id}:{event.transaction_id}"
            return _ripening(MAKE_RETURN_AVAILABLE, subject, event.available_on)
        case _:
            return ()


def _of_order(recorded: Recorded, event: order.Event) -> Sequence[Effect | Deadline]:
    match event:
        case order.OrderPlaced() if event.price_minor:
            return (Deadline(EXPIRE_ORDER, event.order_id, event.expires_at),)
        case order.OrderPaid():
            return (Deadline(RELEASE_FUNDS, event.order_id, event.hold_until),)
        case order.PaymentSettled():
            return (Deadline(MAKE_FUNDS_AVAILABLE, event.order_id, event.available_on),)
        case order.OrderExpired() if event.payment_intent_id:
            return (_effect(recorded, CANCEL_PAYMENT_INTENT, {"id": event.payment_intent_id}),)
        case order.ReserveKept():
            return (Deadline(RELEASE_RESERVE, event.order_id, event.until),)
        case order.RefundApproved():
            return (_effect(recorded, CREATE_REFUND, _refund(event)),)
        case order.RefundSettled() | order.DisputeSettled():
            subject = f"{event.order_id}:{event.transaction_id}"
            return _ripening(MAKE_TRANSACTION_AVAILABLE, subject, event.available_on)
        case order.RefundCreated() | order.RefundFailed() if event.excess_minor:
            return (_effect(recorded, OPEN_BREAK, _excess(event, event.stripe_refund_id)),)
        case order.DisputeClosed():
            return _dispute_closed(recorded, event)
        case _:
            return ()


def _refund(event: order.RefundApproved) -> dict[str, Any]:
    return {
        "order_id": event.order_id,
        "refund_id": event.refund_id,
        "payment_intent_id": event.payment_intent_id,
        "currency": event.asked_currency,
        "amount_minor": event.asked_minor,
    }


def _dispute_closed(recorded: Recorded, event: order.DisputeClosed) -> Sequence[Effect | Deadline]:
    """What it kept from release is due, and what nobody covers must be looked at."""
    due = [
        *_ripening(RELEASE_FUNDS, event.order_id, event.release_at),
        *_ripening(RELEASE_RESERVE, event.order_id, event.reserve_release_at),
    ]
    if not event.excess_minor:
        return due
    return (*due, _effect(recorded, OPEN_BREAK, _excess(event, event.dispute_id)))


def _excess(
    event: order.RefundCreated
    | order.RefundFailed
    | order.DisputeClosed
    | subscription.InvoiceDisputeClosed,
    object_id: str,
) -> dict[str, Any]:
    """Money beyond the payment that it was of, negative where it went."""
    back = isinstance(event, order.RefundFailed)
    if isinstance(event, subscription.InvoiceDisputeClosed):
        concerns = subscription.stream_of(event.user_id)
    else:
        concerns = order.stream_of(event.order_id)
    return {
        "break_id": f"{object_id}.{'returned' if back else 'excess'}",
        "object_id": object_id,
        "currency": event.currency,
        "amount_minor": event.excess_minor if back else -event.excess_minor,
        "concerns": concerns,
    }


def _effect(recorded: Recorded, kind: str, payload: dict[str, Any]) -> Effect:
    return Effect(f"{recorded.stream}:{recorded.version}:{kind}", kind, payload)


def _of_payout(recorded: Recorded, event: payout.Event) -> Sequence[Effect | Deadline]:
    asked: dict[str, Any] = {"stream": recorded.stream, "payout_id": event.payout_id}
    match event:
        case payout.PayoutDispatched(number=number):
            return (_effect(recorded, CREATE_TRANSFER, asked | {"number": number}),)
        case payout.PayoutSent():
            return (_effect(recorded, CREATE_BANK_PAYOUT, asked | {"attempt": 1}),)
        case payout.BankPayoutRetried(attempt=attempt):
            return (_effect(recorded, CREATE_BANK_PAYOUT, asked | {"attempt": attempt}),)
        case payout.BankRetryScheduled(attempt=attempt):
            subject = f"{recorded.stream}/{event.payout_id}/{attempt}"
            return (Deadline(RETRY_BANK_PAYOUT, subject, event.retry_at),)
        case payout.ReversalRequested():
            asked |= {"number": event.number, "amount_minor": event.amount_minor}
            reversal = _effect(recorded, REVERSE_TRANSFER, asked)
            return (reversal, _pause(recorded, event)) if event.automatic else (reversal,)
        case _:
            return ()


def _pause(recorded: Recorded, event: payout.ReversalRequested) -> Deadline:
    """A bank that takes nothing would take nothing next week: somebody must look first."""
    seller_id, _ = payout.owner_of(recorded.stream)
    subject = f"{seller_id}/{event.reason}"
    return Deadline(PAUSE_PAYOUTS, subject, recorded.metadata.effective_at)


def _of_subscription(recorded: Recorded, event: subscription.Event) -> Sequence[Effect | Deadline]:
    user_id = event.user_id
    match event:
        case (
            subscription.PlanChangeRequested()
            | subscription.CancellationRequested()
            | subscription.ResumptionRequested()
        ):
            return (_effect(recorded, ALIGN_SUBSCRIPTION, {"user_id": user_id}),)
        case subscription.StatusChanged(grace_until=datetime() as until):
            return (Deadline(END_GRACE, f"{user_id}/{until.date()}", until),)
        case subscription.InvoicePaid():
            paid_at = recorded.metadata.effective_at
            ends = [line.period_end for line in event.lines]
            return _earning(
                event, "paid", subscription.month_ends(paid_at, max(ends, default=paid_at))
            )
        case subscription.InvoiceRefunded():
            moments = subscription.month_ends(event.refunded_at, event.earned_by)
            return _earning(event, event.stripe_refund_id, moments)
        case subscription.InvoiceRefundFailed():
            moments = subscription.month_ends(event.failed_at, event.earned_by)
            return _earning(event, f"{event.stripe_refund_id}-failed", moments)
        case subscription.InvoiceDisputeClosed() if event.held_minor:
            return _invoice_lost(recorded, event)
        case (
            subscription.InvoiceSettled()
            | subscription.InvoiceRefundSettled()
            | subscription.InvoiceDisputeSettled()
        ):
            subject = f"{user_id}/{event.transaction_id}"
            return _ripening(MAKE_SUBSCRIPTION_FUNDS_AVAILABLE, subject, event.available_on)
        case _:
            return ()


def _invoice_lost(
    recorded: Recorded, event: subscription.InvoiceDisputeClosed
) -> Sequence[Effect | Deadline]:
    """Earned differently from now on; and what nobody covers must be looked at."""
    moments = subscription.month_ends(event.closed_at, event.earned_by)
    due = _earning(event, event.dispute_id, moments)
    if not event.excess_minor:
        return due
    return (*due, _effect(recorded, OPEN_BREAK, _excess(event, event.dispute_id)))


def _earning(
    event: subscription.InvoicePaid
    | subscription.InvoiceRefunded
    | subscription.InvoiceRefundFailed
    | subscription.InvoiceDisputeClosed,
    cause: str,
    moments: Sequence[datetime],
) -> Sequence[Deadline]:
    """Revenue is booked at each month's end, until all of the invoice is earned.

    For a fact that comes late these are over, and are booked at once, in their own time.
    """
    subject = f"{event.user_id}/{event.invoice_id}/{cause}"
    return [Deadline(RECOGNISE_REVENUE, f"{subject}/{moment.date()}", moment) for moment in moments]


def _ripening(kind: str, subject: str, available_on: datetime | None) -> Sequence[Deadline]:
    """The deadline of funds that Stripe makes available later, if it does not at once."""
    return () if available_on is None else (Deadline(kind, subject, available_on),)


class Reactions:
    """The follower that writes them down, and hands new keys to the queue after the commit."""

    def __init__(
        self, effects: EffectsTable, deadlines: DeadlinesTable, queue: EffectQueue
    ) -> None:
        self._effects = effects
        self._deadlines = deadlines
        self._queue = queue
        self._fresh: list[str] = []

    def follower(self) -> Follower:
        return Follower("reactions", self._apply, after_commit=self._send)

    def _apply(self, cursor: psycopg.Cursor[Any], page: Sequence[Recorded]) -> None:
        wanted = [follow_up for recorded in page for follow_up in react(recorded)]
        effects = [item for item in wanted if isinstance(item, Effect)]
        deadlines = {(d.kind, d.subject): d for d in wanted if isinstance(d, Deadline)}
        if effects:
            self._effects.add(effects)(cursor)
        if deadlines:
            self._deadlines.add(list(deadlines.values()))(cursor)
        # Notices wait for their own turn, so that letters never stand before money.
        self._fresh = [effect.key for effect in effects if effect.kind != SEND_NOTICE]

    def _send(self) -> None:
        if self._fresh:
            self._queue.send(self._fresh)
