"""What the world does to objects when the control plane, or a test, wants it to.

`decide(world, "disputes", "du_...", "won")`; over HTTP `POST /_sandbox/disputes/du_.../won`.
"""

from collections.abc import Callable, Mapping

from mywork.sandbox.stripe import connect, disputes, payouts, radar, refunds, topups
from mywork.sandbox.stripe.due import tick
from mywork.sandbox.stripe.errors import Json, invalid, missing
from mywork.sandbox.stripe.world import PLATFORM, World

Outcome = Callable[[World, str, str, Json], Json]


def decide(
    world: World, kind: str, identifier: str, outcome: str, wish: Json | None = None
) -> Json:
    """Have something become of an object of any account; the object as it is then.

    What is due happens before. `wish` holds what can be chosen: see the outcome. Raises
    StripeFault for what cannot be.
    """
    outcomes = OUTCOMES.get(kind)
    if outcomes is None or outcome not in outcomes:
        known = ", ".join(f"{kind}/{name}" for kind, names in OUTCOMES.items() for name in names)
        raise invalid(f"no such outcome: {kind}/{outcome}; known are {known}")
    tick(world)
    account = _owner(world, _KINDS[kind], identifier)
    document = outcomes[outcome](world, account, identifier, wish or {})
    world.keep()
    return document


def _owner(world: World, kind: str, identifier: str) -> str:
    for account in [PLATFORM, *world.tables.get(f"{PLATFORM}/account", {})]:
        if identifier in world.tables.get(f"{account}/{kind}", {}):
            return account
    raise missing(kind, identifier)


def _fail_refund(world: World, account: str, identifier: str, wish: Json) -> Json:
    """{"reason": "lost_or_stolen_card"}."""
    reason = str(wish.get("reason", "expired_or_canceled_card"))
    return refunds.fail(world, account, identifier, reason)


def _open_dispute(world: World, account: str, identifier: str, wish: Json) -> Json:
    """{"amount": 500, "reason": "fraudulent", "inquiry": false}; returns the dispute."""
    charge = world.find(account, "charge", identifier)
    try:
        opening = disputes.Opening(**wish)
    except TypeError:
        raise invalid("a dispute has amount, reason and inquiry") from None
    return disputes.open_(world, account, charge, opening)


def _win(world: World, account: str, identifier: str, wish: Json) -> Json:
    """{"amount": 500}: how much comes back; all of it unless said."""
    return disputes.win(world, account, identifier, wish.get("amount"))


def _warn(world: World, account: str, identifier: str, wish: Json) -> Json:
    """{"fraud_type": "misc"}; returns the warning."""
    charge = world.find(account, "charge", identifier)
    return radar.warn(world, account, charge, str(wish.get("fraud_type", "misc")))


def _fail_payout(world: World, account: str, identifier: str, wish: Json) -> Json:
    """{"code": "account_closed"}."""
    return payouts.fail(world, account, identifier, str(wish.get("code", "account_closed")))


def _cancel_payout(world: World, account: str, identifier: str, _: Json) -> Json:
    return payouts.cancel(world, account, {"id": identifier})


def _fail_topup(world: World, account: str, identifier: str, wish: Json) -> Json:
    """{"code": "insufficient_funds"}."""
    return topups.fail(world, account, identifier, str(wish.get("code", "insufficient_funds")))


def _onboard(world: World, _: str, identifier: str, __: Json) -> Json:
    return connect.onboard(world, identifier)


def _restrict(world: World, _: str, identifier: str, wish: Json) -> Json:
    """{"reason": "requirements.past_due"}; one that begins with `rejected` is for good."""
    return connect.restrict(world, identifier, str(wish.get("reason", "requirements.past_due")))


def _act_first(world: World, account: str, identifier: str, _: Json) -> Json:
    return refunds.hold(world, account, identifier, "requires_action")


def _plain(operation: Callable[[World, str, str], Json]) -> Outcome:
    return lambda world, account, identifier, _: operation(world, account, identifier)


_KINDS = {
    "accounts": "account",
    "charges": "charge",
    "disputes": "dispute",
    "payouts": "payout",
    "refunds": "refund",
    "topups": "topup",
}
OUTCOMES: Mapping[str, Mapping[str, Outcome]] = {
    "accounts": {"onboard": _onboard, "restrict": _restrict},
    "charges": {"dispute": _open_dispute, "fraud_warning": _warn},
    "disputes": {
        "won": _win,
        "lost": _plain(disputes.lose),
        "escalated": _plain(disputes.escalate),
        "closed": _plain(disputes.close_inquiry),
    },
    "payouts": {
        "in_transit": _plain(payouts.submit),
        "paid": _plain(payouts.arrive),
        "failed": _fail_payout,
        "canceled": _cancel_payout,
    },
    "refunds": {
        "succeeded": _plain(refunds.succeed),
        "pending": _plain(refunds.hold),
        "requires_action": _act_first,
        "failed": _fail_refund,
        "canceled": _plain(refunds.cancel),
    },
    "topups": {
        "succeeded": _plain(topups.succeed),
        "failed": _fail_topup,
        "reversed": _plain(topups.reverse),
    },
}
