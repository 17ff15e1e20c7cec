"""`reads`: the product page and the seller's balance, over 16 connections, one process.

The baseline is a bare FastAPI + psycopg endpoint that does the same authentication and the same
pipelined transaction (role, user, the very same query, commit), and sends what it found.
"""

import time
from contextlib import asynccontextmanager
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI, Request, Response
from psycopg_pool import AsyncConnectionPool
from starlette.responses import JSONResponse

from eventstore.follow import Runner
from mywork.adapters.operations.people import People
from mywork.application.commands import envelope
from mywork.application.ports.tables import Person
from mywork.bench.application import USER, api, core
from mywork.bench.load import answers_per_second, serving
from mywork.bench.replay import write_history
from mywork.bench.report import Result
from mywork.bench.scratch import scratch_database
from mywork.domain.identifiers import ProductId, SellerId, UserId
from mywork.domain.product import DraftProduct, PublishProduct
from mywork.projections.queries import PEOPLE, PRODUCT_DOCUMENT, SELLER_BALANCE
from mywork.sandbox.processes import free_port

ROUNDS = 5
PRODUCT = "0199aa00-0000-7000-8000-0000000000aa"


def run(scale: float) -> Result:
    """The slower of the two reads, against the bare endpoint; both are in the details."""
    seconds = max(1.0, 5 * scale)
    with scratch_database() as url:
        private, public = _keys()
        _fill(url)
        token = _token(private)
        rates = _measure(url, public, token, seconds=seconds)
    pairs = [("product", "bare product"), ("balance", "bare balance")]
    slower, base = min(pairs, key=lambda pair: rates[pair[0]] / rates[pair[1]])
    details = {"connections": 16, "processes": 1, **rates, "shown": slower}
    return Result("reads", rates[slower], "requests/s", rates[base], details)


def _measure(url: str, public: bytes, token: str, *, seconds: float) -> dict[str, int]:
    """Both servers run at once and are asked by turns, so that noise falls on both alike."""
    ours, plain = free_port(), free_port()
    asked = {
        "product": (ours, _get(f"/api/products/{PRODUCT}")),
        "bare product": (plain, _get(f"/product/{PRODUCT}")),
        "balance": (ours, _get("/api/seller/balance", token)),
        "bare balance": (plain, _get("/balance", token)),
    }
    totals = dict.fromkeys(asked, 0)
    with serving(api, url, public, port=ours), serving(bare, url, public, port=plain):
        for port, request in asked.values():
            answers_per_second(port, request, seconds=0.5)  # warm
        for _ in range(ROUNDS):
            for name, (port, request) in asked.items():
                totals[name] += answers_per_second(port, request, seconds=seconds / ROUNDS)
    return {name: total // ROUNDS for name, total in totals.items()}


def _get(path: str, token: str = "") -> Any:
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{bearer}\r\n".encode()
    return lambda _: request


def _keys() -> tuple[rsa.RSAPrivateKey, bytes]:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, public


def _token(private: rsa.RSAPrivateKey) -> str:
    now = int(time.time())
    claims = {"sub": USER, "iss": "bench", "iat": now, "exp": now + 3600}
    return jwt.encode(claims, private, algorithm="RS256")


def _fill(url: str) -> None:
    """A published product, and a seller with held and released sales."""
    built = core(url)
    seller_id, product_id = SellerId(UserId(USER)), ProductId(PRODUCT)
    draft = DraftProduct(
        product_id=product_id,
        seller_id=seller_id,
        title="SaaS starter with billing",
        description="A starter with accounts, billing and tests. " * 20,
        category="saas-starters",
        currency="USD",
        prices_minor={"standard": 29_900, "extended": 99_900},
        tech_stack=("python", "postgresql"),
        tags=("billing",),
        at=built.outside.clock.now(),
    )
    publish = PublishProduct(product_id, seller_id, draft.at)
    for command in (draft, publish):
        built.handler.handle(envelope(command, actor=seller_id))
    People(built.store).save(Person(seller_id, "ada", ""))
    write_history(built.store, 1_000)
    Runner(built.store, built.followers()).catch_up()
    built.close()


# The bare endpoint --------------------------------------------------------------------------

_PRODUCT = f"""
SELECT {PRODUCT_DOCUMENT} FROM read.products {PEOPLE}
 WHERE product_id = %(id)s AND status = 'active'
"""
_BECOME = "SELECT set_config('role', 'mywork_reader', true), set_config('mywork.user_id', %s, true)"


def bare(url: str, public_key: bytes) -> FastAPI:
    """What anybody would write for one row, with the same authentication and transaction."""
    options = {"autocommit": True, "prepare_threshold": 2}
    pool = AsyncConnectionPool(url, min_size=1, max_size=8, open=False, kwargs=options)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> Any:
        await pool.open()
        yield
        await pool.close()

    app = FastAPI(lifespan=lifespan)
    known: dict[str, str] = {}

    async def rows(query: str, parameters: Any, user: str) -> Any:
        async with pool.connection() as connection, connection.pipeline():
            await connection.execute("BEGIN READ ONLY")
            await connection.execute(_BECOME, (user,))
            cursor = await connection.execute(query, parameters)
            await connection.execute("COMMIT")
            return await cursor.fetchall()

    @app.get("/product/{identifier}")
    async def page(identifier: str) -> Response:
        found = await rows(_PRODUCT, {"id": identifier}, "")
        return Response(found[0][0], media_type="application/json")

    @app.get("/balance")
    async def balance(request: Request) -> Response:
        token = request.headers["authorization"].removeprefix("Bearer ")
        if token not in known:
            claims = jwt.decode(token, public_key, algorithms=["RS256"], issuer="bench")
            known[token] = claims["sub"]
        user = known[token]
        return JSONResponse(await rows(SELLER_BALANCE, {"seller": user}, user))

    return app
