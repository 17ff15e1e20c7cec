"""Stripe's REST API as one function: a request in, a status, headers and JSON out.

Form-encoded bodies with nested names, test keys only, idempotent replays, pages by cursor,
expansion; what we do not imitate is refused as Stripe refuses it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from mywork.sandbox.stripe import API_VERSION
from mywork.sandbox.stripe.billing.invoices import INCLUDABLE, INVOICE
from mywork.sandbox.stripe.due import tick
from mywork.sandbox.stripe.errors import Json, StripeFault, invalid
from mywork.sandbox.stripe.routes import ROUTES
from mywork.sandbox.stripe.routing import PAGING, Route
from mywork.sandbox.stripe.world import PLATFORM, World


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` have lower-case names; `base` is the address that the client sees."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    base: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]


def respond(world: World, request: Request) -> Answer:
    """Answer one request; whatever it changed is in the journal before this returns."""
    with world.held():
        return _respond(world, request)


def _respond(world: World, request: Request) -> Answer:
    identifier = world.new_id("req")
    headers = {"request-id": identifier, "stripe-version": API_VERSION}
    try:
        account = _authenticate(world, request)
        tick(world)
        body, more = _once(world, request, account)
        return Answer(200, body, headers | more)
    except StripeFault as fault:
        error = fault.error | {"request_log_url": None}
        return Answer(fault.status, orjson.dumps({"error": error}), headers)
    finally:
        world.keep()


def _authenticate(world: World, request: Request) -> str:
    key = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if key.startswith(("sk_live_", "rk_live_")):
        raise StripeFault(
            401, "authentication_error", "The sandbox refuses live keys; use sk_test_."
        )
    if not key.startswith(("sk_test_", "rk_test_")):
        raise StripeFault(401, "authentication_error", "Invalid API Key provided; use sk_test_...")
    account = request.headers.get("stripe-account", PLATFORM)
    if account != PLATFORM:
        world.find(PLATFORM, "account", account)
    return account


# Idempotency --------------------------------------------------------------------------------


def _once(world: World, request: Request, account: str) -> tuple[bytes, dict[str, str]]:
    """The same key and parameters give the same answer, also when that was a refusal."""
    key = request.headers.get("idempotency-key", "")
    if request.method != "POST" or not key:
        return orjson.dumps(_perform(world, request, account)), {}
    name = f"{account}|{key}"
    asked = f"{request.path}?{request.body.decode(errors='replace')}"
    known = world.tables.get("/idempotency", {}).get(name)
    if known is not None:
        return _replayed(known, asked)
    answer: Json = {"id": name, "asked": asked, "created": world.real_now()}
    try:
        document = _perform(world, request, account)
    except StripeFault as fault:
        if fault.status < 500:
            refusal = {"status": fault.status, "error": fault.error}
            world.put_for_a_while(PLATFORM, "idempotency", answer | refusal)
        raise
    body = orjson.dumps(document)  # as it is now: the object itself will change
    world.put_for_a_while(PLATFORM, "idempotency", answer | {"status": 200, "body": body.decode()})
    return body, {}


def _replayed(known: Json, asked: str) -> tuple[bytes, dict[str, str]]:
    if known["asked"] != asked:
        raise StripeFault(
            400,
            "idempotency_error",
            "Keys for idempotent requests can only be used with the same parameters they were"
            " first used with.",
        )
    if known["status"] != 200:
        error = dict(known["error"])
        raise StripeFault(known["status"], error.pop("type"), error.pop("message"), **error)
    return known["body"].encode(), {"idempotent-replayed": "true"}


# Performing ---------------------------------------------------------------------------------


def _by_resource() -> dict[tuple[str, ...], list[Route]]:
    found: dict[tuple[str, ...], list[Route]] = {}
    for route in ROUTES:
        place = (route.method, *route.pattern.pattern.split("/")[1:3])
        found.setdefault(place, []).append(route)
    return found


_ROUTES = _by_resource()


def _perform(world: World, request: Request, account: str) -> Json:
    route, named = _route(request)
    text = request.body.decode() if request.method == "POST" else request.query
    params = parse_parameters(text)
    unknown = sorted(params.keys() - route.parameters - PAGING)
    if unknown:
        raise invalid(
            f"Received unknown parameter: {unknown[0]}",
            code="parameter_unknown",
            param=unknown[0],
        )
    document = route.operation(world, account, params | named | {"_base": request.base})
    paths = params.get("expand") or []
    if not paths and not request.path.startswith("/v1/invoices"):
        return document
    answer: Json = _as_asked(expanded(world, account, document, paths), paths)
    return answer


def _route(request: Request) -> tuple[Route, dict[str, str]]:
    for route in _ROUTES.get((request.method, *request.path.split("/")[1:3]), ()):
        found = route.pattern.fullmatch(request.path)
        if found:
            return route, found.groupdict()
    raise invalid(f"Unrecognized request URL ({request.method}: {request.path}).", status=404)


def parse_parameters(text: str) -> Json:
    """`a[b]=1&c[0]=x&c[]=y` -> {"a": {"b": "1"}, "c": ["x", "y"]}; values stay texts."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        node = tree
        for part, following in zip([first, *rest], rest, strict=False):
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise invalid(f"Invalid parameter: {name}{following}", param=name)
        last = rest[-1] if rest else first
        node[str(len(node)) if last == "" else last] = value
    return {name: _listed(value) for name, value in tree.items()}


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    values = {name: _listed(value) for name, value in node.items()}
    return list(values.values()) if values and all(n.isdecimal() for n in values) else values


def expanded(world: World, account: str, document: Json, paths: list[str]) -> Json:
    """Replace ids by the objects they name, along paths such as `data.source`."""
    for path in paths:
        document = _expand(world, account, document, path.split("."))
    return document


def _expand(world: World, account: str, document: Any, path: list[str]) -> Any:
    if isinstance(document, list):
        return [_expand(world, account, item, path) for item in document]
    if not isinstance(document, dict) or path[0] not in document:
        return document
    value = document[path[0]]
    if isinstance(value, str):
        value = _named(world, account, value)
    if len(path) > 1:
        value = _expand(world, account, value, path[1:])
    return document | {path[0]: value}


def _as_asked(node: Any, paths: list[str]) -> Any:
    """Leave out what an invoice shows only to those who ask for it."""
    if isinstance(node, list):
        return [_as_asked(item, paths) for item in node]
    if not isinstance(node, dict):
        return node
    asked = {name for path in paths for name in path.split(".")}
    hidden = INCLUDABLE - asked if node.get("object") == INVOICE else ()
    return {name: _as_asked(value, paths) for name, value in node.items() if name not in hidden}


_KINDS = {
    "pi": "payment_intent",
    "ch": "charge",
    "tr": "transfer",
    "po": "payout",
    "txn": "balance_transaction",
    "acct": "account",
    "cus": "customer",
    "re": "refund",
    "du": "dispute",
    "in": "invoice",
    "sub": "subscription",
    "price": "price",
    "prod": "product",
    "pm": "payment_method",
}


def _named(world: World, account: str, identifier: str) -> Any:
    kind = _KINDS.get(identifier.partition("_")[0], "")
    return world.tables.get(f"{account}/{kind}", {}).get(identifier, identifier)
