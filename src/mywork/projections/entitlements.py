"""Which tier a user has now, until when, and why not.

Paid for, it may be used; overdue, for the days of grace; in any other stage it may not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventstore.envelope import Recorded
from mywork.documents.document import encode, moment
from mywork.documents.subscriptions import Entitlement, Tier
from mywork.domain.subscription.contract_decisions import PAID_FOR
from mywork.domain.subscription.contract_messages import (
    CancellationScheduled,
    CancellationWithdrawn,
    GraceEnded,
    PeriodBegun,
    PlanChanged,
    Status,
    StatusChanged,
    SubscriptionEnded,
    SubscriptionStarted,
)
from mywork.domain.subscription.evolve import SubscriptionEvent
from mywork.projections.projection import Projection

WHY_NOT = {
    "incomplete": "the first payment is awaited",
    "past_due": "a renewal is overdue, and the days of grace are over: pay the open invoice",
    "unpaid": "a renewal was not paid: pay the open invoice",
    "paused": "the subscription is paused: resume it",
    "incomplete_expired": "the first payment never came: subscribe again",
    "canceled": "the subscription has ended: subscribe again",
}


@dataclass(frozen=True, slots=True)
class EntitlementRow:
    """`tier` is what was subscribed to; `entitled` whether it may be used."""

    user_id: str
    tier: Tier
    status: Status
    entitled: bool
    period_end: datetime
    ends_at: datetime | None
    grace_until: datetime | None


def keys(event: Any) -> Sequence[str]:
    return (event.user_id,) if isinstance(event, SubscriptionEvent) else ()


def evolve(row: EntitlementRow | None, recorded: Recorded) -> EntitlementRow | None:
    event = recorded.event
    if isinstance(event, SubscriptionStarted):
        return EntitlementRow(
            user_id=event.user_id,
            tier=event.tier,
            status="incomplete",
            entitled=False,
            period_end=event.period_end,
            ends_at=None,
            grace_until=None,
        )
    return None if row is None else _moved(row, event)


def _moved(row: EntitlementRow, event: Any) -> EntitlementRow:
    match event:
        case StatusChanged(status=status, grace_until=until):
            entitled = status in PAID_FOR or until is not None
            return replace(row, status=status, entitled=entitled, grace_until=until)
        case PlanChanged():
            return replace(row, tier=event.tier)
        case PeriodBegun():
            return replace(row, period_end=event.period_end)
        case CancellationScheduled():
            return replace(row, ends_at=event.ends_at)
        case CancellationWithdrawn():
            return replace(row, ends_at=None)
        case GraceEnded():
            return replace(row, entitled=row.status in PAID_FOR)
        case SubscriptionEnded():
            return replace(row, status=event.status, entitled=False)
        case _:
            return row


def as_document(row: EntitlementRow) -> bytes:
    until = row.grace_until or row.ends_at or row.period_end
    return encode(
        Entitlement(
            tier=row.tier if row.entitled else None,
            until=moment(until) if row.entitled else None,
            why_not=None if row.entitled else WHY_NOT[row.status],
        )
    )


ENTITLEMENTS = Projection("entitlements", EntitlementRow, keys, evolve, as_document)
