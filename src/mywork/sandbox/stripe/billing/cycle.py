"""What time brings: trials end, periods end, drafts are finalized, failures are tried again.

Each thing happens at the moment when it was due, however late it is looked at; what is not true
any more (a subscription that ended, a period that moved) is passed over.
"""

from collections.abc import Callable, Mapping

from mywork.sandbox.stripe import events
from mywork.sandbox.stripe.billing import changes, clocks, collecting, invoices, standing
from mywork.sandbox.stripe.billing.subscriptions import period_line
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.world import World

Act = Callable[[World, str, Json], object]
Action = Callable[[World, str, str], None]
RENEWING = frozenset({"trialing", "active", "past_due", "unpaid"})


def _when_due(kind: str, due: Callable[[Json], int | None], act: Act) -> Action:
    def action(world: World, account: str, identifier: str) -> None:
        subject = world.find(account, kind, identifier)
        at = due(subject)
        if at is not None and at <= world.now():
            with world.at(at):
                act(world, account, subject)

    return action


# Subscriptions ------------------------------------------------------------------------------


def _expiry_due(subscription: Json) -> int | None:
    incomplete = subscription["status"] == "incomplete"
    return subscription["created"] + standing.EXPIRES_AFTER_SECONDS if incomplete else None


def _expire(world: World, account: str, subscription: Json) -> None:
    standing.end(world, account, subscription, "payment_failed")


def _trial_notice_due(subscription: Json) -> int | None:
    trialing = subscription["status"] == "trialing"
    end = standing.period_end(subscription)
    return end - standing.TOLD_BEFORE_TRIAL_ENDS if trialing else None


def _tell_of_trial(world: World, account: str, subscription: Json) -> None:
    events.emit(world, account, "customer.subscription.trial_will_end", subscription)


def _notice_due(subscription: Json) -> int | None:
    goes_on = subscription["status"] == "active" and not subscription["cancel_at"]
    return standing.period_end(subscription) - standing.TOLD_BEFORE_RENEWAL if goes_on else None


def _tell_of_renewal(world: World, account: str, subscription: Json) -> None:
    """`invoice.upcoming`: an invoice that does not exist yet, and so has no id."""
    start = standing.period_end(subscription)
    total = sum(period_line(item).amount for item in subscription["items"]["data"])
    upcoming = {
        "object": invoices.INVOICE,
        "amount_due": total,
        "billing_reason": "upcoming",
        "created": world.now(),
        "currency": subscription["currency"],
        "customer": subscription["customer"],
        "next_payment_attempt": start + invoices.DRAFT_SECONDS,
        "parent": {
            "quote_details": None,
            "subscription_details": {
                "metadata": dict(subscription["metadata"]),
                "subscription": subscription["id"],
            },
            "type": "subscription_details",
        },
        "total": total,
    }
    events.emit(world, account, "invoice.upcoming", upcoming)


def _period_due(subscription: Json) -> int | None:
    if subscription["status"] not in RENEWING:
        return None
    end = standing.period_end(subscription)
    return min(end, subscription["cancel_at"] or end)


def _end_period(world: World, account: str, subscription: Json) -> None:
    """Cancelled, it ends; a trial without a card does as it was set; others are renewed."""
    if subscription["cancel_at"]:
        standing.end(world, account, subscription, "cancellation_requested")
        return
    if subscription["status"] == "trialing":
        settings = subscription["trial_settings"]["end_behavior"]
        without_card = not collecting.card_on_file(world, account, subscription)
        if without_card and settings["missing_payment_method"] == "cancel":
            standing.end(world, account, subscription, "payment_failed")
            return
        if without_card and settings["missing_payment_method"] == "pause":
            changes.pause(world, account, subscription)
            return
    _renew(world, account, subscription)


def _renew(world: World, account: str, subscription: Json) -> None:
    data = [dict(item) for item in subscription["items"]["data"]]
    next_items = subscription | {"items": subscription["items"] | {"data": data}}
    changes.begin_period(next_items, world.now())
    status = "active" if subscription["status"] == "trialing" else subscription["status"]
    standing.change(world, account, subscription, items=next_items["items"], status=status)
    lines = [period_line(item) for item in data]
    invoice = invoices.create(world, account, subscription, lines, "subscription_cycle")
    if status == "unpaid":
        invoice["auto_advance"] = False  # it stays a draft until somebody pays what is owed
    else:
        at = world.now() + invoices.DRAFT_SECONDS
        invoice["automatically_finalizes_at"] = at
        collecting.later(world, account, invoice, at=at, action=collecting.FINALIZATION)
    world.put(account, invoices.INVOICE, invoice)
    standing.schedule(world, account, subscription)


# Invoices -----------------------------------------------------------------------------------


def _finalization_due(invoice: Json) -> int | None:
    draft = invoice["status"] == "draft"
    due: int | None = invoice["automatically_finalizes_at"]
    return due if draft else None


def _finalize(world: World, account: str, invoice: Json) -> None:
    invoices.finalize(world, account, invoice)
    collecting.collect(world, account, invoice)


def _retry_due(invoice: Json) -> int | None:
    due: int | None = invoice["next_payment_attempt"]
    return due if invoice["status"] == "open" else None


SUBSCRIPTION, INVOICE = standing.SUBSCRIPTION, invoices.INVOICE
ACTIONS: Mapping[str, Action] = {
    standing.EXPIRY: _when_due(SUBSCRIPTION, _expiry_due, _expire),
    standing.TRIAL_ENDS_SOON: _when_due(SUBSCRIPTION, _trial_notice_due, _tell_of_trial),
    standing.RENEWS_SOON: _when_due(SUBSCRIPTION, _notice_due, _tell_of_renewal),
    standing.PERIOD_END: _when_due(SUBSCRIPTION, _period_due, _end_period),
    collecting.FINALIZATION: _when_due(INVOICE, _finalization_due, _finalize),
    collecting.RETRY: _when_due(INVOICE, _retry_due, collecting.collect),
}


# Test clocks --------------------------------------------------------------------------------


def advance(world: World, account: str, params: Json) -> Json:
    """POST /v1/test_helpers/test_clocks/{id}/advance: everything on the way, in its order."""
    clock = world.find(account, clocks.CLOCK, params["id"])
    target = str(params.get("frozen_time", ""))
    if not target.isdecimal() or int(target) <= clock["frozen_time"]:
        raise invalid(
            "A test clock only goes forward: frozen_time must be later", param="frozen_time"
        )
    while task := clocks.next_task(world, account, clock["id"], int(target)):
        clock["frozen_time"] = max(clock["frozen_time"], task["at"])
        with world.at(clock["frozen_time"]):
            ACTIONS[task["action"]](world, account, task["object"])
    clock["frozen_time"] = int(target)
    world.put(account, clocks.CLOCK, clock)
    events.emit(world, account, "test_helpers.test_clock.ready", clock)
    return clock
