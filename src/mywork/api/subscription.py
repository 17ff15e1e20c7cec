"""A user's subscription: begun, changed, ended, resumed; and what it entitles to."""

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import Field

from mywork.api.answers import fresh, made, raw
from mywork.api.auth import User
from mywork.api.documentation import WAITS, documented
from mywork.api.idempotency import OnceOnly
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.usecases.subscribing import Standing
from mywork.bootstrap.core import Core
from mywork.projections import queries
from mywork.projections.documents import exact, moment

router = APIRouter(prefix="/subscription", tags=["subscriptions"], route_class=StrictRoute)

TERMS = {"tier": "pro", "price": 29.00, "price_minor": 2900, "currency": "USD"}
SECRET = "pi_1abc_secret_xyz"  # noqa: S105  of an example
STANDING = TERMS | {
    "status": "active",
    "awaits": "team",
    "period_end": "2026-12-10T12:00:00Z",
    "ends_at": "2026-12-10T12:00:00Z",
}
EXAMPLE = {
    "subscription": {
        "status": "active",
        **TERMS,
        "credit": 0.00,
        "credit_minor": 0,
        "interval": "month",
        "awaits": "cancellation",
        "refused": "card_declined",
        "requested_at": "2026-11-10T12:00:00Z",
        "period_start": "2026-11-10T12:00:00Z",
        "period_end": "2026-12-10T12:00:00Z",
        "ends_at": "2026-12-10T12:00:00Z",
        "ended_at": "2026-12-10T12:00:00Z",
        "next_payment_attempt_at": "2026-12-11T13:00:00Z",
    },
    "entitlement": {
        "tier": "pro",
        "until": "2026-12-10T12:00:00Z",
        "why_not": "the first payment is awaited",
    },
}
NO_SUBSCRIPTION = b'{"status":"none"}'
NO_ENTITLEMENT = b'{"tier":null,"until":null,"why_not":"there is no subscription"}'


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
    responses=documented(EXAMPLE, 401, 503),
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
    subscription, entitlement = found[0] or NO_SUBSCRIPTION, found[1] or NO_ENTITLEMENT
    return raw(b'{"subscription":%s,"entitlement":%s}' % (subscription, entitlement))


@router.get(
    "/payment",
    summary="The payment that your subscription waits for",
    responses=documented({"stripe_client_secret": SECRET, "status": "past_due"}, 401, 404, 503),
)
def get_subscription_payment(request: Request, user: User) -> Response:
    """The client secret of the open invoice, to confirm with Stripe and perhaps another card."""
    core: Core = request.app.state.core
    standing = core.subscribing.payment(user.user_id)
    document = {
        "stripe_client_secret": standing.client_secret or None,
        "status": standing.contract.status,
    }
    return raw(orjson.dumps(document), headers={"Cache-Control": "no-store"})


# Asking -------------------------------------------------------------------------------------


@router.post(
    "",
    summary="Subscribe",
    status_code=201,
    responses=documented(
        STANDING | {"stripe_client_secret": SECRET}, 400, 401, 404, 409, 503, status=201
    ),
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
        document = _standing(begun) | {"stripe_client_secret": begun.client_secret or None}
        return made(core, document, begun.position)

    return once.answer(perform, secret=True)


@router.put(
    "",
    summary="Change the plan",
    responses=documented(STANDING, 400, 401, 404, 409, 503),
)
def change_plan(request: Request, body: NewPlan, user: User) -> Response:
    """At once: unused time is given back, the rest of the period charged to the card on file.

    A downgrade leaves credit, which pays later invoices. A card that declines changes nothing.
    """
    core: Core = request.app.state.core
    changed = core.subscribing.change_plan(user.user_id, body.tier)
    return made(core, _standing(changed), changed.position, status=200)


@router.post(
    "/cancel",
    summary="End it with what is paid for",
    responses=documented(STANDING, 401, 404, 409, 503),
)
def cancel_subscription(request: Request, user: User) -> Response:
    """At the end of the period; at once where nothing is paid for. Safe to repeat."""
    core: Core = request.app.state.core
    standing = core.subscribing.cancel(user.user_id)
    return made(core, _standing(standing), standing.position, status=200)


@router.post(
    "/resume",
    summary="Go on after all",
    responses=documented(STANDING, 401, 404, 409, 503),
)
def resume_subscription(request: Request, user: User) -> Response:
    """Takes a cancellation back while the period lasts, or wakes a paused one."""
    core: Core = request.app.state.core
    standing = core.subscribing.resume(user.user_id)
    return made(core, _standing(standing), standing.position, status=200)


def _standing(standing: Standing) -> dict[str, Any]:
    contract = standing.contract
    return {
        "status": contract.status,
        "tier": contract.tier,
        "price": exact(contract.price_minor, contract.currency),
        "price_minor": contract.price_minor,
        "currency": contract.currency,
        "awaits": contract.awaits or None,
        "period_end": moment(contract.period_end),
        "ends_at": moment(contract.cancels_at),
    }
