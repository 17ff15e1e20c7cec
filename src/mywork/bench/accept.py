"""`accept`: a signed webhook POST until its durable 200, over 16 connections, one process.

The floor is an endpoint that inserts the same body into one plain table and commits, with no
signature, no parsing and no second table.
"""

import time
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import psycopg
from fastapi import FastAPI, Request, Response
from psycopg_pool import AsyncConnectionPool

from mywork.adapters.stripe.webhooks import signature_header
from mywork.bench.application import SECRET, api
from mywork.bench.load import answers_per_second, serving
from mywork.bench.report import Result
from mywork.bench.sales import receipt_body
from mywork.bench.scratch import scratch_database
from mywork.sandbox.processes import free_port

ROUNDS = 5


def run(scale: float) -> Result:
    seconds = max(1.0, 8 * scale)
    with scratch_database() as url:
        rate, baseline = _measure(url, seconds)
    details = {
        "connections": 16,
        "processes": 1,
        "floor": "one INSERT of the body and a commit per request, unsigned and unparsed",
    }
    return Result("accept", rate, "webhooks/s", baseline, details)


def _measure(url: str, seconds: float) -> tuple[int, int]:
    """Both servers run at once and are asked by turns, so that noise falls on both alike."""
    ours, plain = free_port(), free_port()
    rate = baseline = 0
    with serving(api, url, port=ours), serving(bare, url, port=plain):
        answers_per_second(ours, _signed, seconds=0.5)  # warm
        answers_per_second(plain, _plain, seconds=0.5)
        for turn in range(1, ROUNDS + 1):
            fresh = partial(_signed, offset=turn * 10**7)
            rate += answers_per_second(ours, fresh, seconds=seconds / ROUNDS)
            baseline += answers_per_second(plain, _plain, seconds=seconds / ROUNDS)
    return rate // ROUNDS, baseline // ROUNDS


def _signed(number: int, offset: int = 0) -> bytes:
    body = receipt_body(number + offset)
    signature = signature_header(body, SECRET, int(time.time()))
    return _post("/api/webhooks/stripe", body, f"Stripe-Signature: {signature}\r\n")


def _plain(number: int) -> bytes:
    return _post("/accept", receipt_body(number))


def _post(path: str, body: bytes, headers: str = "") -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"{headers}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def bare(url: str) -> FastAPI:
    pool = AsyncConnectionPool(url, min_size=4, max_size=16, open=False)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> Any:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS bare (id bigserial, body bytea)")
        await pool.open(wait=True)
        yield
        await pool.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/accept")
    async def accept(request: Request) -> Response:
        body = await request.body()
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO bare (body) VALUES (%s)", (body,))
        return Response(status_code=200)

    return app
