"""Webhooks in process: late, twice, out of order, lost, as the world's chance has it.

What a receiver is given is decided when Stripe tells it, so that a seed replays a whole history.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from mywork.sandbox.stripe.delivery import Behaviour
from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.world import World


@dataclass(slots=True)
class Carrier:
    """Hears every event of a world from now on, and hands out those that were `wanted`.

    Of a `behaviour`, `drop` and `duplicate` are probabilities, and `delay_seconds` is the longest
    that an event is under way, by the world's clock. It may be changed at any time. What was
    dropped is in `lost`: Stripe's list of events still has it.
    """

    world: World
    wanted: Collection[str]
    behaviour: Behaviour = field(default_factory=Behaviour)
    lost: list[Json] = field(default_factory=list)
    _under_way: list[tuple[int, Json]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world.listeners.append(self._hear)

    @property
    def waiting(self) -> list[Json]:
        """Events that were not handed out yet, oldest first, also those that are still late."""
        return [event for _, event in self._under_way]

    def take(self, most: int | None = None) -> list[Json]:
        """The events that arrive now, in the order in which they arrive, at most so many."""
        now = self.world.now()
        ready = [entry for entry in self._under_way if entry[0] <= now]
        late = [entry for entry in self._under_way if entry[0] > now]
        if self.behaviour.shuffle:
            self.world.shuffle(ready)
        count = len(ready) if most is None else most
        self._under_way = ready[count:] + late
        return [event for _, event in ready[:count]]

    def return_(self, event: Json) -> None:
        """The receiver did not want it now; Stripe tries again."""
        self._under_way.append((self.world.now(), event))

    def _hear(self, event: Json) -> None:
        if event["type"] not in self.wanted:
            return
        if self.world.chance(self.behaviour.drop):
            self.lost.append(event)
            return
        copies = 2 if self.world.chance(self.behaviour.duplicate) else 1
        for _ in range(copies):
            delay = self.world.below(int(self.behaviour.delay_seconds) + 1)
            self._under_way.append((self.world.now() + delay, event))
