"""`accept`: a signed webhook POST until its durable 200, over 16 connections, one process.

The floor is an endpoint that inserts the same body into one plain table and commits, with no
signature, no parsing and no second table.
"""

import time
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from fastapi import FastAPI, Request, Response
from psycopg_pool import AsyncConnectionPool

from mywork.adapters.stripe import signature_header
from mywork.bench.application import SECRET, api
from mywork.bench.load import answers_per_second, serving
from mywork.bench.report import Result
from mywork.bench.sales import receipt_body
from mywork.bench.scratch import scratch_database
from mywork.sandbox.processes import free_port


def run(scale: float) -> Result:
    seconds = max(1.0, 8 * scale)
    with scratch_database() as url:
        port = free_port()
        with serving(api, url, port=port):
            answers_per_second(port, _signed, seconds=1.0)  # warm
            rate = answers_per_second(port, lambda n: _signed(n + 10**7), seconds=seconds)
        port = free_port()
        with serving(bare, url, port=port):
            baseline = answers_per_second(port, _plain, seconds=seconds)
    details = {
        "connections": 16,
        "processes": 1,
        "floor": "one INSERT of the body and a commit per request, unsigned and unparsed",
    }
    return Result("accept", rate, "webhooks/s", baseline, details)


def _signed(number: int) -> bytes:
    body = receipt_body(number)
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
