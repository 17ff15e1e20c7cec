"""What Stripe tells: events with a snapshot of their object, and who is to be told."""

from typing import Any

import orjson

from mywork.sandbox.stripe import API_VERSION
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.world import PLATFORM, World

ENDPOINTS = "webhook_endpoint"
DELIVERIES = "delivery"


def emit(world: World, account: str, kind: str, subject: Json, **previous: Any) -> Json:
    """Journal an event about an object as it is now, and queue it for every endpoint."""
    data: Json = {"object": orjson.loads(orjson.dumps(subject))}
    if previous:
        data["previous_attributes"] = previous
    event: Json = {
        "id": world.new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": world.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
    if account != PLATFORM:
        event["account"] = account
    world.put_for_a_while(account, "event", event)
    for endpoint in world.all(PLATFORM, ENDPOINTS):
        if _wants(endpoint, account, kind):
            _queue(world, event, endpoint)
    for listener in world.listeners:
        listener(event)
    return event


def _wants(endpoint: Json, account: str, kind: str) -> bool:
    wanted = endpoint["enabled_events"]
    to_connect = endpoint["metadata"].get("_connect") == "true"
    return to_connect == (account != PLATFORM) and (kind in wanted or "*" in wanted)


def _queue(world: World, event: Json, endpoint: Json) -> None:
    event["pending_webhooks"] += 1
    delivery = {
        "id": world.new_id("dlv"),
        "event": event["id"],
        "account": event.get("account", PLATFORM),
        "endpoint": endpoint["id"],
        "attempts": 0,
    }
    world.put(PLATFORM, DELIVERIES, delivery)


# Webhook endpoints --------------------------------------------------------------------------


def create_endpoint(world: World, _: str, params: Json) -> Json:
    """The secret is told here and never again."""
    if not params.get("url", "").startswith(("http://127.0.0.1", "http://localhost", "https://")):
        raise invalid("Invalid URL: it must be an explicit address", param="url")
    endpoint = {
        "id": world.new_id("we"),
        "object": "webhook_endpoint",
        "api_version": API_VERSION,
        "application": None,
        "created": world.now(),
        "description": params.get("description"),
        "enabled_events": params.get("enabled_events") or [],
        "livemode": False,
        "metadata": {"_connect": str(params.get("connect") == "true").lower()},
        "status": "enabled",
        "url": params["url"],
        "secret": f"whsec_{world.new_id('x')[3:]}",
    }
    world.put(PLATFORM, ENDPOINTS, endpoint)
    return shown(endpoint) | {"secret": endpoint["secret"]}


def delete_endpoint(world: World, _: str, params: Json) -> Json:
    endpoint = world.find(PLATFORM, ENDPOINTS, params["id"])
    world.put(PLATFORM, ENDPOINTS, endpoint | {"enabled_events": [], "deleted": True})
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def shown(endpoint: Json) -> Json:
    """An endpoint without what only its creation tells."""
    hidden = {"secret", "deleted"}
    return {name: value for name, value in endpoint.items() if name not in hidden} | {
        "metadata": {}
    }
