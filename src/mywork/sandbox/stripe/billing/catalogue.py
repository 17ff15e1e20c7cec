"""Products and their prices: recurring or once, per unit, found again by lookup key."""

from mywork.sandbox.stripe import events
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.payments import lower_currency
from mywork.sandbox.stripe.world import World

INTERVALS = ("day", "week", "month", "year")


def create_product(world: World, account: str, params: Json) -> Json:
    if not params.get("name"):
        raise invalid("Missing required param: name.", code="parameter_missing", param="name")
    identifier = params.get("id") or world.new_id("prod")
    if identifier in world.tables.get(f"{account}/product", {}):
        raise invalid("Product already exists.", code="resource_already_exists", param="id")
    product: Json = {
        "id": identifier,
        "object": "product",
        "active": params.get("active", "true") == "true",
        "created": world.now(),
        "default_price": None,
        "description": params.get("description"),
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": params.get("metadata") or {},
        "name": params["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": "service",
        "unit_label": None,
        "updated": world.now(),
        "url": None,
    }
    world.put(account, "product", product)
    events.emit(world, account, "product.created", product)
    return product


def create_price(world: World, account: str, params: Json) -> Json:
    product = world.find(account, "product", params.get("product", ""))
    key = params.get("lookup_key")
    if key and params.get("transfer_lookup_key") != "true" and by_key(world, account, key):
        raise invalid(
            f"A price (`{key}`) already uses that lookup key.",
            code="resource_already_exists",
            param="lookup_key",
        )
    for other in by_key(world, account, key) if key else []:
        world.put(account, "price", other | {"lookup_key": None})
    recurring = _recurring(params.get("recurring"))
    price: Json = {
        "id": world.new_id("price"),
        "object": "price",
        "active": params.get("active", "true") == "true",
        "billing_scheme": "per_unit",
        "created": world.now(),
        "currency": lower_currency(params),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": key,
        "metadata": params.get("metadata") or {},
        "nickname": params.get("nickname"),
        "product": product["id"],
        "recurring": recurring,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": _unit_amount(params),
        "unit_amount_decimal": str(_unit_amount(params)),
    }
    world.put(account, "price", price)
    events.emit(world, account, "price.created", price)
    return price


def _unit_amount(params: Json) -> int:
    text = str(params.get("unit_amount", ""))
    if not text.isdecimal():
        raise invalid(f"Invalid non-negative integer: {text}", param="unit_amount")
    return int(text)


def _recurring(asked: Json | None) -> Json | None:
    if not asked:
        return None
    if asked.get("interval") not in INTERVALS:
        raise invalid(f"Invalid interval: one of {', '.join(INTERVALS)}", param="recurring")
    return {
        "interval": asked["interval"],
        "interval_count": int(asked.get("interval_count", 1)),
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def by_key(world: World, account: str, key: str) -> list[Json]:
    return world.where(account, "price", "lookup_key", key)


def list_prices(world: World, account: str, params: Json) -> Json:
    """GET /v1/prices, also by `lookup_keys`."""
    wanted: Json = {
        name: params[name] for name in ("product", "currency", "type") if name in params
    }
    if "active" in params:
        wanted["active"] = params["active"] == "true"
    if "lookup_keys" in params:
        wanted["lookup_key"] = list(params["lookup_keys"])
    rows, has_more = world.shelf(account, "price").page(wanted, params)
    return {"object": "list", "data": rows, "has_more": has_more, "url": "/v1/prices"}


def update_price(world: World, account: str, params: Json) -> Json:
    price = world.find(account, "price", params["id"])
    if "active" in params:
        price["active"] = params["active"] == "true"
    price["metadata"] |= params.get("metadata") or {}
    price["nickname"] = params.get("nickname", price["nickname"])
    return world.put(account, "price", price)


def recurring_price(world: World, account: str, identifier: str) -> Json:
    """A price that a subscription may have; refused as Stripe refuses others."""
    price = world.find(account, "price", identifier)
    if not price["active"]:
        raise invalid(f"The price specified is inactive: {identifier}", param="items")
    if price["recurring"] is None:
        raise invalid("The price specified is set to `type=one_time`.", param="items")
    return price


def plan_of(price: Json) -> Json:
    """The same as the older API's plan, which subscription items still carry."""
    recurring = price["recurring"]
    same = ("active", "billing_scheme", "created", "currency", "id", "livemode", "metadata")
    return {name: price[name] for name in same} | {
        "object": "plan",
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
