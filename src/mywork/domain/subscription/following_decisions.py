"""What Stripe says has become of a subscription: only what is new is an event.

A snapshot is the whole truth of its moment, so whatever was missed before it is made up by it.
What has ended stays ended, whatever arrives late.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from mywork.domain.decider import Decisions
from mywork.domain.errors import PredecessorMissing
from mywork.domain.subscription.contract_messages import (
    ENDED,
    CancellationScheduled,
    CancellationWithdrawn,
    ContractEvent,
    EndGrace,
    FollowSubscription,
    GraceEnded,
    PeriodBegun,
    PlanChanged,
    StatusChanged,
    SubscriptionEnded,
    SubscriptionStarted,
)
from mywork.domain.subscription.evolve import begun
from mywork.domain.subscription.state import Requested, Running, SubscriptionState

# How long an overdue subscription goes on, from the beginning of the period that was not paid.
GRACE = timedelta(days=7)


def follow(command: FollowSubscription, state: SubscriptionState) -> Sequence[ContractEvent]:
    found = command.snapshot
    if found.subscription_id in state.ended:
        return ()
    match state.contract:
        case Running() as running if running.subscription_id == found.subscription_id:
            return tuple(_changes(command, running))
        case Requested(terms=terms) if terms.request_id == found.request_id:
            return _begin(command)
        case Requested() | Running() if found.status in ENDED:
            return ()  # one that came to nothing before this
        case Requested() | Running():
            raise PredecessorMissing(
                f"{found.subscription_id} goes on, and the end of the one before is not known yet"
            )
        case _:
            return _begin(command)


def _begin(command: FollowSubscription) -> Sequence[ContractEvent]:
    found = command.snapshot
    started = SubscriptionStarted(
        user_id=command.user_id,
        subscription_id=found.subscription_id,
        request_id=found.request_id,
        tier=found.tier,
        currency=found.currency,
        price_minor=found.price_minor,
        period_start=found.period_start,
        period_end=found.period_end,
    )
    return (started, *_changes(command, begun(started)))


def _changes(command: FollowSubscription, running: Running) -> Iterator[ContractEvent]:
    found, user_id, name = command.snapshot, command.user_id, command.snapshot.subscription_id
    if found.status in ENDED:
        ended_at = found.ended_at or command.at
        yield SubscriptionEnded(user_id, name, found.status, ended_at, found.end_reason)
        return
    if (found.tier, found.price_minor) != (running.tier, running.price_minor):
        yield PlanChanged(user_id, name, found.tier, found.price_minor)
    period = found.period_start, found.period_end
    if period != (running.period_start, running.period_end):
        yield PeriodBegun(user_id, name, *period)
    if found.cancels_at != running.cancels_at:
        if found.cancels_at is None:
            yield CancellationWithdrawn(user_id, name)
        else:
            yield CancellationScheduled(user_id, name, found.cancels_at)
    if found.status != running.status:
        grace_until = found.period_start + GRACE if found.status == "past_due" else None
        yield StatusChanged(user_id, name, found.status, grace_until)


def end_grace(command: EndGrace, state: SubscriptionState) -> Sequence[ContractEvent]:
    match state.contract:
        case Running(status="past_due", grace_over=False, grace_until=until) as running if (
            until is not None and command.at >= until
        ):
            return (GraceEnded(command.user_id, running.subscription_id),)
        case _:
            return ()  # paid meanwhile, ended, or overdue anew


DECISIONS: Decisions = {
    FollowSubscription: follow,
    EndGrace: end_grace,
}
