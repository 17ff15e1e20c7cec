"""Every error as an RFC 9457 problem: the only place with HTTP status codes for errors.

The `type` of a problem is `/problems/` and the error's own name in small letters. Its `detail` is
the sentence that the error was raised with; a fault of ours says nothing about our inside.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from eventstore import EventStoreError, NotStorable, StoreUnavailable
from mywork.application import ports
from mywork.domain import errors
from mywork.projections.queries import CursorInvalid
from mywork.projections.reading import PositionBeyondHead

logger = logging.getLogger(__name__)

PROBLEM = "application/problem+json"


class NotFresh(errors.MyWorkError):
    """The projection did not reach the asked position in time; ask again."""


class Unauthorised(errors.MyWorkError):
    """No bearer token, or not a valid one."""


class WebhookRejected(errors.MyWorkError):
    """The signature or the shape of a webhook is wrong; nothing was stored."""


# By class, the most special first: a class not listed has the status of its nearest base.
STATUSES: dict[type[Exception], int] = {
    errors.InvalidInput: 422,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.NotPossibleNow: 409,
    errors.PaymentDisagrees: 409,
    errors.PredecessorMissing: 409,
    errors.Conflict: 409,
    ports.IdempotencyMismatch: 409,
    ports.StillInProgress: 409,
    ports.TokenInvalid: 401,
    ports.VendorUnavailable: 503,
    ports.VendorRefused: 409,
    NotStorable: 422,
    StoreUnavailable: 503,
    CursorInvalid: 400,
    PositionBeyondHead: 400,
    WebhookRejected: 400,
    Unauthorised: 401,
    NotFresh: 503,
}
RETRY_AFTER_SECONDS = {503: "2", 409: "1"}
_SILENT = "Something went wrong on our side. It was recorded; please try again."


def status_of(error: type[BaseException]) -> int:
    """The status of an error's class, or of its nearest base; 500 for a fault."""
    for base in error.__mro__:
        if base in STATUSES:
            return STATUSES[base]
    return 500


def slug_of(name: str) -> str:
    """`OrderNotPayable` -> `order-not-payable`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def problem(status: int, name: str, detail: str, more: Mapping[str, Any] | None = None) -> Response:
    body = {
        "type": f"/problems/{slug_of(name)}",
        "title": re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize(),
        "status": status,
        "detail": detail,
    }
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503 or name in {"StillInProgress", "Conflict"}:
        headers["Retry-After"] = RETRY_AFTER_SECONDS[status]
    return Response(orjson.dumps(body | dict(more or {})), status, headers, PROBLEM)


def install(app: FastAPI) -> None:
    """Make every error that can leave an endpoint a problem."""
    app.add_exception_handler(errors.MyWorkError, _expected)
    app.add_exception_handler(EventStoreError, _expected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _fault)


async def _expected(request: Request, error: Exception) -> Response:
    status = status_of(type(error))
    if status == 500:
        return await _fault(request, error)
    if isinstance(error, StoreUnavailable):
        return problem(503, "StoreUnavailable", "The database is away for a moment; try again.")
    if isinstance(error, NotStorable):
        return problem(422, "NotStorable", "A value is too large, or has a NUL character.")
    if isinstance(error, ports.VendorRefused):
        return problem(409, "VendorRefused", f"The payment provider refused: {error.code}")
    if isinstance(error, ports.VendorUnavailable):
        return problem(503, "VendorUnavailable", "The payment provider does not answer; try again.")
    return problem(status, type(error).__name__, str(error))


async def _invalid(_: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    if any(item["type"] == "json_invalid" for item in found):
        return problem(400, "MalformedJson", "The body is not JSON.")
    pointers = [_pointer(item) for item in found]
    detail = "; ".join(f"{item['pointer'][2:]}: {item['detail']}" for item in pointers)
    return problem(422, "RequestInvalid", detail, {"errors": pointers})


def _pointer(item: Mapping[str, Any]) -> dict[str, str]:
    """Where a value is wrong, as a JSON pointer into the body, query or path."""
    place, *path = item["loc"]
    return {"pointer": f"#/{'/'.join(map(str, path))}", "in": str(place), "detail": item["msg"]}


_PLAIN_NAMES = {400: "BadRequest", 404: "NotFound", 405: "MethodNotAllowed", 413: "BodyTooLarge"}


async def _plain(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = str(error.detail) if isinstance(error, HTTPException) else _SILENT
    return problem(status, _PLAIN_NAMES.get(status, "RequestRefused"), detail)


async def _fault(request: Request, error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, "Fault", _SILENT)


def catalogue() -> list[dict[str, Any]]:
    """Every problem that can be answered, with its meaning, for `GET /problems`."""
    found: dict[str, dict[str, Any]] = {}
    pending: list[type[Exception]] = [errors.MyWorkError, StoreUnavailable, NotStorable]
    while pending:
        error = pending.pop(0)
        pending += error.__subclasses__()
        status = status_of(error)
        if status != 500:
            slug = slug_of(error.__name__)
            meaning = " ".join((error.__doc__ or "").split())
            found[slug] = {"type": f"/problems/{slug}", "status": status, "meaning": meaning}
    return [found[slug] for slug in sorted(found)]
