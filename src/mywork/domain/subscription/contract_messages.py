"""A subscription's words: what a user asks for, and what Stripe says has become of it.

Our own requests are kept first and then brought to Stripe; what Stripe answers, at once or by
webhook, is one snapshot of the subscription, and only what it changes is an event.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mywork.domain.identifiers import UserId
from mywork.domain.subscription.plans import Plan, Tier

Status = Literal[
    "incomplete",  # its first payment is awaited, for 23 hours
    "incomplete_expired",  # it never came
    "trialing",
    "active",
    "past_due",  # a renewal could not be collected yet; Stripe tries again
    "unpaid",  # Stripe has stopped trying
    "paused",  # a trial ended without a card
    "canceled",
]
ENDED: frozenset[Status] = frozenset({"incomplete_expired", "canceled"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A subscription as Stripe has it, all at one moment.

    `request_id` is the request of ours that it answers, empty for one made by hand.
    `cancels_at` is when it will end, `ended_at` when it did.
    """

    subscription_id: str
    customer_id: str
    request_id: str
    tier: Tier
    currency: str
    price_minor: int
    status: Status
    period_start: datetime
    period_end: datetime
    cancels_at: datetime | None
    ended_at: datetime | None
    end_reason: str


# Commands ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subscribe:
    user_id: UserId
    request_id: str
    plan: Plan
    at: datetime


@dataclass(frozen=True, slots=True)
class RefuseSubscription:
    """Stripe refused to make it, for good; the user may ask anew."""

    user_id: UserId
    request_id: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenCustomer:
    user_id: UserId
    customer_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """Upgrade or downgrade at once: unused time is given back, the rest charged anew."""

    user_id: UserId
    plan: Plan
    at: datetime


@dataclass(frozen=True, slots=True)
class RefusePlanChange:
    """Stripe refused it, as when the card declines the difference; nothing has changed."""

    user_id: UserId
    plan_id: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CancelSubscription:
    """At the end of what is paid for; at once where nothing is."""

    user_id: UserId
    at: datetime


@dataclass(frozen=True, slots=True)
class ResumeSubscription:
    user_id: UserId
    at: datetime


@dataclass(frozen=True, slots=True)
class FollowSubscription:
    """What Stripe says now, fetched fresh: webhooks may be stale."""

    user_id: UserId
    snapshot: Snapshot
    at: datetime


@dataclass(frozen=True, slots=True)
class EndGrace:
    """The days that an overdue subscription goes on are over."""

    user_id: UserId
    at: datetime


# Events ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SubscriptionRequested:
    """The terms as they were. `request_id` is known to Stripe, so what it made is found again."""

    user_id: UserId
    request_id: str
    plan_id: str
    tier: Tier
    currency: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class SubscriptionRefused:
    user_id: UserId
    request_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class CustomerOpened:
    """The user is a customer at Stripe."""

    user_id: UserId
    customer_id: str


@dataclass(frozen=True, slots=True)
class SubscriptionStarted:
    """It exists at Stripe, incomplete until `StatusChanged` says otherwise."""

    user_id: UserId
    subscription_id: str
    request_id: str
    tier: Tier
    currency: str
    price_minor: int
    period_start: datetime
    period_end: datetime


@dataclass(frozen=True, slots=True)
class PlanChangeRequested:
    user_id: UserId
    subscription_id: str
    plan_id: str
    tier: Tier
    currency: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class PlanChangeRefused:
    user_id: UserId
    subscription_id: str
    plan_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanChanged:
    user_id: UserId
    subscription_id: str
    tier: Tier
    price_minor: int


@dataclass(frozen=True, slots=True)
class PeriodBegun:
    user_id: UserId
    subscription_id: str
    period_start: datetime
    period_end: datetime


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """`grace_until` is how long an overdue subscription goes on, None for any other."""

    user_id: UserId
    subscription_id: str
    status: Status
    grace_until: datetime | None


@dataclass(frozen=True, slots=True)
class GraceEnded:
    """Overdue for too long: nothing may be used until it is paid."""

    user_id: UserId
    subscription_id: str


@dataclass(frozen=True, slots=True)
class CancellationRequested:
    """`at_once` where nothing is paid for; else it ends with its period."""

    user_id: UserId
    subscription_id: str
    at_once: bool


@dataclass(frozen=True, slots=True)
class CancellationScheduled:
    user_id: UserId
    subscription_id: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ResumptionRequested:
    user_id: UserId
    subscription_id: str


@dataclass(frozen=True, slots=True)
class CancellationWithdrawn:
    """It will not end with its period after all."""

    user_id: UserId
    subscription_id: str


@dataclass(frozen=True, slots=True)
class SubscriptionEnded:
    """For good; the user may subscribe anew. `reason` is Stripe's own word."""

    user_id: UserId
    subscription_id: str
    status: Status
    ended_at: datetime
    reason: str


ContractEvent = (
    SubscriptionRequested
    | SubscriptionRefused
    | CustomerOpened
    | SubscriptionStarted
    | PlanChangeRequested
    | PlanChangeRefused
    | PlanChanged
    | PeriodBegun
    | StatusChanged
    | GraceEnded
    | CancellationRequested
    | CancellationScheduled
    | ResumptionRequested
    | CancellationWithdrawn
    | SubscriptionEnded
)
EVENTS = {
    "subscription.requested.v1": SubscriptionRequested,
    "subscription.refused.v1": SubscriptionRefused,
    "subscription.customer_opened.v1": CustomerOpened,
    "subscription.started.v1": SubscriptionStarted,
    "subscription.status_changed.v1": StatusChanged,
    "subscription.period_begun.v1": PeriodBegun,
    "subscription.plan_change_requested.v1": PlanChangeRequested,
    "subscription.plan_change_refused.v1": PlanChangeRefused,
    "subscription.plan_changed.v1": PlanChanged,
    "subscription.cancellation_requested.v1": CancellationRequested,
    "subscription.cancellation_scheduled.v1": CancellationScheduled,
    "subscription.resumption_requested.v1": ResumptionRequested,
    "subscription.cancellation_withdrawn.v1": CancellationWithdrawn,
    "subscription.grace_ended.v1": GraceEnded,
    "subscription.ended.v1": SubscriptionEnded,
}


def plan_of(terms: SubscriptionRequested | PlanChangeRequested) -> Plan:
    """The plan as it was when it was asked for."""
    return Plan(terms.plan_id, terms.tier, terms.currency, terms.price_minor)
