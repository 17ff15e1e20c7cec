"""Subscriptions: receipts, failed charges with what comes next, and the end."""

from collections.abc import Mapping, Sequence
from typing import Any

from mywork.application.notifications.notice import FINANCE, Notice, Write, amount
from mywork.documents.wording import day
from mywork.domain.subscription.contract_messages import (
    CancellationScheduled,
    CancellationWithdrawn,
    GraceEnded,
    PlanChangeRefused,
    SubscriptionEnded,
    SubscriptionRefused,
)
from mywork.domain.subscription.dispute_messages import InvoiceDisputeClosed, InvoiceDisputed
from mywork.domain.subscription.invoice_messages import (
    InvoiceFailed,
    InvoicePaid,
    InvoiceRefunded,
    InvoiceRefundFailed,
)


def _refused(event: SubscriptionRefused, _: Sequence[Any]) -> Sequence[Notice]:
    text = f"Your subscription could not be started ({event.reason}). Nothing was charged."
    return (Notice(event.user_id, "Your subscription was not started", text),)


def _change_refused(event: PlanChangeRefused, _: Sequence[Any]) -> Sequence[Notice]:
    text = f"Your plan could not be changed ({event.reason}). It goes on as before."
    return (Notice(event.user_id, "Your plan was not changed", text),)


def _paid(event: InvoicePaid, _: Sequence[Any]) -> Sequence[Notice]:
    """An invoice that was paid from credit alone charged nobody."""
    if event.amount_minor <= 0:
        return ()
    paid = amount(event.amount_minor, event.currency)
    text = f"You paid {paid} for your subscription.\nInvoice {event.invoice_id}."
    return (Notice(event.user_id, f"Receipt for your subscription: {paid}", text),)


def _failed(event: InvoiceFailed, _: Sequence[Any]) -> Sequence[Notice]:
    again = event.next_attempt_at
    follows = f"We try again on {day(again)}." if again else "We do not try again."
    text = (
        f"Your card could not be charged for your subscription (attempt {event.attempt}).\n"
        f"{follows} Check the card that Stripe knows of you.\nInvoice {event.invoice_id}."
    )
    return (Notice(event.user_id, "Your subscription could not be charged", text),)


def _grace_ended(event: GraceEnded, _: Sequence[Any]) -> Sequence[Notice]:
    text = "Your subscription is overdue, and what it includes is off until it is paid."
    return (Notice(event.user_id, "Your subscription is overdue", text),)


def _ends(event: CancellationScheduled, _: Sequence[Any]) -> Sequence[Notice]:
    text = f"Your subscription ends on {day(event.ends_at)}. Until then you can resume it."
    return (Notice(event.user_id, "Your subscription will end", text),)


def _goes_on(event: CancellationWithdrawn, _: Sequence[Any]) -> Sequence[Notice]:
    text = "Your subscription does not end after all: it is renewed as before."
    return (Notice(event.user_id, "Your subscription goes on", text),)


def _ended(event: SubscriptionEnded, _: Sequence[Any]) -> Sequence[Notice]:
    text = f"Your subscription ended on {day(event.ended_at)}. You may subscribe anew at any time."
    return (Notice(event.user_id, "Your subscription has ended", text),)


def _refunded(event: InvoiceRefunded, _: Sequence[Any]) -> Sequence[Notice]:
    refund = amount(event.asked_minor, event.asked_currency)
    text = (
        f"{refund} of your subscription goes back to your card. Banks take five to ten days to "
        f"show it.\nInvoice {event.invoice_id}."
    )
    return (Notice(event.user_id, f"Refund of {refund}", text),)


def _refund_failed(event: InvoiceRefundFailed, _: Sequence[Any]) -> Sequence[Notice]:
    refund = amount(event.amount_minor, event.currency)
    how = "was cancelled" if event.cancelled else f"failed ({event.failure_reason})"
    text = (
        f"The refund of {refund} of your subscription {how}. "
        f"Write to us, and we refund you another way.\nInvoice {event.invoice_id}."
    )
    return (Notice(event.user_id, f"Refund of {refund} failed", text),)


def _disputed(event: InvoiceDisputed, _: Sequence[Any]) -> Sequence[Notice]:
    """It is our own sale, so that the evidence is ours to give, at Stripe."""
    what = "inquires about" if event.inquiry else "disputes"
    text = (
        f"The bank of {event.user_id} {what} {amount(event.amount_minor, event.currency)} of "
        f"{event.charge_id}, invoice {event.invoice_id} ({event.reason}).\n"
        f"Answer it at Stripe.\nDispute {event.dispute_id}."
    )
    return (Notice(FINANCE, f"A subscription is disputed: {event.invoice_id}", text),)


def _dispute_closed(event: InvoiceDisputeClosed, _: Sequence[Any]) -> Sequence[Notice]:
    gone = f" {amount(event.held_minor, event.currency)} are gone." if event.held_minor else ""
    outcome = event.outcome.replace("_", " ")
    text = f"Dispute {event.dispute_id} of invoice {event.invoice_id} ended: {outcome}.{gone}"
    return (Notice(FINANCE, f"A subscription's dispute ended: {event.invoice_id}", text),)


NOTICES: Mapping[type, Write] = {
    SubscriptionRefused: _refused,
    PlanChangeRefused: _change_refused,
    InvoicePaid: _paid,
    InvoiceFailed: _failed,
    GraceEnded: _grace_ended,
    CancellationScheduled: _ends,
    CancellationWithdrawn: _goes_on,
    SubscriptionEnded: _ended,
    InvoiceRefunded: _refunded,
    InvoiceRefundFailed: _refund_failed,
    InvoiceDisputed: _disputed,
    InvoiceDisputeClosed: _dispute_closed,
}
