"""Headers that every answer has, and a count of answers; pure ASGI, at half the cost."""

from collections import Counter
from secrets import token_hex

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mywork.api.errors import BodyTooLarge, problem

_SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_NO_STORE = (b"cache-control", b"no-store")
GZIP_FROM_BYTES = 2_000
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
_TOO_LARGE = "The body is too large; nothing was done."
_BROWSABLE = ("/docs", "/redoc")  # pages with scripts of their own


class Compression:
    """gzip for those who ask for it; others pay nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._gzip = GZipMiddleware(app, minimum_size=GZIP_FROM_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and any(
            name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"]
        )
        await (self._gzip if asked else self._plain)(scope, receive, send)


class Requests:
    """Answers by method, route and status; no label is a text that a client made up."""

    def __init__(self) -> None:
        self._answered: Counter[tuple[str, str, int]] = Counter()

    def count(self, scope: Scope, status: int) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = scope.get("route")
        path = "" if route is None else route.path
        if path and scope["path"].startswith("/api/"):
            path = f"/api{path}"
        self._answered[method, path, status] += 1

    def lines(self) -> list[str]:
        """Prometheus's text format."""
        return [
            f'mywork_http_requests_total{{method="{method}",route="{route}",status="{status}"}} {n}'
            for (method, route, status), n in sorted(self._answered.items())
        ]


class Headers:
    """Adds a request id and security headers; answers that wait for a position are not kept.

    The framework's own plain 413, sent before any endpoint is asked, becomes a problem here.
    """

    def __init__(self, app: ASGIApp, *, requests: Requests) -> None:
        self._app = app
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        replaced = False
        scope["request_id"] = token_hex(12)

        async def send_with_headers(message: Message) -> None:
            nonlocal replaced
            if replaced:
                return
            if message["type"] == "http.response.start":
                if message["status"] == 413 and not _is_problem(message):
                    answer = problem(BodyTooLarge, _TOO_LARGE)
                    await answer(scope, receive, send_with_headers)
                    replaced = True
                    return
                self._requests.count(scope, message["status"])
                message["headers"] = _headers(message["headers"], scope)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _headers(headers: list[tuple[bytes, bytes]], scope: Scope) -> list[tuple[bytes, bytes]]:
    kept = [pair for pair in headers if pair[0] != b"cache-control"]
    if len(kept) == len(headers) or b"min_position=" in scope["query_string"]:
        headers = [*kept, _NO_STORE]
    secured = () if scope["path"].startswith(_BROWSABLE) else _SECURITY
    return [*headers, (b"x-request-id", scope["request_id"].encode()), *secured]


def _is_problem(message: Message) -> bool:
    return (b"content-type", b"application/problem+json") in message["headers"]
