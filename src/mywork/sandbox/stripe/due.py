"""What time brings: at every request, only what is due is looked at."""

from collections.abc import Callable

from mywork.sandbox.stripe import charges, disputes, payouts, refunds, topups
from mywork.sandbox.stripe.billing import cycle
from mywork.sandbox.stripe.world import World

ACTIONS: dict[str, Callable[[World, str, str], object]] = {
    charges.CAPTURE: charges.capture,
    payouts.SUBMISSION: payouts.submit,
    payouts.ARRIVAL: payouts.arrive,
    refunds.SUCCESS: refunds.succeed,
    refunds.FAILURE: refunds.fail,
    topups.SUCCESS: topups.succeed,
    disputes.DEADLINE: disputes.miss_deadline,
    disputes.DECISION: disputes.decide,
    **cycle.ACTIONS,
}


def tick(world: World) -> None:
    """Captures complete, banks answer, payouts arrive, periods end, money suffices."""
    for task in world.due():
        ACTIONS[task["action"]](world, task["account"], task["object"])
    refunds.pay_waiting(world)
    world.forget_what_is_old()
