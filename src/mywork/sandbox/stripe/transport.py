"""The SDK in process: `stripe.StripeClient(key, http_client=InProcess(world))`, no sockets."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe

from mywork.sandbox.stripe.api import Request, respond
from mywork.sandbox.stripe.world import World


class InProcess(stripe.HTTPClient):
    """Carries the SDK's requests to a world of this process."""

    name = "in-process"

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def request(
        self, method: str, url: str, headers: Any, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        parts = urlsplit(url)
        answer = respond(
            self._world,
            Request(
                method=method.upper(),
                path=parts.path,
                query=parts.query,
                headers={name.lower(): value for name, value in (headers or {}).items()},
                body=(post_data or "").encode() if isinstance(post_data, str) else post_data or b"",
                base=f"{parts.scheme}://{parts.netloc}",
            ),
        )
        return answer.body.decode(), answer.status, answer.headers

    def close(self) -> None:
        """Nothing is open."""
