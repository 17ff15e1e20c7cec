"""Answers: prepared bytes, positions, entity tags, pages, and their documentation."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import Query, Request, Response

from mywork.api.errors import PROBLEM, NotFresh
from mywork.domain.errors import InvalidInput
from mywork.projections.queries import Page
from mywork.projections.reading import Positions

JSON = "application/json"


class PositionInvalid(InvalidInput):
    """`min_position` is not a whole number."""


Limit = Annotated[int, Query(ge=1, le=100, description="How many at the most.")]
Cursor = Annotated[str, Query(max_length=500, description="`next_cursor` of the page before.")]


def raw(body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, dict(headers or {}), JSON)


def made(document: Mapping[str, Any], position: int, *, status: int = 201) -> Response:
    """The answer to a command: what was made, and the position to read it at."""
    headers = {"X-Position": str(position)} if position else {}
    return raw(orjson.dumps(document), status=status, headers=headers)


def listed(page: Page) -> Response:
    return raw(page.body())


def public(request: Request, body: bytes, *, seconds: int = 30) -> Response:
    """A public read: a CDN may keep it for a while and ask whether it has changed."""
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={seconds}, stale-while-revalidate={seconds * 4}",
    }
    known = request.headers.get("if-none-match", "")
    if known and tag in {part.strip().removeprefix("W/") for part in known.split(",")}:
        return Response(status_code=304, headers=headers)
    return raw(body, headers=headers)


_MIN_POSITION = {
    "name": "min_position",
    "in": "query",
    "description": "An `X-Position` to wait for, so that you read your own write.",
    "schema": {"type": "integer", "minimum": 0},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag that the client has already.",
    "schema": {"type": "string"},
}
# Parameters that an endpoint reads by itself: a framework's parameter costs 40 µs, a look none.
WAITS: dict[str, Any] = {"parameters": [_MIN_POSITION]}
WAITS_AND_CACHED: dict[str, Any] = {"parameters": [_MIN_POSITION, _IF_NONE_MATCH]}
CACHED: dict[str, Any] = {"parameters": [_IF_NONE_MATCH]}


async def fresh(request: Request, projection: str) -> None:
    """Wait until a projection has reached `?min_position=`, two seconds at the most.

    Nearly every read has none: that costs one look at the query, and no dependency.
    """
    if b"min_position=" not in request.scope["query_string"]:
        return
    text = request.query_params["min_position"]
    if not text.isdecimal():
        raise PositionInvalid("min_position is a whole number: an X-Position of ours")
    positions: Positions = request.app.state.positions
    if not await positions.wait_for(projection, int(text)):
        raise NotFresh(f"{projection} has not reached position {text} yet; try again")


def documented(example: Any, *problems: int, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """OpenAPI answers of an endpoint: an example, and the problems that it may answer."""
    answers: dict[int | str, dict[str, Any]] = {
        status: {
            "description": "The answer.",
            "content": {JSON: {"schema": {"type": "object"}, "example": example}},
        }
    }
    for code in (*problems, 500):
        answers[code] = {
            "description": _MEANINGS[code],
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return answers


_MEANINGS = {
    400: "Malformed; nothing was done.",
    401: "No session token, or not a valid one.",
    403: "The role is missing.",
    404: "It does not exist, or you may not see it.",
    409: "Not possible now; the detail says what would be.",
    413: "The body is too large.",
    422: "A value can never be right; `errors` points at it.",
    500: "A fault of ours; it was recorded.",
    503: "Away for a moment; try again after Retry-After.",
}
PROBLEM_SCHEMA = {
    "title": "Problem",
    "description": "RFC 9457 problem details. `GET /problems` lists every type.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/order-not-payable"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
