"""Subscriptions: what one is, how it begins, and how it is found."""

from collections.abc import Sequence

from mywork.sandbox.stripe import events
from mywork.sandbox.stripe.billing import (
    catalogue,
    clocks,
    collecting,
    invoices,
    months,
    shapes,
    standing,
)
from mywork.sandbox.stripe.billing.lines import Line
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.world import World

BEHAVIOURS = ("allow_incomplete", "default_incomplete", "error_if_incomplete")


# Beginning ----------------------------------------------------------------------------------


def create(world: World, account: str, params: Json) -> Json:
    """POST /v1/subscriptions."""
    with clocks.time_of(world, account, params.get("customer", "")):
        return _create(world, account, params)


def _create(world: World, account: str, params: Json) -> Json:
    behaviour = _behaviour(params)
    subscription = _wanted(world, account, params)
    trial = subscription["status"] == "trialing"
    if not trial and behaviour != "default_incomplete":
        collecting.require_card(
            world, account, subscription, must_pay=behaviour == "error_if_incomplete"
        )
    world.put(account, standing.SUBSCRIPTION, subscription)
    lines = [period_line(item, trial=trial) for item in subscription["items"]["data"]]
    invoice = invoices.create(world, account, subscription, lines, "subscription_create")
    events.emit(world, account, "customer.subscription.created", subscription)
    invoices.finalize(world, account, invoice)
    if behaviour != "default_incomplete" or not invoice["amount_due"]:
        collecting.collect(world, account, invoice)
    if subscription["status"] != "active":
        standing.schedule(world, account, subscription)
    return subscription


def _behaviour(params: Json) -> str:
    behaviour = str(params.get("payment_behavior", "allow_incomplete"))
    if behaviour not in BEHAVIOURS:
        raise invalid(
            f"The sandbox imitates {', '.join(BEHAVIOURS)}, not {behaviour}",
            param="payment_behavior",
        )
    if params.get("collection_method", "charge_automatically") != "charge_automatically":
        raise invalid("The sandbox imitates charge_automatically", param="collection_method")
    return behaviour


def _wanted(world: World, account: str, params: Json) -> Json:
    now = world.now()
    customer = world.find(account, "customer", params["customer"])
    items = _items(world, account, params.get("items") or [])
    currency = items[0]["price"]["currency"]
    if (customer["currency"] or currency) != currency:
        raise invalid(
            "You cannot combine currencies on a single customer. This customer has had a"
            f" subscription, coupon, or invoice item with currency {customer['currency']}"
        )
    world.put(account, "customer", customer | {"currency": currency})
    trial_end = _trial_end(now, params)
    for item in items:
        recurring = item["price"]["recurring"]
        end = trial_end or months.period_end(now, recurring, now)
        item |= {"current_period_start": now, "current_period_end": end}
    return shapes.subscription(world, customer, params, items=items, trial_end=trial_end)


def _items(world: World, account: str, asked: Sequence[Json]) -> list[Json]:
    subscription = world.new_id("sub")
    items = [_item(world, account, wish, subscription) for wish in asked]
    if not items:
        raise invalid("Missing required param: items.", code="parameter_missing", param="items")
    prices = [item["price"] for item in items]
    if len({(price["currency"], str(price["recurring"])) for price in prices}) > 1:
        raise invalid("The sandbox imitates items of one currency and interval", param="items")
    return items


def _item(world: World, account: str, wish: Json, subscription: str) -> Json:
    price = catalogue.recurring_price(world, account, wish.get("price", ""))
    return {
        "id": world.new_id("si"),
        "object": "subscription_item",
        "created": world.now(),
        "discounts": [],
        "metadata": wish.get("metadata") or {},
        "plan": catalogue.plan_of(price),
        "price": price,
        "quantity": int(wish.get("quantity", 1)),
        "subscription": subscription,
        "tax_rates": [],
    }


def _trial_end(now: int, params: Json) -> int | None:
    if "trial_end" in params and params["trial_end"] != "now":
        return int(params["trial_end"])
    days = int(params.get("trial_period_days", 0))
    return now + days * standing.DAY if days else None


# What it costs ------------------------------------------------------------------------------


def period_line(item: Json, *, trial: bool = False) -> Line:
    """What an item costs in its present period; a trial costs nothing."""
    price, quantity = item["price"], item["quantity"]
    return Line(
        amount=0 if trial else price["unit_amount"] * quantity,
        description="Trial period" if trial else f"{quantity} x {price['nickname'] or price['id']}",
        start=item["current_period_start"],
        end=item["current_period_end"],
        price=price,
        quantity=quantity,
        item=item["id"],
    )


# Finding ------------------------------------------------------------------------------------


def list_subscriptions(world: World, account: str, params: Json) -> Json:
    """GET /v1/subscriptions; without `status` those that have not ended."""
    wanted: Json = {name: params[name] for name in ("customer",) if name in params}
    status = params.get("status", "")
    if status == "ended":
        wanted["status"] = ["canceled", "incomplete_expired"]
    elif status != "all":
        wanted["status"] = status or list(standing.ALIVE)
    rows, has_more = world.shelf(account, standing.SUBSCRIPTION).page(wanted, params)
    return {"object": "list", "data": rows, "has_more": has_more, "url": "/v1/subscriptions"}
