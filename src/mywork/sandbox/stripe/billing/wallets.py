"""What a customer pays with: cards attached to them, and the balance that invoices settle first.

A customer's balance is signed as Stripe signs it: negative is credit, positive is owed to us.
"""

from mywork.sandbox.stripe import events
from mywork.sandbox.stripe.cards import CARDS
from mywork.sandbox.stripe.errors import Json, StripeFault, invalid, missing
from mywork.sandbox.stripe.payments import lower_currency
from mywork.sandbox.stripe.world import World

METHOD, BALANCE = "payment_method", "customer_balance_transaction"
_CARD = "attached_card"  # which test card an attached payment method stands for
FAILS_LATER = "pm_card_chargeCustomerFail"  # can be attached, and declines every charge


# Cards --------------------------------------------------------------------------------------


def attach(world: World, account: str, params: Json) -> Json:
    """POST /v1/payment_methods/{id}/attach: a test card becomes a customer's own."""
    customer = world.find(account, "customer", params.get("customer", ""))
    known = world.tables.get(f"{account}/{METHOD}", {}).get(params["id"])
    if known is not None:
        return world.put(account, METHOD, known | {"customer": customer["id"]})
    card = params["id"]
    if card not in CARDS:
        raise missing("PaymentMethod", card)
    decline = CARDS[card].decline
    if decline and card != FAILS_LATER:
        raise StripeFault(
            402,
            "card_error",
            decline.message,
            code=decline.code,
            decline_code=decline.decline_code,
        )
    return save(world, account, customer["id"], card)


def save(world: World, account: str, customer: str, card: str) -> Json:
    """A payment method of the customer for a test card; the same card is the same method."""
    for method in world.where(account, METHOD, "customer", customer):
        if card_of(world, account, method["id"]) == card:
            return method
    method = _method(world, customer)
    world.put(account, _CARD, {"id": method["id"], "card": card})
    world.put(account, METHOD, method)
    events.emit(world, account, "payment_method.attached", method)
    return method


def _method(world: World, customer: str) -> Json:
    return {
        "id": world.new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": dict.fromkeys(("address", "email", "name", "phone", "tax_id")),
        "card": {
            "brand": "visa",
            "country": "US",
            "display_brand": "visa",
            "exp_month": 12,
            "exp_year": 2040,
            "funding": "credit",
            "last4": "4242",
        },
        "created": world.now(),
        "customer": customer,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


def detach(world: World, account: str, params: Json) -> Json:
    method = world.find(account, METHOD, params["id"])
    return world.put(account, METHOD, method | {"customer": None})


def list_methods(world: World, account: str, params: Json) -> Json:
    """GET /v1/customers/{id}/payment_methods, and /v1/payment_methods with `customer`."""
    owner = world.find(account, "customer", params.get("customer") or params["id"])
    rows, has_more = world.shelf(account, METHOD).page({"customer": owner["id"]}, params)
    return {"object": "list", "data": rows, "has_more": has_more, "url": "/v1/payment_methods"}


def card_of(world: World, account: str, method: str) -> str:
    """The test card behind a payment method; a test card stands for itself."""
    found = world.tables.get(f"{account}/{_CARD}", {}).get(method)
    return str(found["card"]) if found else method


def default_method(customer: Json) -> str | None:
    settings: Json = customer.get("invoice_settings") or {}
    found: str | None = settings.get("default_payment_method")
    return found


# Customers ----------------------------------------------------------------------------------


def update_customer(world: World, account: str, params: Json) -> Json:
    """The default card for invoices, the balance, and what identifies a customer."""
    customer = world.find(account, "customer", params["id"])
    for name in ("email", "description", "name", "phone"):
        customer[name] = params.get(name, customer.get(name))
    merged = customer["metadata"] | (params.get("metadata") or {})
    customer["metadata"] = {name: text for name, text in merged.items() if text != ""}
    asked = params.get("invoice_settings") or {}
    if "default_payment_method" in asked:
        method = world.find(account, METHOD, asked["default_payment_method"])
        if method["customer"] != customer["id"]:
            raise invalid("The customer does not have this payment method.")
        customer["invoice_settings"] = _settings(method["id"])
    world.put(account, "customer", customer)
    events.emit(world, account, "customer.updated", customer)
    return customer


def _settings(method: str | None) -> Json:
    return {
        "custom_fields": None,
        "default_payment_method": method,
        "footer": None,
        "rendering_options": None,
    }


# The balance --------------------------------------------------------------------------------


def adjust(world: World, account: str, params: Json) -> Json:
    """POST /v1/customers/{id}/balance_transactions: a person gives or takes credit."""
    customer = world.find(account, "customer", params["id"])
    text = str(params.get("amount", ""))
    if not text.lstrip("-").isdecimal() or int(text) == 0:
        raise invalid(f"Invalid integer: {text}", param="amount")
    return move_balance(
        world,
        account,
        customer,
        amount=int(text),
        currency=lower_currency(params),
        kind="adjustment",
        description=params.get("description"),
    )


def move_balance(
    world: World,
    account: str,
    customer: Json,
    *,
    amount: int,
    currency: str,
    kind: str,
    invoice: str | None = None,
    description: str | None = None,
) -> Json:
    """A customer balance transaction; a negative amount is credit given."""
    customer["balance"] += amount
    customer["currency"] = customer["currency"] or currency
    world.put(account, "customer", customer)
    transaction = {
        "id": world.new_id("cbtxn"),
        "object": "customer_balance_transaction",
        "amount": amount,
        "created": world.now(),
        "credit_note": None,
        "currency": currency,
        "customer": customer["id"],
        "description": description,
        "ending_balance": customer["balance"],
        "invoice": invoice,
        "livemode": False,
        "metadata": {},
        "type": kind,
    }
    world.put(account, BALANCE, transaction)
    events.emit(world, account, "customer.updated", customer)
    return transaction


def list_balance(world: World, account: str, params: Json) -> Json:
    owner = world.find(account, "customer", params["id"])
    rows, has_more = world.shelf(account, BALANCE).page({"customer": owner["id"]}, params)
    url = f"/v1/customers/{owner['id']}/balance_transactions"
    return {"object": "list", "data": rows, "has_more": has_more, "url": url}
