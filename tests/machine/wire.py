"""The line to Stripe: besides its faults, the process may die before a call and after one."""

from collections.abc import Mapping
from typing import Any

from machine.death import Fate
from mywork.sandbox.stripe.faults import Faults
from mywork.sandbox.stripe.transport import InProcess
from mywork.sandbox.stripe.world import World

SDK_TRIES = 3  # the SDK repeats a request by itself, under the same key


class Wire(InProcess):
    def __init__(self, world: World, fate: Fate) -> None:
        self.faults = Faults(world)
        super().__init__(world, self.faults)
        self._fate = fate

    def request(
        self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        self._fate.moment("before a call to Stripe")
        answer = super().request(method, url, headers, post_data, **more)
        self._fate.moment("after a call to Stripe")
        return answer
