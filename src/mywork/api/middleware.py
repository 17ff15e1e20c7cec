"""Headers that every answer has, as pure ASGI: BaseHTTPMiddleware costs twice as much."""

from secrets import token_hex

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mywork.api.errors import problem

_SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_NO_STORE = (b"cache-control", b"no-store")
GZIP_FROM_BYTES = 2_000
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
                headers: list[tuple[bytes, bytes]] = message["headers"]
                kept = [pair for pair in headers if pair[0] != b"cache-control"]
                if waits or len(kept) == len(headers):
                    headers = [*kept, _NO_STORE]
                headers = [*headers, (b"x-request-id", token_hex(12).encode())]
                message["headers"] = headers if browsable else headers + _SECURITY
            await send(message)

        await self._app(scope, receive, send_with_headers)
