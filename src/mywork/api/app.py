"""The application: routers, middlewares, problems, and what opens and closes with it."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Literal

import anyio.to_thread
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from mywork.api import (
    admin,
    audit,
    balance,
    breaks,
    config,
    cron,
    disputes,
    documentation,
    drills,
    errors,
    explain,
    exports,
    fees,
    financials,
    health,
    ledger,
    order_events,
    orders,
    payout_administration,
    payouts,
    periods,
    problems,
    products,
    receivables,
    reconciliation,
    refunds,
    seller,
    statements,
    subscription,
    tax_summaries,
    webhooks,
    what_if,
)
from mywork.api.auth import Sessions
from mywork.api.middleware import Compression, Headers, Requests
from mywork.bootstrap.core import Core
from mywork.projections.reading import Positions, Reader

LARGEST_BODY = 1024 * 1024
_DESCRIPTION = """The payments and ledger core of a marketplace.

Amounts are exact: a JSON number written from integer minor units, and the same in `*_minor`. Every
error is a problem (RFC 9457); `GET /problems` lists them. `POST`s that create take an
`Idempotency-Key`. Commands answer `X-Position`; reads wait for it with `?min_position=`."""

# Routes are tried in order, so what is asked most comes first.
MARKETPLACE = (
    balance,
    products,
    webhooks,
    orders,
    refunds,
    order_events,
    seller,
    payouts,
    disputes,
    ledger,
    explain,
    breaks,
    drills,
    fees,
    financials,
    receivables,
    reconciliation,
    statements,
    tax_summaries,
    periods,
    what_if,
    exports,
    audit,
    admin,
    subscription,
    payout_administration,
    cron,
    config,
)
App = Literal["all", "marketplace", "brain"]


def create_app(core: Core, *, apps: App = "all") -> FastAPI:
    """`apps` chooses what is served: the marketplace, the brain (to come), or all."""
    app = FastAPI(
        title="MyWork",
        version="1",
        description=_DESCRIPTION,
        license_info={"name": "MIT", "identifier": "MIT"},
        lifespan=_lifespan,
        servers=[{"url": "/"}],
        generate_unique_id_function=documentation.operation_id,
        redirect_slashes=False,  # a redirect would name whatever host the client claimed
    )
    app.state.core = core
    app.state.sessions = Sessions(core.outside.identity)
    app.state.collector = webhooks.Collector(core.inbox)
    app.state.stripe_probe = health.StripeProbe(core)
    app.state.requests = Requests()
    app.state.streams = order_events.Streams()
    pool_url = core.settings.database_pool_url.reveal()
    direct_url = core.settings.database_url.reveal()
    app.state.reader = Reader(pool_url or direct_url, pooled=bool(pool_url))
    app.state.positions = Positions(direct_url)
    for module in MARKETPLACE if apps in {"all", "marketplace"} else ():
        app.include_router(module.router, prefix="/api", max_body_size=LARGEST_BODY)
    app.include_router(health.router)
    app.include_router(problems.router)
    errors.install(app)
    _add_middlewares(app, core)
    documentation.complete(app)
    return app


def _add_middlewares(app: FastAPI, core: Core) -> None:
    app.add_middleware(Compression)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(core.settings.cors_origins),
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"],
        expose_headers=["ETag", "Idempotent-Replayed", "Retry-After", "X-Position", "X-Request-Id"],
        max_age=600,
    )
    app.add_middleware(Headers, requests=app.state.requests)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    reader: Reader = app.state.reader
    positions: Positions = app.state.positions
    await reader.open()
    await positions.open()
    probing = asyncio.create_task(_probe(app.state.stripe_probe))
    with _spared_collector():
        yield
    probing.cancel()
    with suppress(asyncio.CancelledError):
        await probing
    await positions.close()
    await reader.close()
    app.state.core.close()


@contextmanager
def _spared_collector() -> Iterator[None]:
    """What start-up made stays: the collector need not search it on every turn."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


async def _probe(probe: health.StripeProbe) -> None:
    while True:
        await anyio.to_thread.run_sync(probe.ask)
        await asyncio.sleep(health.STRIPE_PROBE_SECONDS)
