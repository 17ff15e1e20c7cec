"""Where a subscription stands: its status, its changes as events, and what time will bring."""

from typing import Any

from mywork.sandbox.stripe import events
from mywork.sandbox.stripe.billing import clocks, invoices
from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.world import World

SUBSCRIPTION = "subscription"
ALIVE = ("incomplete", "trialing", "active", "past_due", "unpaid", "paused")
EXPIRES_AFTER_SECONDS = 23 * 3600  # an incomplete one
DAY = 24 * 3600
TOLD_BEFORE_RENEWAL, TOLD_BEFORE_TRIAL_ENDS = 7 * DAY, 3 * DAY

EXPIRY, TRIAL_ENDS_SOON = "subscription.expiry", "subscription.trial_ends_soon"
RENEWS_SOON, PERIOD_END = "subscription.renews_soon", "subscription.period_end"


def change(world: World, account: str, subscription: Json, **what: Any) -> Json:
    """Change some fields and tell it, with what they were."""
    previous = {name: subscription[name] for name in what if subscription[name] != what[name]}
    subscription |= what
    world.put(account, SUBSCRIPTION, subscription)
    if previous:
        events.emit(world, account, "customer.subscription.updated", subscription, **previous)
    return subscription


def end(world: World, account: str, subscription: Json, reason: str) -> Json:
    """For good: no renewal, no further attempt; an incomplete one expires, and its invoice too."""
    expires = subscription["status"] == "incomplete"
    for invoice in of_subscription(world, account, subscription, "open"):
        invoice |= {"auto_advance": False, "next_payment_attempt": None}
        world.put(account, invoices.INVOICE, invoice)
        if expires:
            invoices.void(world, account, invoice)
    now = world.now()
    subscription |= {
        "canceled_at": subscription["canceled_at"] or now,
        "cancellation_details": subscription["cancellation_details"] | {"reason": reason},
        "ended_at": now,
        "status": "incomplete_expired" if expires else "canceled",
    }
    world.put(account, SUBSCRIPTION, subscription)
    kind = "updated" if expires else "deleted"
    events.emit(world, account, f"customer.subscription.{kind}", subscription)
    return subscription


def of_subscription(world: World, account: str, subscription: Json, status: str) -> list[Json]:
    """The subscription's invoices of a status, oldest first."""
    theirs = world.where(account, invoices.INVOICE, "customer", subscription["customer"])
    return [
        invoice
        for invoice in theirs
        if invoice["status"] == status and invoices.subscription_of(invoice) == subscription["id"]
    ]


def period_end(subscription: Json) -> int:
    return int(subscription["items"]["data"][0]["current_period_end"])


def schedule(world: World, account: str, subscription: Json) -> None:
    """Ask for what time will bring to it, as it is now; what it makes untrue is passed over."""
    for action, at in _coming(subscription):
        clocks.later(
            world,
            account,
            subscription["customer"],
            at=at,
            action=action,
            subject=subscription["id"],
        )


def _coming(subscription: Json) -> list[tuple[str, int]]:
    end = period_end(subscription)
    match subscription["status"]:
        case "incomplete":
            return [(EXPIRY, subscription["created"] + EXPIRES_AFTER_SECONDS)]
        case "trialing":
            return [(TRIAL_ENDS_SOON, end - TOLD_BEFORE_TRIAL_ENDS), (PERIOD_END, end)]
        case _:
            last = subscription["cancel_at"] or end
            return [(RENEWS_SOON, end - TOLD_BEFORE_RENEWAL), (PERIOD_END, min(end, last))]
