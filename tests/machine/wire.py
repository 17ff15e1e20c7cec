"""The line to Stripe: it may fail before a request arrives, or lose the answer to it."""

from collections.abc import Mapping
from typing import Any

import stripe

from machine.death import Fate
from mywork.sandbox.stripe.transport import InProcess
from mywork.sandbox.stripe.world import World

FAULTS = ("unreachable", "answer_lost", "500", "429")
SDK_TRIES = 3  # the SDK repeats a request by itself, under the same key


class Wire(InProcess):
    """`faults` happen to the next requests, one each."""

    def __init__(self, world: World, fate: Fate) -> None:
        super().__init__(world)
        self.faults: list[str] = []
        self._fate = fate

    def request(
        self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        self._fate.moment("before a call to Stripe")
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "unreachable":
            raise stripe.APIConnectionError("the line is down", should_retry=True)
        if fault in {"500", "429"}:
            return '{"error": {"type": "api_error", "message": "not now"}}', int(fault), {}
        answer = super().request(method, url, headers, post_data, **more)
        self._fate.moment("after a call to Stripe")
        if fault == "answer_lost":
            raise stripe.APIConnectionError("the line broke", should_retry=True)
        return answer

    def _sleep_time_seconds(self, *_: Any) -> float:
        """No test waits for a retry."""
        return 0.0
