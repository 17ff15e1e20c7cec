"""For schedulers outside: what the worker does on its own schedule, now. Safe to run twice."""

import hmac

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPBearer

from mywork.api.answers import made
from mywork.api.documentation import documented
from mywork.api.errors import Unauthorised
from mywork.api.strict import StrictRoute
from mywork.bootstrap.core import Core
from mywork.documents.operations import PayoutRun


class CronSecret(HTTPBearer):
    """Lets in who knows `CRON_SECRET`; nobody while there is none."""

    async def __call__(self, request: Request) -> None:  # type: ignore[override]
        core: Core = request.app.state.core
        secret = core.settings.cron_secret.reveal()
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = hmac.compare_digest(token.encode(), secret.encode())
        if not secret or scheme.lower() != "bearer" or not known:
            raise Unauthorised("send the cron secret: Authorization: Bearer ...")


router = APIRouter(
    prefix="/cron",
    tags=["cron"],
    route_class=StrictRoute,
    dependencies=[Depends(CronSecret(description="The setting CRON_SECRET."))],
)


@router.post(
    "/process-payouts", summary="Pay who is due", responses=documented(PayoutRun, 401, 503)
)
@router.get(
    "/process-payouts",
    summary="Pay who is due",
    responses=documented(PayoutRun, 401, 503),
    operation_id="processPayoutsByGet",
)
def process_payouts(request: Request) -> Response:
    """The weekly and monthly runs that are due, and then each waiting payout's turn.

    `requested` counts payouts that a run asked for, `moved` those that were sent, queued or held.
    """
    core: Core = request.app.state.core
    requested = core.paying_out.run_scheduled()
    moved = core.payout_queue.run()
    return made(core, PayoutRun(requested=requested, moved=moved), 0, status=200)
