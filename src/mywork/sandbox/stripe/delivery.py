"""Webhooks: signed as Stripe signs them, at least once, in no order, retried with backoff.

The queue is part of the world and survives a restart. Behaviour can be made worse on purpose.
"""

import asyncio
import hashlib
import hmac
import time
from dataclasses import dataclass, field

import httpx2
import orjson

from mywork.sandbox.stripe import events
from mywork.sandbox.stripe.due import tick
from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.world import PLATFORM, World

AT_ONCE = 16
GIVES_UP_AFTER = 25  # attempts, about three days of doubling delays
FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 0.5, 6 * 3600.0
_PAUSE_SECONDS = 0.02
_COUNTER = "webhooks"
_ENDS = ("delivered", "failed", "dropped")


@dataclass(slots=True)
class Behaviour:
    """`duplicate` and `drop` are probabilities; `delay_seconds` is real time."""

    duplicate: float = 0.0
    drop: float = 0.0
    shuffle: bool = False
    delay_seconds: float = 0.0


@dataclass(slots=True)
class Delivery:
    """Sends what is queued until stopped; one per server."""

    world: World
    behaviour: Behaviour = field(default_factory=Behaviour)
    _due: dict[str, float] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)

    async def run(self) -> None:
        async with httpx2.AsyncClient(timeout=10) as client, asyncio.TaskGroup() as tasks:
            while True:
                tick(self.world)
                self.world.keep()
                for delivery in self._ready():
                    self._busy.add(delivery["id"])
                    tasks.create_task(self._deliver(client, delivery))
                await asyncio.sleep(_PAUSE_SECONDS)

    def counts(self) -> dict[str, int]:
        """How many deliveries ended how, and how many are still to be made."""
        ended = self.world.tables.get("/counter", {}).get(_COUNTER, {})
        waiting = len(self.world.all(PLATFORM, events.DELIVERIES))
        return {state: ended.get(state, 0) for state in _ENDS} | {"pending": waiting}

    def _ready(self) -> list[Json]:
        now = time.monotonic()
        waiting = [
            delivery
            for delivery in self.world.all(PLATFORM, events.DELIVERIES)
            if delivery["id"] not in self._busy
        ]
        for delivery in waiting:
            self._due.setdefault(delivery["id"], now + self.behaviour.delay_seconds)
        ready = [delivery for delivery in waiting if self._due[delivery["id"]] <= now]
        if self.behaviour.shuffle:
            self.world.shuffle(ready)
        return ready[: AT_ONCE - len(self._busy)]

    async def _deliver(self, client: httpx2.AsyncClient, delivery: Json) -> None:
        try:
            delivery["attempts"] += 1
            end = await self._outcome(client, delivery)
            if end == "pending":
                self.world.put(PLATFORM, events.DELIVERIES, delivery)
            else:
                self._finish(delivery, end)
            self.world.keep()
        finally:
            self._busy.discard(delivery["id"])

    def _finish(self, delivery: Json, end: str) -> None:
        """Nobody waits for this one any more, however it ended."""
        event = self.world.find(delivery["account"], "event", delivery["event"])
        event["pending_webhooks"] -= 1
        self.world.put(delivery["account"], "event", event)
        self.world.remove(PLATFORM, events.DELIVERIES, delivery["id"])
        self._due.pop(delivery["id"], None)
        self._count(end)

    def _count(self, end: str) -> None:
        known = self.world.tables.get("/counter", {}).get(_COUNTER, {"id": _COUNTER})
        self.world.put(PLATFORM, "counter", known | {end: known.get(end, 0) + 1})

    async def _outcome(self, client: httpx2.AsyncClient, delivery: Json) -> str:
        endpoint = self.world.find(PLATFORM, events.ENDPOINTS, delivery["endpoint"])
        if endpoint.get("deleted") or self.world.chance(self.behaviour.drop):
            return "dropped"
        event = self.world.find(delivery["account"], "event", delivery["event"])
        sent = await _post(client, endpoint, event)
        if sent and self.world.chance(self.behaviour.duplicate):
            await _post(client, endpoint, event)
        if sent:
            return "delivered"
        if delivery["attempts"] >= GIVES_UP_AFTER:
            return "failed"
        delay = min(FIRST_DELAY_SECONDS * 2 ** (delivery["attempts"] - 1), LONGEST_DELAY_SECONDS)
        self._due[delivery["id"]] = time.monotonic() + delay
        return "pending"


async def _post(client: httpx2.AsyncClient, endpoint: Json, event: Json) -> bool:
    body = orjson.dumps(event, option=orjson.OPT_INDENT_2)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(body, endpoint["secret"], int(time.time())),
        "User-Agent": "Stripe/1.0 (simulated)",
    }
    try:
        answer = await client.post(endpoint["url"], content=body, headers=headers)
    except httpx2.HTTPError:
        return False
    return answer.is_success


def signature(body: bytes, secret: str, timestamp: int) -> str:
    """`t=...,v1=...`: HMAC-SHA256 over `t.body` with the whole secret; real time, as Stripe's."""
    signed = f"{timestamp}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
