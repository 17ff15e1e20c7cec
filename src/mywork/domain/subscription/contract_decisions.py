"""What a user may ask of a subscription, and what is refused with what is possible instead."""

from collections.abc import Sequence

from mywork.domain.decider import Decisions
from mywork.domain.errors import (
    AlreadySubscribed,
    NothingToResume,
    PlanChangePending,
    SubscriptionNotActive,
    SubscriptionNotFound,
)
from mywork.domain.identifiers import UserId
from mywork.domain.subscription.contract_messages import (
    CancellationRequested,
    CancelSubscription,
    ChangePlan,
    ContractEvent,
    CustomerOpened,
    OpenCustomer,
    PlanChangeRefused,
    PlanChangeRequested,
    RefusePlanChange,
    RefuseSubscription,
    ResumeSubscription,
    ResumptionRequested,
    Status,
    Subscribe,
    SubscriptionRefused,
    SubscriptionRequested,
)
from mywork.domain.subscription.state import Requested, Running, SubscriptionState

PAID_FOR: frozenset[Status] = frozenset({"trialing", "active"})
_INSTEAD: dict[Status, str] = {
    "incomplete": "pay its first invoice",
    "past_due": "pay the open invoice",
    "unpaid": "pay the open invoice",
    "paused": "resume it",
}


# Beginning ---------------------------------------------------------------------------------


def subscribe(command: Subscribe, state: SubscriptionState) -> Sequence[ContractEvent]:
    """The same plan again while its first payment is awaited is the same request."""
    plan = command.plan
    if command.request_id in state.requests:
        return ()
    match state.contract:
        case Requested(terms=terms) if terms.plan_id == plan.id:
            return ()
        case Requested(terms=terms):
            raise AlreadySubscribed(f"you asked for {terms.tier}; ask for that again, or wait")
        case Running(status="incomplete") as running if _is(running, command):
            return ()
        case Running(status="incomplete") as running:
            raise AlreadySubscribed(
                f"a subscription to {running.tier} awaits its first payment; pay or cancel it"
            )
        case Running() as running:
            raise AlreadySubscribed(f"you have {running.tier}; change the plan instead")
    requested = SubscriptionRequested(
        user_id=command.user_id,
        request_id=command.request_id,
        plan_id=plan.id,
        tier=plan.tier,
        currency=plan.currency,
        price_minor=plan.price_minor,
    )
    return (requested,)


def _is(running: Running, command: Subscribe | ChangePlan) -> bool:
    plan = command.plan
    has = running.tier, running.currency, running.price_minor
    return has == (plan.tier, plan.currency, plan.price_minor)


def refuse(command: RefuseSubscription, state: SubscriptionState) -> Sequence[ContractEvent]:
    match state.contract:
        case Requested(terms=terms) if terms.request_id == command.request_id:
            return (SubscriptionRefused(command.user_id, command.request_id, command.reason),)
        case _:
            return ()


def open_customer(command: OpenCustomer, state: SubscriptionState) -> Sequence[ContractEvent]:
    if state.customer_id:
        return ()
    return (CustomerOpened(command.user_id, command.customer_id),)


# Changing ----------------------------------------------------------------------------------


def change_plan(command: ChangePlan, state: SubscriptionState) -> Sequence[ContractEvent]:
    running, plan = _running(state, command.user_id), command.plan
    if running.change is not None:
        if running.change.plan_id == plan.id:
            return ()
        raise PlanChangePending(
            f"the change to {running.change.tier} awaits Stripe's answer; try again in a moment"
        )
    if _is(running, command):
        return ()
    if running.status not in PAID_FOR:
        instead = _INSTEAD[running.status]
        raise SubscriptionNotActive(f"the subscription is {running.status}; {instead} first")
    if plan.currency != running.currency:
        raise SubscriptionNotActive(
            f"the subscription is in {running.currency}; cancel it to begin one in {plan.currency}"
        )
    requested = PlanChangeRequested(
        user_id=command.user_id,
        subscription_id=running.subscription_id,
        plan_id=plan.id,
        tier=plan.tier,
        currency=plan.currency,
        price_minor=plan.price_minor,
    )
    return (requested,)


def refuse_change(command: RefusePlanChange, state: SubscriptionState) -> Sequence[ContractEvent]:
    match state.contract:
        case Running(change=PlanChangeRequested(plan_id=plan_id) as change) if (
            plan_id == command.plan_id
        ):
            return (
                PlanChangeRefused(command.user_id, change.subscription_id, plan_id, command.reason),
            )
        case _:
            return ()


# Ending and going on -----------------------------------------------------------------------


def cancel(command: CancelSubscription, state: SubscriptionState) -> Sequence[ContractEvent]:
    running = _running(state, command.user_id)
    if running.ending or (running.cancels_at is not None and not running.resuming):
        return ()
    at_once = running.status not in PAID_FOR
    return (CancellationRequested(command.user_id, running.subscription_id, at_once),)


def resume(command: ResumeSubscription, state: SubscriptionState) -> Sequence[ContractEvent]:
    running = _running(state, command.user_id)
    if running.resuming:
        return ()
    ends = running.cancels_at is not None or (running.ending and not running.at_once)
    if not ends and running.status != "paused":
        raise NothingToResume("the subscription is neither cancelled nor paused: it goes on")
    return (ResumptionRequested(command.user_id, running.subscription_id),)


def _running(state: SubscriptionState, user_id: UserId) -> Running:
    """The subscription, or SubscriptionNotFound."""
    if isinstance(state.contract, Running):
        return state.contract
    raise SubscriptionNotFound(f"{user_id} has no subscription; POST /api/subscription first")


DECISIONS: Decisions = {
    Subscribe: subscribe,
    RefuseSubscription: refuse,
    OpenCustomer: open_customer,
    ChangePlan: change_plan,
    RefusePlanChange: refuse_change,
    CancelSubscription: cancel,
    ResumeSubscription: resume,
}
