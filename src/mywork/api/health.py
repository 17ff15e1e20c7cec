"""Whether we live, whether we are ready, and numbers for a monitor."""

import time
from typing import Any

import anyio.to_thread
import orjson
from fastapi import APIRouter, Request, Response

from eventstore import EventStoreError
from mywork import projections
from mywork.api.answers import JSON, raw
from mywork.application.ports import VendorRefused, VendorUnavailable
from mywork.bootstrap import Core

router = APIRouter(tags=["health"], include_in_schema=False)

LARGEST_LAG = 10_000  # events behind, when a projection counts as ill
STRIPE_PROBE_SECONDS = 30


@router.get("/health/live")
async def live() -> Response:
    """The process answers."""
    return raw(b'{"status":"ok"}')


@router.get("/health")
@router.get("/health/ready")
async def ready(request: Request) -> Response:
    """503 when the database is away or a projection lags; Stripe is told, and not waited for."""
    found = await anyio.to_thread.run_sync(_probe, request.app.state.core)
    healthy = found["database"] == "ok" and found["projections"] == "ok"
    stripe: StripeProbe = request.app.state.stripe_probe
    document = {"status": "ok" if healthy else "unhealthy", **found, "stripe": stripe.status()}
    return Response(orjson.dumps(document), 200 if healthy else 503, None, JSON)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus's text format."""
    lines = await anyio.to_thread.run_sync(_measure, request.app.state.core)
    return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _probe(core: Core) -> dict[str, Any]:
    try:
        lags = {status.name: status.lag for status in projections.status(core.store)}
    except EventStoreError:
        return {"database": "away", "projections": "unknown"}
    behind = [name for name, lag in lags.items() if lag > LARGEST_LAG]
    return {"database": "ok", "projections": f"behind: {', '.join(behind)}" if behind else "ok"}


def _measure(core: Core) -> list[str]:
    inbox, effects = core.inbox.counts(), core.effects.counts()
    return [
        f"mywork_events_total {core.store.head()}",
        *(f'mywork_inbox{{status="{name}"}} {count}' for name, count in inbox.items()),
        *(f'mywork_effects{{status="{name}"}} {count}' for name, count in effects.items()),
        *(
            f'mywork_projection_lag_events{{name="{found.name}"}} {found.lag}'
            for found in projections.status(core.store)
        ),
    ]


class StripeProbe:
    """Stripe's answer of the last half minute: one call then, not one for each check."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._asked_at = 0.0
        self._status = "unknown"

    def status(self) -> str:
        return self._status

    def ask(self) -> None:
        """Blocking; called in the background."""
        if time.monotonic() - self._asked_at < STRIPE_PROBE_SECONDS:
            return
        self._asked_at = time.monotonic()
        try:
            self._core.outside.payments.balance()
        except (VendorUnavailable, VendorRefused) as error:
            self._status = type(error).__name__
        else:
            self._status = "ok"
