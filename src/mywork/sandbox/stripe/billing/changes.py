"""Changing a subscription: another price or quantity, cancelling, resuming what was paused.

Unused time is given back and the rest of the period charged anew, by the second; the period
itself stays. Invoiced at once (`always_invoice`), with the next invoice, or not at all.
"""

from collections.abc import Sequence
from dataclasses import replace

from mywork.sandbox.stripe import currencies, events
from mywork.sandbox.stripe.billing import catalogue, clocks, collecting, invoices, months, standing
from mywork.sandbox.stripe.billing.lines import Line, keep_for_next, pending_items
from mywork.sandbox.stripe.billing.subscriptions import BEHAVIOURS, period_line
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.world import World

PRORATIONS = ("create_prorations", "always_invoice", "none")


# Updating -----------------------------------------------------------------------------------


def update(world: World, account: str, params: Json) -> Json:
    """POST /v1/subscriptions/{id}."""
    subscription = _alive(world, account, params["id"])
    with clocks.time_of(world, account, subscription["customer"]):
        what = _plain_changes(world, subscription, params)
        if "items" in params:
            what["items"] = _change_items(world, account, subscription, params)
        standing.change(world, account, subscription, **what)
        if params.get("proration_behavior") == "always_invoice":
            _invoice_now(world, account, subscription)
        return subscription


def _alive(world: World, account: str, identifier: str) -> Json:
    subscription = world.find(account, standing.SUBSCRIPTION, identifier)
    if subscription["status"] not in standing.ALIVE:
        raise invalid(f"No such subscription: '{identifier}'", code="resource_missing", status=404)
    return subscription


def _plain_changes(world: World, subscription: Json, params: Json) -> Json:
    what: Json = {}
    if "metadata" in params:
        merged = subscription["metadata"] | params["metadata"]
        what["metadata"] = {name: text for name, text in merged.items() if text != ""}
    if "default_payment_method" in params:
        what["default_payment_method"] = params["default_payment_method"]
    if "cancel_at_period_end" in params:
        ends = params["cancel_at_period_end"] == "true"
        reason = "cancellation_requested" if ends else None
        what |= {
            "cancel_at": standing.period_end(subscription) if ends else None,
            "cancel_at_period_end": ends,
            "canceled_at": world.now() if ends else None,
            "cancellation_details": subscription["cancellation_details"] | {"reason": reason},
        }
    return what


# Prices and quantities ----------------------------------------------------------------------


def _change_items(world: World, account: str, subscription: Json, params: Json) -> Json:
    """The list of items as it will be; proration is kept for an invoice."""
    proration, behaviour = _behaviours(params)
    items = {item["id"]: item for item in subscription["items"]["data"]}
    lines: list[Line] = []
    for wish in params["items"]:
        before = items.get(wish.get("id", ""))
        if before is None or wish.get("deleted") == "true":
            raise invalid("The sandbox imitates changes of items that are there", param="items")
        after = items[before["id"]] = _changed(world, account, before, wish)
        lines += _prorations(world, account, subscription, before, after)
    if proration == "none" or subscription["status"] == "trialing":
        lines = []
    if behaviour == "error_if_incomplete" and sum(line.amount for line in lines) > 0:
        collecting.require_card(world, account, subscription, must_pay=True)
    for line in lines:
        keep_for_next(world, account, subscription, line)
    listed: Json = subscription["items"] | {"data": list(items.values())}
    return listed


def _behaviours(params: Json) -> tuple[str, str]:
    proration = params.get("proration_behavior", "create_prorations")
    behaviour = params.get("payment_behavior", "allow_incomplete")
    if proration not in PRORATIONS:
        raise invalid(f"Invalid proration_behavior: one of {', '.join(PRORATIONS)}")
    if behaviour not in BEHAVIOURS:
        raise invalid(f"The sandbox imitates {', '.join(BEHAVIOURS)}, not {behaviour}")
    return proration, behaviour


def _changed(world: World, account: str, item: Json, wish: Json) -> Json:
    price = catalogue.recurring_price(world, account, wish.get("price", item["price"]["id"]))
    if price["recurring"] != item["price"]["recurring"] or (
        price["currency"] != item["price"]["currency"]
    ):
        raise invalid(
            "The sandbox imitates prices of the same currency and interval", param="items"
        )
    quantity = int(wish.get("quantity") or item["quantity"])
    return item | {"price": price, "plan": catalogue.plan_of(price), "quantity": quantity}


def _prorations(
    world: World, account: str, subscription: Json, before: Json, after: Json
) -> Sequence[Line]:
    """Unused time of what was, remaining time of what will be."""
    old, new = period_line(before), period_line(after)
    if old.amount == new.amount:
        return ()
    now, whole = world.now(), old.end - old.start
    left, step = old.end - now, currencies.charge_step(subscription["currency"])
    credit = replace(
        old,
        amount=-months.prorated(old.amount, left, whole, step=step),
        description=f"Unused time on {old.description}",
        start=now,
        proration=True,
        credits=_credited(world, account, subscription, before),
    )
    charge = replace(
        new,
        amount=months.prorated(new.amount, left, whole, step=step),
        description=f"Remaining time on {new.description}",
        start=now,
        proration=True,
    )
    return credit, charge


def _credited(world: World, account: str, subscription: Json, item: Json) -> Json | None:
    """The latest invoice line that charged for the item as it was."""
    for invoice in reversed(standing.of_subscription(world, account, subscription, "paid")):
        for line in invoice["lines"]["data"]:
            priced = line["pricing"]["price_details"]["price"] == item["price"]["id"]
            if priced and line["amount"] > 0:
                return {"invoice": invoice["id"], "invoice_line_items": [line["id"]]}
    return None


def _invoice_now(world: World, account: str, subscription: Json) -> None:
    if not pending_items(world, account, subscription["id"]):
        return
    invoice = invoices.create(world, account, subscription, (), "subscription_update")
    invoices.finalize(world, account, invoice)
    collecting.collect(world, account, invoice)


# Ending and resuming ------------------------------------------------------------------------


def cancel(world: World, account: str, params: Json) -> Json:
    """DELETE /v1/subscriptions/{id}: at once; nothing is given back but what `prorate` asks."""
    subscription = _alive(world, account, params["id"])
    with clocks.time_of(world, account, subscription["customer"]):
        paid_for = subscription["status"] == "active"
        if params.get("prorate") == "true" and paid_for:
            for item in subscription["items"]["data"]:
                nothing = item | {"quantity": 0}
                credit, _ = _prorations(world, account, subscription, item, nothing)
                keep_for_next(world, account, subscription, credit)
        if params.get("invoice_now") == "true":
            _invoice_now(world, account, subscription)
        return standing.end(world, account, subscription, "cancellation_requested")


def resume(world: World, account: str, params: Json) -> Json:
    """POST /v1/subscriptions/{id}/resume: a paused one begins a new period, paid now."""
    subscription = _alive(world, account, params["id"])
    if subscription["status"] != "paused":
        raise invalid("Only a paused subscription can be resumed; this one is not.")
    with clocks.time_of(world, account, subscription["customer"]):
        begin_period(subscription, world.now())
        lines = [period_line(item) for item in subscription["items"]["data"]]
        invoice = invoices.create(world, account, subscription, lines, "subscription_update")
        invoices.finalize(world, account, invoice)
        collecting.collect(world, account, invoice)
        standing.schedule(world, account, subscription)
        return subscription


def begin_period(subscription: Json, start: int) -> None:
    """The next period of every item, from the subscription's anchor; a resumed one's is new."""
    if subscription["status"] == "paused":
        subscription["billing_cycle_anchor"] = start
    for item in subscription["items"]["data"]:
        recurring = item["price"]["recurring"]
        end = months.period_end(subscription["billing_cycle_anchor"], recurring, start)
        item |= {"current_period_start": start, "current_period_end": end}


def pause(world: World, account: str, subscription: Json) -> None:
    standing.change(world, account, subscription, status="paused")
    events.emit(world, account, "customer.subscription.paused", subscription)
