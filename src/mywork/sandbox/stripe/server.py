"""The HTTP door: Stripe's API at the root, the control plane, and a JWKS."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mywork.sandbox.clock import SandboxClock
from mywork.sandbox.identity import SigningKey
from mywork.sandbox.stripe.api import Request, respond
from mywork.sandbox.stripe.control import Control, refused
from mywork.sandbox.stripe.delivery import Delivery
from mywork.sandbox.stripe.errors import StripeFault
from mywork.sandbox.stripe.faults import REFUSALS, Faults, refusal
from mywork.sandbox.stripe.world import World

_TIMEOUT_SECONDS = 30


def open_world(folder: Path) -> World:
    """The world of a data folder, as it was left."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock = SandboxClock(folder / "clock.json")
    return World(clock, journal=folder / "journal.jsonl")


def create_app(world: World, key: SigningKey) -> Starlette:
    delivery = Delivery(world)
    control = Control(world, delivery, Faults(world))

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(delivery.run())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        world.close()

    async def stripe(request: HttpRequest) -> Response:
        return await _answer(world, control, request)

    async def jwks(_: HttpRequest) -> Response:
        return JSONResponse(key.jwks())

    routes = [
        Route("/.well-known/jwks.json", jwks),
        *control.routes(),
        Route("/{path:path}", stripe, methods=["GET", "POST", "DELETE"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={StripeFault: refused})


async def _answer(world: World, control: Control, request: HttpRequest) -> Response:
    asked = Request(
        method=request.method,
        path=request.url.path,
        query=request.url.query,
        headers=dict(request.headers),
        body=await request.body(),
        base=f"http://{urlsplit(str(request.url)).netloc}",
    )
    kind = control.faults.strike(asked.method, asked.path)
    if kind in REFUSALS:
        status, body = refusal(kind)
        return Response(body, status, media_type="application/json")
    if kind == "timeout":
        await asyncio.sleep(_TIMEOUT_SECONDS)
    if kind == "reset":
        return _Broken()
    answer = respond(world, asked)
    if kind == "drop_after_commit":
        return _Broken()
    headers = dict(answer.headers)
    return Response(answer.body, answer.status, headers, "application/json")


class _Broken(Response):
    """An answer that ends in the middle: the client cannot know what became of its request."""

    def __init__(self) -> None:
        super().__init__(b"{", headers={"content-length": "1000"})


def serve(folder: Path, port: int) -> None:
    app = create_app(open_world(folder), SigningKey(folder))
    print(f"the Stripe sandbox serves http://127.0.0.1:{port}", flush=True)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
