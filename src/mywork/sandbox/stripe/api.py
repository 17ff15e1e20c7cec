"""Stripe's REST API as one function: a request in, a status, headers and JSON out.

Form-encoded bodies with nested names, test keys only, idempotent replays, pages by cursor,
expansion; what we do not imitate is refused as Stripe refuses it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from mywork.sandbox.stripe import API_VERSION, balance, connect, events, payments
from mywork.sandbox.stripe.errors import Json, StripeFault, invalid, missing
from mywork.sandbox.stripe.world import PLATFORM, World

LARGEST_PAGE, USUAL_PAGE = 100, 10
PAGING = {"limit", "starting_after", "ending_before", "created", "expand"}

Operation = Callable[[World, str, Json], Json]


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


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    operation: Operation
    parameters: frozenset[str]


def respond(world: World, request: Request) -> Answer:
    """Answer one request; whatever it changed is in the journal before this returns."""
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


def tick(world: World) -> None:
    """What time brings: captures complete, payouts arrive."""
    for account in [PLATFORM, *(found["id"] for found in world.all(PLATFORM, "account"))]:
        payments.capture_due(world, account)
        connect.pay_due_payouts(world, account)


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
    answer: Json = {"id": name, "asked": asked}
    try:
        document = _perform(world, request, account)
    except StripeFault as fault:
        if fault.status < 500:
            refusal = {"status": fault.status, "error": fault.error}
            world.put(PLATFORM, "idempotency", answer | refusal)
        raise
    world.put(PLATFORM, "idempotency", answer | {"status": 200, "document": document})
    return orjson.dumps(document), {}


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
    return orjson.dumps(known["document"]), {"idempotent-replayed": "true"}


# Performing ---------------------------------------------------------------------------------


def _perform(world: World, request: Request, account: str) -> Json:
    for route in ROUTES:
        found = route.pattern.fullmatch(request.path)
        if found and route.method == request.method:
            text = request.query if request.method == "GET" else request.body.decode()
            params = parse_parameters(text)
            unknown = sorted(params.keys() - route.parameters - PAGING)
            if unknown:
                raise invalid(
                    f"Received unknown parameter: {unknown[0]}",
                    code="parameter_unknown",
                    param=unknown[0],
                )
            document = route.operation(
                world, account, params | found.groupdict() | {"_base": request.base}
            )
            return expanded(world, account, document, params.get("expand") or [])
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


_KINDS = {
    "pi": "payment_intent",
    "ch": "charge",
    "tr": "transfer",
    "po": "payout",
    "txn": "balance_transaction",
    "acct": "account",
    "cus": "customer",
}


def _named(world: World, account: str, identifier: str) -> Any:
    kind = _KINDS.get(identifier.partition("_")[0], "")
    return world.tables.get(f"{account}/{kind}", {}).get(identifier, identifier)


# Reading ------------------------------------------------------------------------------------


def _retrieve(kind: str, show: Callable[[World, Json], Json] | None = None) -> Operation:
    def operation(world: World, account: str, params: Json) -> Json:
        found = world.find(account, kind, params["id"])
        return show(world, found) if show else found

    return operation


def _listing(
    kind: str, *filters: str, show: Callable[[World, Json], Json] | None = None
) -> Operation:
    """A list newest first, filtered by equal fields and times of creation."""

    def operation(world: World, account: str, params: Json) -> Json:
        rows = [row for row in world.all(account, kind) if _matches(row, params, filters)]
        rows.reverse()
        page, has_more = _page(rows, params)
        data = [show(world, row) if show else row for row in page]
        return {"object": "list", "data": data, "has_more": has_more, "url": f"/v1/{kind}s"}

    return operation


def _matches(row: Json, params: Json, filters: tuple[str, ...]) -> bool:
    if row.get("deleted"):
        return False
    for name in filters:
        if name == "types":
            wanted = params.get("types")
            if wanted and row["type"] not in wanted:
                return False
        elif name in params and str(row.get(name)) != params[name]:
            return False
    return _created_within(row, params.get("created"))


def _created_within(row: Json, created: Any) -> bool:
    if created is None:
        return True
    bounds = created if isinstance(created, dict) else {"gte": created, "lte": created}
    compare: dict[str, Callable[[int, int], bool]] = {
        "gt": lambda a, b: a > b,
        "gte": lambda a, b: a >= b,
        "lt": lambda a, b: a < b,
        "lte": lambda a, b: a <= b,
    }
    return all(compare[name](row["created"], int(value)) for name, value in bounds.items())


def _page(rows: list[Json], params: Json) -> tuple[list[Json], bool]:
    limit = int(params.get("limit", USUAL_PAGE))
    if not 1 <= limit <= LARGEST_PAGE:
        raise invalid("limit must be between 1 and 100", param="limit")
    ids = [row["id"] for row in rows]
    for cursor in ("starting_after", "ending_before"):
        if cursor in params and params[cursor] not in ids:
            raise missing(cursor, params[cursor])
    if "ending_before" in params:
        end = ids.index(params["ending_before"])
        start = max(0, end - limit)
        return rows[start:end], start > 0
    start = ids.index(params["starting_after"]) + 1 if "starting_after" in params else 0
    return rows[start : start + limit], start + limit < len(rows)


# Routes -------------------------------------------------------------------------------------


def _route(text: str, operation: Operation, parameters: str = "") -> Route:
    method, path = text.split()
    pattern = re.sub(r"{(\w+)}", r"(?P<\1>[A-Za-z0-9_]+)", path)
    return Route(method, re.compile(pattern), operation, frozenset(parameters.split()))


def _updating(kind: str) -> Operation:
    return lambda world, account, params: payments.update_metadata(world, account, kind, params)


def _own_account(world: World, _: str, params: Json) -> Json:
    return world.find(PLATFORM, "account", params["id"])


def _login_link(world: World, _: str, params: Json) -> Json:
    account = world.find(PLATFORM, "account", params["id"])
    url = f"{params['_base']}/_sandbox/accounts/{account['id']}"
    return {"object": "login_link", "created": world.now(), "url": url}


INTENT = (
    "amount currency automatic_payment_methods customer description metadata payment_method "
    "confirm receipt_email statement_descriptor transfer_group"
)
ROUTES: tuple[Route, ...] = (
    _route("POST /v1/payment_intents", payments.create_intent, INTENT),
    _route("GET /v1/payment_intents", _listing("payment_intent", "customer"), "customer"),
    _route("GET /v1/payment_intents/{id}", _retrieve("payment_intent"), "client_secret"),
    _route(
        "POST /v1/payment_intents/{id}",
        _updating("payment_intent"),
        "metadata description transfer_group receipt_email",
    ),
    _route(
        "POST /v1/payment_intents/{id}/confirm",
        payments.confirm_intent,
        "payment_method return_url receipt_email",
    ),
    _route("POST /v1/payment_intents/{id}/cancel", payments.cancel_intent, "cancellation_reason"),
    _route(
        "GET /v1/charges",
        _listing("charge", "payment_intent", "transfer_group", "customer"),
        "payment_intent transfer_group customer",
    ),
    _route("GET /v1/charges/{id}", _retrieve("charge")),
    _route("GET /v1/balance", balance.balance),
    _route(
        "GET /v1/balance_transactions",
        _listing("balance_transaction", "source", "type", "currency", show=balance.refreshed),
        "source type currency",
    ),
    _route(
        "GET /v1/balance_transactions/{id}",
        _retrieve("balance_transaction", balance.refreshed),
    ),
    _route(
        "POST /v1/accounts",
        connect.create_account,
        "type country email capabilities metadata settings business_type",
    ),
    _route("GET /v1/accounts", _listing("account")),
    _route("GET /v1/accounts/{id}", _own_account),
    _route("POST /v1/accounts/{id}", _updating("account"), "metadata email"),
    _route("POST /v1/accounts/{id}/login_links", _login_link),
    _route(
        "POST /v1/account_links",
        connect.create_account_link,
        "account type return_url refresh_url collection_options",
    ),
    _route(
        "POST /v1/transfers",
        connect.create_transfer,
        "amount currency destination description metadata transfer_group",
    ),
    _route(
        "GET /v1/transfers",
        _listing("transfer", "destination", "transfer_group"),
        "destination transfer_group",
    ),
    _route("GET /v1/transfers/{id}", _retrieve("transfer")),
    _route("POST /v1/transfers/{id}", _updating("transfer"), "metadata description"),
    _route("POST /v1/transfers/{id}/reversals", connect.create_reversal, "amount metadata"),
    _route(
        "POST /v1/payouts", connect.create_payout, "amount currency description metadata method"
    ),
    _route("GET /v1/payouts", _listing("payout", "status"), "status"),
    _route("GET /v1/payouts/{id}", _retrieve("payout")),
    _route("POST /v1/payouts/{id}", _updating("payout"), "metadata"),
    _route("POST /v1/customers", connect.create_customer, "email name description metadata phone"),
    _route("GET /v1/customers", _listing("customer", "email"), "email"),
    _route("GET /v1/customers/{id}", _retrieve("customer")),
    _route("POST /v1/customers/{id}", _updating("customer"), "email description metadata"),
    _route("GET /v1/events", _listing("event", "type", "types"), "type types delivery_success"),
    _route("GET /v1/events/{id}", _retrieve("event")),
    _route(
        "POST /v1/webhook_endpoints",
        events.create_endpoint,
        "url enabled_events connect description",
    ),
    _route(
        "GET /v1/webhook_endpoints",
        _listing("webhook_endpoint", show=lambda _, found: events.shown(found)),
    ),
    _route("DELETE /v1/webhook_endpoints/{id}", events.delete_endpoint),
)
