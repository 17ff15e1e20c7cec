"""What follows from what happened to a subscription."""

from collections.abc import Sequence
from datetime import datetime

from eventstore.envelope import Recorded
from mywork.application.outbox.calls import AlignSubscription
from mywork.application.outbox.order_policy import beyond
from mywork.application.outbox.rows import FollowUps, call_row, deadline_row
from mywork.domain.subscription.contract_messages import (
    CancellationRequested,
    EndGrace,
    PlanChangeRequested,
    ResumptionRequested,
    StatusChanged,
)
from mywork.domain.subscription.deferral import month_ends
from mywork.domain.subscription.dispute_messages import InvoiceDisputeClosed, InvoiceDisputeSettled
from mywork.domain.subscription.evolve import SubscriptionEvent
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


def subscription_policy(recorded: Recorded, event: SubscriptionEvent) -> FollowUps:
    user_id = event.user_id
    match event:
        case PlanChangeRequested() | CancellationRequested() | ResumptionRequested():
            return (call_row(recorded, AlignSubscription(user_id)),)
        case StatusChanged(grace_until=datetime() as until):
            ended = EndGrace(user_id, until)
            return (deadline_row(recorded, f"{user_id}/{until.date()}", ended),)
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
            return (*due, *beyond(recorded, event))
        case (
            InvoiceSettled(available_on=datetime() as at)
            | InvoiceRefundSettled(available_on=datetime() as at)
            | InvoiceDisputeSettled(available_on=datetime() as at)
        ):
            name = event.transaction_id
            matured = MakeSubscriptionFundsAvailable(user_id, name, at)
            return (deadline_row(recorded, f"{user_id}/{name}", matured),)
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
        deadline_row(
            recorded,
            f"{user_id}/{invoice_id}/{cause}/{moment.date()}",
            RecogniseRevenue(user_id, invoice_id, moment),
        )
        for moment in moments
    ]
