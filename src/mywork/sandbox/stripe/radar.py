"""Early fraud warnings: the issuer suspects a charge; no money moves.

A warning is actionable until its charge is disputed or wholly refunded.
"""

from mywork.sandbox.stripe import events
from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.world import World

WARNINGS = "radar.early_fraud_warning"


def warn(
    world: World, account: str, charge: Json, fraud_type: str = "unauthorized_use_of_card"
) -> Json:
    warning: Json = {
        "id": world.new_id("issfr"),
        "object": WARNINGS,
        "actionable": not (charge["disputed"] or charge["refunded"]),
        "charge": charge["id"],
        "created": world.now(),
        "fraud_type": fraud_type,
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    world.put(account, WARNINGS, warning)
    events.emit(world, account, f"{WARNINGS}.created", warning)
    return warning


def reconsider(world: World, account: str, charge: Json) -> None:
    """Whether its warnings are still actionable, after a charge has changed."""
    for warning in world.where(account, WARNINGS, "charge", charge["id"]):
        actionable = not (charge["disputed"] or charge["refunded"])
        if warning["actionable"] != actionable:
            warning["actionable"] = actionable
            world.put(account, WARNINGS, warning)
            events.emit(world, account, f"{WARNINGS}.updated", warning, actionable=not actionable)
