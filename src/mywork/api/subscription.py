"""A user's subscription: begun, changed, ended, resumed; and what it entitles to."""

from typing import Any

from fastapi import APIRouter, Request, Response
from msgspec import Raw
from msgspec.structs import asdict
from pydantic import Field

from mywork.api.answers import fresh, made, raw
from mywork.api.auth import User
from mywork.api.documentation import WAITS, documented
from mywork.api.idempotency import OnceOnly
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.usecases.subscribing import Standing
from mywork.bootstrap.core import Core
from mywork.documents.document import encode, moment, money
from mywork.documents.subscriptions import (
    NO_ENTITLEMENT,
    NO_SUBSCRIPTION,
    BegunSubscription,
    OwnSubscription,
    SubscriptionPayment,
    SubscriptionTerms,
    status_of,
)
from mywork.projections import queries

router = APIRouter(prefix="/subscription", tags=["subscriptions"], route_class=StrictRoute)


class NewSubscription(Strict):
    model_config = example_of({"tier": "pro", "currency": "USD"})

    tier: str = Field(max_length=20, examples=["pro"])
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$", examples=["USD"])


class NewPlan(Strict):
    model_config = example_of({"tier": "team"})

    tier: str = Field(max_length=20, examples=["team"])


# Reading ------------------------------------------------------------------------------------


@router.get(
    "",
    summary="Your subscription, and what it entitles you to",
    responses=documented(OwnSubscription, 401),
    openapi_extra=WAITS,
)
async def get_subscription(request: Request, user: User) -> Response:
    """`awaits` is what you asked and Stripe has not answered yet; `refused`, why it said no.

    Without a subscription its status is "none".
    """
    await fresh(request, "subscriptions")
    await fresh(request, "entitlements")
    reader = request.app.state.reader
    found = await queries.subscription_of(reader, user.user_id)
    subscription: Any = Raw(found[0]) if found[0] else NO_SUBSCRIPTION
    entitlement: Any = Raw(found[1]) if found[1] else NO_ENTITLEMENT
    return raw(encode(OwnSubscription(subscription=subscription, entitlement=entitlement)))


@router.get(
    "/payment",
    summary="The payment that your subscription waits for",
    responses=documented(SubscriptionPayment, 401, 404, 503),
)
def get_subscription_payment(request: Request, user: User) -> Response:
    """The client secret of the open invoice, to confirm with Stripe and perhaps another card."""
    core: Core = request.app.state.core
    standing = core.subscribing.payment(user.user_id)
    document = SubscriptionPayment(
        stripe_client_secret=standing.client_secret or None,
        status=status_of(standing.contract.status),
    )
    return raw(encode(document), headers={"Cache-Control": "no-store"})


# Asking -------------------------------------------------------------------------------------


@router.post(
    "",
    summary="Subscribe",
    status_code=201,
    responses=documented(BegunSubscription, 401, 404, 409, 503, status=201),
)
def subscribe(request: Request, body: NewSubscription, user: User, once: OnceOnly) -> Response:
    """Answers the client secret of the first payment; it begins when that is confirmed.

    Asked again for the same plan before that, it is the same subscription.
    """
    core: Core = request.app.state.core

    def perform() -> Response:
        begun = core.subscribing.subscribe(
            user.user_id, body.tier, body.currency, request_id=once.request_id
        )
        secret = begun.client_secret or None
        document = BegunSubscription(**asdict(_terms(begun)), stripe_client_secret=secret)
        return made(core, document, begun.position)

    return once.answer(perform, secret=True)


@router.put(
    "",
    summary="Change the plan",
    responses=documented(SubscriptionTerms, 401, 404, 409, 503),
)
def change_plan(request: Request, body: NewPlan, user: User) -> Response:
    """At once: unused time is given back, the rest of the period charged to the card on file.

    A downgrade leaves credit, which pays later invoices. A card that declines changes nothing.
    """
    core: Core = request.app.state.core
    changed = core.subscribing.change_plan(user.user_id, body.tier)
    return made(core, _terms(changed), changed.position, status=200)


@router.post(
    "/cancel",
    summary="End it with what is paid for",
    responses=documented(SubscriptionTerms, 401, 404, 409, 503),
)
def cancel_subscription(request: Request, user: User) -> Response:
    """At the end of the period; at once where nothing is paid for. Safe to repeat."""
    core: Core = request.app.state.core
    standing = core.subscribing.cancel(user.user_id)
    return made(core, _terms(standing), standing.position, status=200)


@router.post(
    "/resume",
    summary="Go on after all",
    responses=documented(SubscriptionTerms, 401, 404, 409, 503),
)
def resume_subscription(request: Request, user: User) -> Response:
    """Takes a cancellation back while the period lasts, or wakes a paused one."""
    core: Core = request.app.state.core
    standing = core.subscribing.resume(user.user_id)
    return made(core, _terms(standing), standing.position, status=200)


def _terms(standing: Standing) -> SubscriptionTerms:
    contract = standing.contract
    return SubscriptionTerms(
        status=status_of(contract.status),
        tier=contract.tier,
        **money("price", contract.price_minor, contract.currency),
        currency=contract.currency,
        awaits=contract.awaits,
        period_end=moment(contract.period_end),
        ends_at=moment(contract.cancels_at),
    )
