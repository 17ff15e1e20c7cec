"""Subscriptions as their users see them: plan, period, what is awaited, what is owed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventstore.envelope import Recorded
from mywork.documents.document import encode, moment, money
from mywork.documents.subscriptions import (
    Subscription,
    SubscriptionStatus,
    SubscriptionWish,
    Tier,
    status_of,
)
from mywork.domain.subscription.contract_messages import (
    CancellationRequested,
    CancellationScheduled,
    CancellationWithdrawn,
    PeriodBegun,
    PlanChanged,
    PlanChangeRefused,
    PlanChangeRequested,
    ResumptionRequested,
    StatusChanged,
    SubscriptionEnded,
    SubscriptionRefused,
    SubscriptionRequested,
    SubscriptionStarted,
)
from mywork.domain.subscription.evolve import SubscriptionEvent
from mywork.domain.subscription.invoice_messages import (
    CreditApplied,
    CreditGranted,
    InvoiceFailed,
    InvoicePaid,
)
from mywork.domain.subscription.plans import INTERVAL
from mywork.projections.projection import Projection


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """`awaits` is what was asked and Stripe has not answered yet; `refused` why it said no."""

    user_id: str
    status: SubscriptionStatus
    tier: Tier
    currency: str
    price_minor: int
    credit_minor: int
    awaits: SubscriptionWish | None
    refused: str
    requested_at: datetime
    period_start: datetime | None
    period_end: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    next_attempt_at: datetime | None


def keys(event: Any) -> Sequence[str]:
    return (event.user_id,) if isinstance(event, SubscriptionEvent) else ()


def evolve(row: SubscriptionRow | None, recorded: Recorded) -> SubscriptionRow | None:
    event, at = recorded.event, recorded.metadata.effective_at
    if isinstance(event, SubscriptionRequested):
        return _requested(row, event, at)
    if row is None and isinstance(event, SubscriptionStarted):
        row = _by_hand(event, at)
    if row is None:
        return None
    return _of_money(_of_contract(row, event), event)


def _requested(
    before: SubscriptionRow | None, event: SubscriptionRequested, at: datetime
) -> SubscriptionRow:
    return SubscriptionRow(
        user_id=event.user_id,
        status="requested",
        tier=event.tier,
        currency=event.currency,
        price_minor=event.price_minor,
        credit_minor=before.credit_minor if before is not None else 0,
        awaits=None,
        refused="",
        requested_at=at,
        period_start=None,
        period_end=None,
        ends_at=None,
        ended_at=None,
        next_attempt_at=None,
    )


def _by_hand(event: SubscriptionStarted, at: datetime) -> SubscriptionRow:
    """One that support has made at Stripe."""
    asked = SubscriptionRequested(
        event.user_id, "", "", event.tier, event.currency, event.price_minor
    )
    return _requested(None, asked, at)


def _of_contract(row: SubscriptionRow, event: Any) -> SubscriptionRow:  # noqa: C901  one line an event
    match event:
        case SubscriptionRefused():
            return replace(row, status="refused", refused=event.reason)
        case SubscriptionStarted():
            return _started(row, event)
        case StatusChanged():
            return replace(row, status=status_of(event.status))
        case PeriodBegun():
            start, end = event.period_start, event.period_end
            return replace(row, period_start=start, period_end=end)
        case PlanChangeRequested():
            return replace(row, awaits=event.tier, refused="")
        case PlanChangeRefused():
            return replace(row, awaits=None, refused=event.reason)
        case PlanChanged():
            return replace(row, tier=event.tier, price_minor=event.price_minor, awaits=None)
        case CancellationRequested():
            return replace(row, awaits="cancellation")
        case CancellationScheduled():
            return replace(row, awaits=None, ends_at=event.ends_at)
        case ResumptionRequested():
            return replace(row, awaits="resumption" if row.ends_at else None)
        case CancellationWithdrawn():
            return replace(row, awaits=None, ends_at=None)
        case SubscriptionEnded():
            return replace(
                row, status=status_of(event.status), awaits=None, ended_at=event.ended_at
            )
        case _:
            return row


def _started(row: SubscriptionRow, event: SubscriptionStarted) -> SubscriptionRow:
    return replace(
        row,
        status="incomplete",
        tier=event.tier,
        currency=event.currency,
        price_minor=event.price_minor,
        period_start=event.period_start,
        period_end=event.period_end,
        ends_at=None,
        ended_at=None,
    )


def _of_money(row: SubscriptionRow, event: Any) -> SubscriptionRow:
    match event:
        case InvoicePaid():
            return replace(row, next_attempt_at=None)
        case InvoiceFailed():
            return replace(row, next_attempt_at=event.next_attempt_at)
        case CreditGranted():
            return replace(row, credit_minor=row.credit_minor + event.amount_minor)
        case CreditApplied():
            return replace(row, credit_minor=row.credit_minor - event.amount_minor)
        case _:
            return row


def as_document(row: SubscriptionRow) -> bytes:
    return encode(
        Subscription(
            status=row.status,
            tier=row.tier,
            **money("price", row.price_minor, row.currency),
            **money("credit", row.credit_minor, row.currency),
            currency=row.currency,
            interval=INTERVAL,
            awaits=row.awaits,
            refused=row.refused or None,
            requested_at=moment(row.requested_at),
            period_start=moment(row.period_start),
            period_end=moment(row.period_end),
            ends_at=moment(row.ends_at),
            ended_at=moment(row.ended_at),
            next_payment_attempt_at=moment(row.next_attempt_at),
        )
    )


SUBSCRIPTIONS = Projection("subscriptions", SubscriptionRow, keys, evolve, as_document)
