"""Whether we live, whether we are ready, and numbers for a monitor."""

import time
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from starlette.datastructures import State
from starlette.responses import PlainTextResponse

from eventstore.errors import EventStoreError
from mywork.adapters.queue import DramatiqQueue
from mywork.api.answers import raw
from mywork.api.documentation import documented
from mywork.api.strict import StrictRoute
from mywork.application.ports.faults import VendorRefused, VendorUnavailable
from mywork.bootstrap.core import Core
from mywork.documents.document import encode
from mywork.documents.operations import Alive, Health, Reached, StripeReached
from mywork.ledger.financials.safeguarding import safeguarding
from mywork.projections.install import projection_statuses

router = APIRouter(tags=["health"], route_class=StrictRoute)

LARGEST_LAG = 10_000  # events behind, when a projection counts as ill
STRIPE_PROBE_SECONDS = 30
READY = documented(Health)
READY[503] = READY[200] | {"description": "Not ready."}


@router.get("/health/live", summary="Alive", responses=documented(Alive))
async def get_live() -> Response:
    """The process answers."""
    return raw(encode(Alive(status="ok")))


@router.get("/health", summary="Ready for requests", responses=READY, operation_id="getHealth")
@router.get("/health/ready", summary="Ready for requests", responses=READY)
async def get_ready(request: Request) -> Response:
    """503 when the database or Redis is away, or a projection lags.

    Stripe is told, and not waited for: without it webhooks must still be accepted.
    """
    found = await anyio.to_thread.run_sync(_probe, request.app.state)
    return raw(encode(found), status=200 if found.status == "ok" else 503)


_METRICS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The text format of Prometheus.",
        "content": {
            "text/plain": {"schema": {"type": "string"}, "example": "mywork_events_total 42"}
        },
    }
}


@router.get(
    "/metrics",
    summary="Numbers for a monitor",
    responses=_METRICS,
    response_class=PlainTextResponse,
)
async def get_metrics(request: Request) -> Response:
    """Inbox, outbox, projections, head of the history; answers of this process."""
    state = request.app.state
    measured = await anyio.to_thread.run_sync(_measure, state.core)
    lines = [*measured, *state.requests.lines()]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _probe(state: State) -> Health:
    core: Core = state.core
    queue = core.outside.queue
    away = isinstance(queue, DramatiqQueue) and not queue.reachable()
    database, projections = _probe_database(core)
    redis: Reached = "away" if away else "ok"
    return Health(
        status="ok" if {database, projections, redis} == {"ok"} else "unhealthy",
        database=database,
        projections=projections,
        redis=redis,
        stripe=state.stripe_probe.status(),
    )


def _probe_database(core: Core) -> tuple[Reached, str]:
    try:
        lags = {status.name: status.lag for status in projection_statuses(core.store)}
    except EventStoreError:
        return "away", "unknown"
    behind = [name for name, lag in lags.items() if lag > LARGEST_LAG]
    return "ok", f"behind: {', '.join(behind)}" if behind else "ok"


def _measure(core: Core) -> list[str]:
    try:
        inbox, outbox = core.inbox.counts(), core.outbox.counts()
        return [
            "mywork_database_up 1",
            f"mywork_events_total {core.store.head()}",
            *(f'mywork_inbox{{status="{name}"}} {count}' for name, count in inbox.items()),
            *(f'mywork_outbox{{status="{name}"}} {count}' for name, count in outbox.items()),
            *(
                f'mywork_projection_lag_events{{name="{found.name}"}} {found.lag}'
                for found in projection_statuses(core.store)
            ),
            *_safeguarding(core),
        ]
    except EventStoreError:
        return ["mywork_database_up 0"]


def _safeguarding(core: Core) -> list[str]:
    """By how much Stripe holds less than sellers are owed; anything above 0 wakes somebody."""
    return [
        f'mywork_safeguarding_shortfall_minor{{currency="{found.currency}"}} '
        f"{max(-found.surplus_minor, 0)}"
        for found in safeguarding(core.store)
    ]


class StripeProbe:
    """Stripe's answer of the last half minute: one call then, not one for each check."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._asked_at = 0.0
        self._status: StripeReached = "unknown"

    def status(self) -> StripeReached:
        return self._status

    def ask(self) -> None:
        """Blocking; called in the background."""
        if time.monotonic() - self._asked_at < STRIPE_PROBE_SECONDS:
            return
        self._asked_at = time.monotonic()
        try:
            self._core.outside.payments.balance()
        except VendorUnavailable:
            self._status = "unavailable"
        except VendorRefused:
            self._status = "refused"
        else:
            self._status = "ok"
