"""Payment intents: made, confirmed with a test card, declined, cancelled."""

from typing import Any

from mywork.sandbox.stripe import charges, events, settlement
from mywork.sandbox.stripe.cards import CARDS, Decline
from mywork.sandbox.stripe.currencies import SUPPORTED
from mywork.sandbox.stripe.errors import Json, declined, invalid
from mywork.sandbox.stripe.world import World

PAYABLE = {"requires_payment_method", "requires_confirmation", "requires_action"}


def create_intent(world: World, account: str, params: Json) -> Json:
    amount, currency = whole_amount(params, "amount"), lower_currency(params)
    settlement.check_charge(world, account, amount, currency)
    identifier = world.new_id("pi")
    method = params.get("payment_method")
    intent: Json = {
        "id": identifier,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "automatic_payment_methods": _automatic(params),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{identifier}_secret_{world.new_id('s')[3:]}",
        "confirmation_method": "automatic",
        "created": world.now(),
        "currency": currency,
        "customer": params.get("customer"),
        "description": params.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "next_action": None,
        "payment_method": method,
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": params.get("receipt_email"),
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": params.get("statement_descriptor"),
        "statement_descriptor_suffix": None,
        "status": "requires_confirmation" if method else "requires_payment_method",
        "transfer_group": params.get("transfer_group"),
    }
    world.put(account, "payment_intent", intent)
    events.emit(world, account, "payment_intent.created", intent)
    if params.get("confirm") == "true":
        return confirm_intent(world, account, {"id": identifier, "payment_method": method})
    return intent


def _automatic(params: Json) -> Json:
    asked = params.get("automatic_payment_methods") or {}
    return {"enabled": True, "allow_redirects": asked.get("allow_redirects", "always")}


def confirm_intent(world: World, account: str, params: Json) -> Json:
    intent = world.find(account, "payment_intent", params["id"])
    if intent["status"] not in PAYABLE:
        raise _unexpected_state(intent, "confirm")
    method = params.get("payment_method") or intent["payment_method"]
    if method not in CARDS:
        raise invalid(
            f"No such PaymentMethod: '{method}'; the sandbox knows {', '.join(CARDS)}",
            code="resource_missing",
            param="payment_method",
        )
    decline = CARDS[method].decline
    if decline:
        raise _decline(world, account, intent, decline)
    charge = charges.create(world, account, intent, method)
    intent |= {
        "amount_received": intent["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "payment_method": method,
        "status": "succeeded",
    }
    world.put(account, "payment_intent", intent)
    events.emit(world, account, "charge.succeeded", charge)
    events.emit(world, account, "payment_intent.succeeded", intent)
    return intent


def _decline(world: World, account: str, intent: Json, decline: Decline) -> Exception:
    charge = charges.create(world, account, intent, "pm_card_visa", decline)
    error = {
        "charge": charge["id"],
        "code": decline.code,
        "decline_code": decline.decline_code,
        "message": decline.message,
        "type": "card_error",
    }
    intent |= {
        "last_payment_error": error,
        "latest_charge": charge["id"],
        "payment_method": None,
        "status": "requires_payment_method",
    }
    world.put(account, "payment_intent", intent)
    events.emit(world, account, "charge.failed", charge)
    events.emit(world, account, "payment_intent.payment_failed", intent)
    return declined(
        decline.message,
        code=decline.code,
        decline_code=decline.decline_code,
        intent=intent,
        charge=charge["id"],
    )


def cancel_intent(world: World, account: str, params: Json) -> Json:
    intent = world.find(account, "payment_intent", params["id"])
    if intent["status"] not in PAYABLE:
        raise _unexpected_state(intent, "cancel")
    intent |= {
        "status": "canceled",
        "canceled_at": world.now(),
        "cancellation_reason": params.get("cancellation_reason"),
    }
    world.put(account, "payment_intent", intent)
    events.emit(world, account, "payment_intent.canceled", intent)
    return intent


def _unexpected_state(intent: Json, verb: str) -> Exception:
    return invalid(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
    )


def update_metadata(world: World, account: str, kind: str, params: Json) -> Json:
    """Metadata is merged; an empty text removes a key."""
    subject = world.find(account, kind, params["id"])
    merged = subject["metadata"] | (params.get("metadata") or {})
    subject["metadata"] = {name: text for name, text in merged.items() if text != ""}
    for name in ("description", "email", "transfer_group", "receipt_email"):
        if name in params and name in subject:
            subject[name] = params[name]
    return world.put(account, kind, subject)


def whole_amount(params: Json, name: str) -> int:
    text: Any = params.get(name)
    if text is None:
        raise invalid(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if not str(text).isdecimal() or int(text) < 1:
        raise invalid(
            f"Invalid positive integer: {text}", code="parameter_invalid_integer", param=name
        )
    return int(text)


def lower_currency(params: Json) -> str:
    text = str(params.get("currency") or "").lower()
    if text not in SUPPORTED:
        known = ", ".join(sorted(SUPPORTED))
        raise invalid(
            f"Invalid currency: {text}. Stripe currently supports these currencies: {known}",
            param="currency",
        )
    return text
