"""Headers that every answer has, as pure ASGI: BaseHTTPMiddleware costs twice as much."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mywork.api.errors import problem
from mywork.domain.identifiers import new_id

_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_TOO_LARGE = "The body is too large; nothing was done."
_BROWSABLE = ("/docs", "/redoc")  # pages with scripts of their own


class TooLarge:
    """The framework's plain 413 as a problem; it is sent before any endpoint is asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == 413:
                replaced = True
                await problem(413, "BodyTooLarge", _TOO_LARGE)(scope, receive, send)
            elif not replaced:
                await send(message)

        await self._app(scope, receive, send_problem)


class Headers:
    """Adds a request id and security headers; answers that wait for a position are not kept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        waits = b"min_position=" in scope["query_string"]
        browsable = scope["path"].startswith(_BROWSABLE)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = new_id()
                if not browsable:
                    headers.update(_SECURITY)
                if waits or "cache-control" not in headers:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_headers)
