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
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "name": params.get("name"),
        "next_invoice_sequence": 1,
        "phone": params.get("phone"),
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": _test_clock(world, account, params),
    }
    return world.put(account, "customer", customer)


def _test_clock(world: World, account: str, params: Json) -> str | None:
    if "test_clock" not in params:
        return None
    return str(world.find(account, "test_helpers.test_clock", params["test_clock"])["id"])
