"""The SDK in process: `stripe.StripeClient(key, http_client=InProcess(world))`, no sockets."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe

from mywork.sandbox.stripe.api import Request, respond
from mywork.sandbox.stripe.faults import REFUSALS, UNHEARD, Faults, refusal
from mywork.sandbox.stripe.world import World


class InProcess(stripe.HTTPClient):
    """Carries the SDK's requests to a world of this process; `faults` make some go wrong."""

    name = "in-process"

    def __init__(self, world: World, faults: Faults | None = None) -> None:
        super().__init__()
        self._world = world
        self._faults = faults or Faults(world)

    def request(
        self, method: str, url: str, headers: Any, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        parts = urlsplit(url)
        kind = self._faults.strike(method.upper(), parts.path)
        if kind in REFUSALS:
            status, body = refusal(kind)
            return body.decode(), status, {}
        if kind == "reset":
            raise _unheard("the connection was reset before the request was sent")
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
        if kind in UNHEARD:
            raise _unheard(f"no answer came ({kind})")
        return answer.body.decode(), answer.status, answer.headers

    def _sleep_time_seconds(self, num_retries: int) -> float:  # noqa: ARG002
        """The SDK's pause between tries: there is nobody here to spare."""
        return 0.0

    def close(self) -> None:
        """Nothing is open."""


def _unheard(message: str) -> stripe.APIConnectionError:
    """As the SDK's own transports report it: worth another try with the same key."""
    return stripe.APIConnectionError(message, should_retry=True)  # type: ignore[no-untyped-call]
