"""Every error as an RFC 9457 problem: the only place with HTTP status codes for errors.

The `type` of a problem is `/problems/` and the error's own name in small letters. Its `detail` is
the sentence that the error was raised with; a fault of ours says nothing about our inside.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from msgspec import UNSET
from starlette.exceptions import HTTPException
from starlette.routing import Match

from eventstore.errors import EventStoreError, NotStorable, StoreUnavailable
from mywork.application.ports import faults, identity, objects
from mywork.documents.document import encode
from mywork.documents.problems import Problem, ProblemType, WrongField
from mywork.domain import errors
from mywork.projections.queries import CursorInvalid
from mywork.projections.reading import PositionBeyondHead

logger = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class NotFresh(errors.MyWorkError):
    """The projection did not reach the asked position in time; ask again."""


class Unauthorised(errors.MyWorkError):
    """No bearer token, or not a valid one."""


class WebhookRejected(errors.MyWorkError):
    """The signature or the shape of a webhook is wrong; nothing was stored."""


class RequestInvalid(errors.InvalidInput):
    """A field or parameter is missing, unknown or of the wrong shape; `errors` points at each."""


class TooManyStreams(errors.MyWorkError):
    """This process, or this user, has as many event streams open as it may; ask again later."""


class BadRequest(errors.MyWorkError):
    """The request cannot be read at all."""


class MalformedJson(BadRequest):
    """The body is not JSON in UTF-8."""


class MethodNotAllowed(errors.MyWorkError):
    """The path exists, but not with this method; `Allow` lists those that it has."""


class BodyTooLarge(errors.MyWorkError):
    """A body of more than 1 MiB (a webhook: 256 KiB); nothing was done."""


class UnsupportedMediaType(errors.MyWorkError):
    """The body is not announced as JSON."""


class Fault(errors.MyWorkError):
    """A fault of ours; it was recorded."""


# By class, the most special first: a class not listed has the status of its nearest base.
STATUSES: dict[type[Exception], int] = {
    errors.InvalidInput: 422,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.NotPossibleNow: 409,
    errors.PaymentDisagrees: 409,
    errors.PredecessorMissing: 409,
    errors.Conflict: 409,
    identity.IdempotencyMismatch: 409,
    identity.StillInProgress: 409,
    identity.TokenInvalid: 401,
    faults.VendorUnavailable: 503,
    faults.VendorRefused: 409,
    objects.ObjectExists: 409,
    objects.ObjectMissing: 404,
    objects.ObjectKeyInvalid: 422,
    NotStorable: 422,
    StoreUnavailable: 503,
    CursorInvalid: 400,
    PositionBeyondHead: 400,
    WebhookRejected: 400,
    Unauthorised: 401,
    NotFresh: 503,
    TooManyStreams: 503,
    BadRequest: 400,
    MethodNotAllowed: 405,
    BodyTooLarge: 413,
    UnsupportedMediaType: 415,
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


def problem(kind: type[BaseException], detail: str, wrong: Sequence[WrongField] = ()) -> Response:
    """The answer that an error of this class becomes."""
    status, name = status_of(kind), kind.__name__
    body = Problem(
        type=f"/problems/{slug_of(name)}",
        title=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize(),
        status=status,
        detail=detail,
        errors=tuple(wrong) or UNSET,
    )
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503 or kind in {identity.StillInProgress, errors.Conflict}:
        headers["Retry-After"] = RETRY_AFTER_SECONDS[status]
    return Response(encode(body), status, headers, PROBLEM)


def install(app: FastAPI) -> None:
    """Make every error that can leave an endpoint a problem."""
    app.add_exception_handler(errors.MyWorkError, _expected)
    app.add_exception_handler(EventStoreError, _expected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _fault)


async def _expected(request: Request, error: Exception) -> Response:
    if status_of(type(error)) == 500:
        return await _fault(request, error)
    if isinstance(error, StoreUnavailable):
        return problem(StoreUnavailable, "The database is away for a moment; try again.")
    if isinstance(error, NotStorable):
        return problem(NotStorable, "A value is too large, or has a NUL character.")
    if isinstance(error, faults.VendorRefused):
        return problem(faults.VendorRefused, f"The payment provider refused: {error.code}")
    if isinstance(error, faults.VendorUnavailable):
        return problem(faults.VendorUnavailable, "A service we need does not answer; try again.")
    return problem(type(error), str(error))


async def _invalid(_: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    if any(item["type"] == "json_invalid" for item in found):
        return problem(MalformedJson, "The body is not JSON in UTF-8.")
    wrong = [_wrong_field(item) for item in found]
    detail = "; ".join(f"{field.pointer[2:] or 'body'}: {field.detail}" for field in wrong)
    return problem(RequestInvalid, detail, wrong)


def _wrong_field(item: Mapping[str, Any]) -> WrongField:
    place, *path = item["loc"]
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in path]
    return WrongField(pointer="/".join(["#", *steps]), place=place, detail=item["msg"])


_BY_STATUS: dict[int, type[Exception]] = {
    404: errors.NotFound,
    405: MethodNotAllowed,
    413: BodyTooLarge,
}


async def _plain(request: Request, error: Exception) -> Response:
    """The framework's own errors, such as a path that leads nowhere."""
    if not isinstance(error, HTTPException):
        return await _fault(request, error)
    answer = problem(_BY_STATUS.get(error.status_code, BadRequest), str(error.detail))
    answer.headers.update(error.headers or {})
    if error.status_code == 405:
        answer.headers["Allow"] = ", ".join(_methods(request))
    return answer


def _methods(request: Request) -> list[str]:
    """All that a path has: the framework names only those of the first route that matches."""
    return [
        method
        for method in METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]


async def _fault(request: Request, error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(Fault, _SILENT)


def catalogue() -> dict[str, ProblemType]:
    """Every problem that can be answered, by its name, with its meaning."""
    found: dict[str, ProblemType] = {}
    pending: list[type[Exception]] = [errors.MyWorkError, StoreUnavailable, NotStorable]
    while pending:
        error = pending.pop(0)
        pending += error.__subclasses__()
        status = status_of(error)
        if status != 500 or error is Fault:
            slug = slug_of(error.__name__)
            meaning = " ".join((error.__doc__ or "").split())
            found[slug] = ProblemType(type=f"/problems/{slug}", status=status, meaning=meaning)
    return {slug: found[slug] for slug in sorted(found)}
