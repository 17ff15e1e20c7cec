"""Long walks: steps drawn from a seed, played on a town of their own, and shrunk when they fail."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from machine.checks import Watch
from machine.death import Crash
from machine.rules import RULES, WEIGHTS
from machine.town import Town
from machine.wire import SDK_TRIES
from mywork.sandbox.stripe.faults import KINDS, Fault

Step = tuple[str, int]  # a rule or what surrounds one, and the number that decides the rest
REST, DIE, FAIL = "come_to_rest", "die", "fail_calls"
_EXTRA = {REST: 3, DIE: 6, FAIL: 4}
OPENING = ["join", "join", "publish", "publish", "publish"]
MOMENTS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 30, 40)  # of a step at which it may die


def steps(seed: int, count: int) -> list[Step]:
    """The first `count` steps of a seed; the last one comes to rest."""
    chance, weights = Random(seed), WEIGHTS | _EXTRA
    names, likely = list(weights), list(accumulate(weights.values()))

    def step(number: int) -> Step:
        drawn, decides = chance.choices(names, cum_weights=likely)[0], chance.randrange(2**32)
        return (OPENING[number] if number < len(OPENING) else drawn), decides

    return [step(number) for number in range(count - 1)] + [(REST, 0)]


@dataclass
class Walker:
    """Plays steps one by one; every step is followed by the checks of what it added."""

    town: Town
    watch: Watch = field(init=False)
    rests: int = 0

    def __post_init__(self) -> None:
        self.watch = Watch(self.town)

    def play(self, history: Sequence[Step]) -> None:
        for step in history:
            self.step(step)

    def step(self, step: Step) -> None:
        name, number = step
        chance = Random(number)
        if name == REST:
            come_to_rest(self.town)
            self.watch.rest()
            self.rests += 1
            return
        if name == DIE:
            self._die(chance)
        elif name == FAIL:
            self.town.wire.faults.ask(
                Fault(chance.choice(KINDS), left=chance.choice([1, SDK_TRIES]))
            )
        else:
            RULES[name](self.town, chance)
        self.watch.step()

    def _die(self, chance: Random) -> None:
        """In the middle of another step, if it has so many moments."""
        town = self.town
        (name,) = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        try:
            with town.fate.sealed(chance.choice(MOMENTS)):
                RULES[name](town, chance)
        except Crash as crash:
            town.die(str(crash))


def come_to_rest(town: Town) -> None:
    """Everything is delivered or repaired, read, and done, until nothing is left to do."""
    town.wire.faults.asked.clear()
    for _ in range(100):
        for delivery in town.waiting_webhooks():
            town.deliver(delivery)
        if not _work(town) and not town.lose_patience():
            return
    raise AssertionError(f"never at rest: {town.core.inbox.counts()} {town.core.outbox.counts()}")


def _work(town: Town) -> int:
    core = town.core
    worked = core.feed.repair_events(town.clock.now()) + core.feed.read_transactions()
    for _ in range(3):  # what waited for its predecessor
        town.hurry()
        worked += core.inbox_worker.drain().done
    town.runner.catch_up()
    worked += core.deadlines.run() + core.paying_out.run_scheduled() + core.payout_queue.run()
    town.runner.catch_up()
    worked += core.outbox_dispatcher.drain() + core.aged_items.run()
    town.runner.catch_up()
    return worked + len(town.waiting_webhooks())
