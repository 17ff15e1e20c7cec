"""What a user asked of a subscription, brought to Stripe.

The call compares what is wanted with what Stripe has, and asks for the difference: so it may come
late, twice, or after another, and an outcome that was never heard is looked up by itself.
"""

import logging
from collections.abc import Iterator, Sequence

from mywork.application.handle import Handler
from mywork.application.outbox.calls import AlignSubscription
from mywork.application.ports.billing import Billing
from mywork.application.ports.clock import Clock
from mywork.application.ports.faults import VendorRefused
from mywork.application.ports.tables import ClaimedRow
from mywork.domain.decider import Command
from mywork.domain.identifiers import UserId
from mywork.domain.streams import subscription_stream
from mywork.domain.subscription.contract_messages import (
    ENDED,
    FollowSubscription,
    RefusePlanChange,
    Snapshot,
    plan_of,
)
from mywork.domain.subscription.decider import SUBSCRIPTION
from mywork.domain.subscription.plans import Plan
from mywork.domain.subscription.state import Running

logger = logging.getLogger(__name__)

# Stripe's own word for "not now": the change keeps its place and is asked for again.
NOT_NOW = frozenset({"lock_timeout"})


class SubscriptionCalls:
    def __init__(self, handler: Handler, billing: Billing, clock: Clock) -> None:
        self._handler = handler
        self._billing = billing
        self._clock = clock

    def align(self, asked: AlignSubscription, claimed: ClaimedRow) -> Sequence[Command]:
        """Stripe's answer as a snapshot, and what it refused."""
        user_id = asked.user_id
        state = self._handler.state(SUBSCRIPTION, subscription_stream(user_id))
        wanted = state.contract
        if not isinstance(wanted, Running):
            return ()  # it has ended meanwhile
        return tuple(self._aligned(user_id, wanted, claimed.idempotency_key))

    def _aligned(self, user_id: UserId, wanted: Running, key: str) -> Iterator[Command]:
        found = self._billing.subscription(wanted.subscription_id).snapshot
        if found.status not in ENDED and wanted.change is not None:
            try:
                found = self._change_plan(found, plan_of(wanted.change), f"{key}:plan")
            except VendorRefused as error:
                if error.code in NOT_NOW:
                    raise
                logger.warning("%s was refused: %s", key, error)
                plan_id, at = wanted.change.plan_id, self._clock.now()
                yield RefusePlanChange(user_id, plan_id, error.code, at)
        if found.status not in ENDED:
            found = self._end_or_go_on(found, wanted, key)
        at = found.ended_at or self._clock.now()
        yield FollowSubscription(user_id, found, at)

    def _change_plan(self, found: Snapshot, plan: Plan, key: str) -> Snapshot:
        if (found.tier, found.price_minor) == (plan.tier, plan.price_minor):
            return found
        return self._billing.change_plan(found.subscription_id, plan, idempotency_key=key)

    def _end_or_go_on(self, found: Snapshot, wanted: Running, key: str) -> Snapshot:
        name = found.subscription_id
        if wanted.ending and wanted.at_once:
            return self._billing.end(name, idempotency_key=f"{key}:end")
        if wanted.resuming and found.status == "paused":
            return self._billing.resume_paused(name, idempotency_key=f"{key}:resume")
        ends = wanted.ending or (wanted.cancels_at is not None and not wanted.resuming)
        if ends == (found.cancels_at is not None):
            return found
        return self._billing.set_ending(name, ends=ends, idempotency_key=f"{key}:ending")
