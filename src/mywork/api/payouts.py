"""A seller's payouts: asked for, called off, looked at, and when they come by themselves."""

from fastapi import APIRouter, Request, Response
from pydantic import Field

from mywork.api.answers import Cursor, Limit, fresh, listed, made
from mywork.api.auth import User
from mywork.api.documentation import WAITS, documented
from mywork.api.idempotency import OnceOnly
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.payouts.decision import PayoutDecision
from mywork.application.payouts.run import next_run
from mywork.bootstrap.core import Core
from mywork.documents.document import Page, moment, money
from mywork.documents.payouts import CancelledPayout, Payout, RequestedPayout, status_of
from mywork.documents.sellers import ChosenSchedule, PayoutSchedule
from mywork.domain.identifiers import PayoutId, SellerId
from mywork.projections import queries

router = APIRouter(prefix="/seller", tags=["sellers"], route_class=StrictRoute)


class NewPayout(Strict):
    model_config = example_of({"currency": "USD"})

    currency: str = Field(default="USD", pattern="^[A-Z]{3}$", examples=["USD"])


class Profile(Strict):
    model_config = example_of({"payout_schedule": "monthly"})

    payout_schedule: PayoutSchedule


@router.get(
    "/payouts",
    summary="Your payouts",
    responses=documented(Page[Payout], 401),
    openapi_extra=WAITS,
)
async def own_payouts(
    request: Request, user: User, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """From the request to the bank, and back where it must be; newest first."""
    await fresh(request, "payouts")
    asked = queries.Asked(limit, cursor, user.user_id, where={"seller_id": user.user_id})
    return listed(await queries.page(request.app.state.reader, queries.PAYOUTS, asked))


@router.post(
    "/payout",
    summary="Be paid now",
    status_code=201,
    responses=documented(RequestedPayout, 401, 404, 409, 503, status=201),
)
def request_payout(request: Request, body: NewPayout, user: User, once: OnceOnly) -> Response:
    """Everything that is released, in one currency; one payout at a time."""
    core: Core = request.app.state.core

    def perform() -> Response:
        decision = core.paying_out.request(
            SellerId(user.user_id), body.currency, request_id=once.request_id
        )
        return made(core, _requested(decision), decision.position)

    return once.answer(perform)


def _requested(decision: PayoutDecision) -> RequestedPayout:
    payout = decision.payout
    requested = payout.requested
    return RequestedPayout(
        id=requested.payout_id,
        status=status_of(payout.stage),
        **money("amount", requested.amount_minor, requested.currency),
        currency=requested.currency,
    )


@router.post(
    "/payouts/{payout_id}/cancel",
    summary="Call off a payout",
    responses=documented(CancelledPayout, 401, 404, 409, 503),
)
def cancel_payout(request: Request, payout_id: str, user: User) -> Response:
    """While it waits; its money is in your balance again. Safe to repeat."""
    core: Core = request.app.state.core
    outcome = core.payout_administration.cancel(
        PayoutId(payout_id), reason="", by=user.user_id, seller_id=SellerId(user.user_id)
    )
    document = CancelledPayout(id=payout_id, status="cancelled")
    return made(core, document, outcome.position, status=200)


@router.put(
    "/profile",
    summary="Choose when you are paid",
    responses=documented(ChosenSchedule, 401, 404, 503),
)
def update_profile(request: Request, body: Profile, user: User) -> Response:
    """Every Monday, on the first of the month, or only when you ask; at 00:00 UTC."""
    core: Core = request.app.state.core
    position = core.selling.choose_schedule(user.user_id, body.payout_schedule)
    following = next_run(body.payout_schedule, core.outside.clock.now())
    document = ChosenSchedule(
        payout_schedule=body.payout_schedule, next_payout_at=moment(following)
    )
    return made(core, document, position, status=200)
