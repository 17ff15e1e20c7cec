"""Test clocks: customers whose time is their own, and moves only when it is told to.

What time brings to the others is asked of the world; what it brings to a test clock's customers
waits here for its clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.world import World

CLOCK = "test_helpers.test_clock"
TASKS = "clock_task"
_KEPT_SECONDS = 30 * 24 * 3600


def create(world: World, account: str, params: Json) -> Json:
    frozen = str(params.get("frozen_time", ""))
    if not frozen.isdecimal():
        raise invalid("Invalid integer", param="frozen_time")
    clock: Json = {
        "id": world.new_id("clock"),
        "object": CLOCK,
        "created": world.now(),
        "deletes_after": world.now() + _KEPT_SECONDS,
        "frozen_time": int(frozen),
        "livemode": False,
        "name": params.get("name"),
        "status": "ready",
        "status_details": {},
    }
    return world.put(account, CLOCK, clock)


@contextmanager
def time_of(world: World, account: str, customer: str) -> Iterator[None]:
    """Do something at the customer's own time; refuses a customer that is not there."""
    clock = _clock(world, account, customer)
    if clock is None:
        yield
        return
    with world.at(int(clock["frozen_time"])):
        yield


def later(world: World, account: str, customer: str, *, at: int, action: str, subject: str) -> None:
    """Have an action done to an object when the customer's time has come to it."""
    clock = _clock(world, account, customer)
    if clock is None:
        world.later(at, action, account, subject)
        return
    task = {"id": world.new_id("due"), "clock": clock["id"], "at": at, "action": action}
    world.put(account, TASKS, task | {"object": subject})


def next_task(world: World, account: str, clock: str, until: int) -> Json | None:
    """The earliest that waits for a clock, taken off its list; None if nothing is due by then."""
    waiting = world.where(account, TASKS, "clock", clock)
    task = min(waiting, key=lambda found: int(found["at"]), default=None)
    if task is None or task["at"] > until:
        return None
    world.remove(account, TASKS, task["id"])
    return task


def _clock(world: World, account: str, customer: str) -> Json | None:
    name = world.find(account, "customer", customer).get("test_clock")
    return world.find(account, CLOCK, name) if name else None
