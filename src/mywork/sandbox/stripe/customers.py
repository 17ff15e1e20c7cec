"""Customers, as far as anything here needs them."""

from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.world import World


def create(world: World, account: str, params: Json) -> Json:
    customer: Json = {
        "id": world.new_id("cus"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": world.now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": params.get("description"),
        "email": params.get("email"),
        "invoice_prefix": "SANDBOX",
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "name": params.get("name"),
        "phone": params.get("phone"),
        "preferred_locales": [],
        "shipping": None,
    }
    return world.put(account, "customer", customer)
