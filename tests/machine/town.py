"""A town of sellers and buyers: the product, Stripe's stand-in and the model in one process.

The product's core may die and is built anew on the same database; Stripe, the clock and the
people go on. Webhooks wait in the stand-in's own queue until somebody carries them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import orjson
import psycopg
import stripe
from fakes import FakeMail
from marketplace import NamedUsers, Queue
from model import Ledger

from eventstore.follow import Follower, Runner
from machine.death import Fate
from machine.wire import Wire
from mywork import bootstrap
from mywork.adapters.stripe.billing import StripeBilling
from mywork.adapters.stripe.payments import StripePayments
from mywork.adapters.stripe.webhooks import (
    CONNECT,
    HANDLED_EVENTS,
    PLATFORM,
    event_receipt,
    verify_signature,
)
from mywork.application.commands import envelope
from mywork.application.handle import Outcome
from mywork.application.ports.faults import VendorRefused, VendorUnavailable
from mywork.bootstrap.core import Core
from mywork.bootstrap.world import Outside
from mywork.domain.decider import Command
from mywork.domain.errors import Refusal
from mywork.domain.identifiers import ProductId, SellerId, UserId
from mywork.sandbox.stripe import terms
from mywork.sandbox.stripe.delivery import signature
from mywork.sandbox.stripe.due import tick
from mywork.sandbox.stripe.events import DELIVERIES, ENDPOINTS
from mywork.sandbox.stripe.transport import InProcess
from mywork.sandbox.stripe.world import World
from mywork.settings import Secret, Settings

# The platform has accounts for dollars and dinars; what else is paid becomes dollars.
BANKS = {
    "settlement_currencies": ["usd", "kwd"],
    "exchange_rates": {"eur/usd": "1.0834", "jpy/usd": "0.0067"},
}
START = datetime(2026, 11, 10, 12, tzinfo=UTC)  # a Tuesday
T = TypeVar("T")
_HURRY = """
UPDATE operations.inbox_work SET due_at = '-infinity', attempts = least(attempts, 2)
 WHERE status = 'waiting' AND attempts < 15;
UPDATE operations.outbox SET due_at = created_at WHERE status = 'waiting'
"""
_AS_IF_TRIED_OFTEN = """
UPDATE operations.inbox_work SET due_at = '-infinity', attempts = 15
 WHERE status = 'waiting' AND attempts < 15
"""
_KILL = """
SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity
 WHERE datname = current_database() AND application_name = 'mywork'
"""


class StillClock:
    """Business time stands still until somebody turns it."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def stamp(self) -> datetime | None:
        return self.time

    def freeze(self, at: datetime) -> None:
        self.time = at

    run_from = freeze


@dataclass(frozen=True)
class Product:
    id: ProductId
    seller: SellerId
    currency: str
    price: int


@dataclass(frozen=True)
class Wish:
    """A request of a person's, kept so that it can be sent again as it was."""

    who: str
    about: str
    id: str


class Town:
    def __init__(self, database_url: str, seed: int, fate: Fate | None = None) -> None:
        self.clock, self.fate, self.model = StillClock(), fate or Fate(), Ledger()
        self.world = World(self.clock, seed=seed)
        self.wire = Wire(self.world, self.fate)
        self.settings = Settings(
            stripe_secret_key=Secret("sk_test_town"),
            stripe_publishable_key="pk_test_town",
            stripe_webhook_secret=Secret("whsec_unused"),
            stripe_connect_webhook_secret=Secret("whsec_unused"),
            app_url="http://localhost:3000",
            mywork_reserves='{"new": 500, "verified": 333}',
        )
        self._stripe = stripe.StripeClient("sk_test_town", http_client=InProcess(self.world)).v1
        terms.change(self.world, BANKS)
        self._open_endpoints()
        self.sellers: list[SellerId] = []
        self.products: dict[ProductId, Product] = {}
        self.wishes: list[Wish] = []
        self.asked: dict[str, tuple[int | None, bool]] = {}  # refund -> amount, platform bears fee
        self.buyers: dict[str, UserId] = {}  # by order
        self.ours: list[str] = []  # orders that a command of ours has just claimed money of
        self.deaths: dict[str, int] = {}
        self.open(database_url)

    def open(self, database_url: str) -> None:
        """Work on a database; after `close`, perhaps on another one, in the same world."""
        self.database = psycopg.connect(database_url, autocommit=True)
        change = {"database_url": Secret(database_url)}
        self.settings = replace(self.settings, **change)
        self.core, self.runner = self._built()

    def _built(self) -> tuple[Core, Runner]:
        payments = StripePayments("sk_test_town", http_client=self.wire)
        identity: Any = NamedUsers()
        billing = StripeBilling("sk_test_town", http_client=self.wire)
        objects: Any = None
        signer: Any = None
        outside = Outside(
            self.clock, payments, identity, Queue(), FakeMail(), billing, objects, signer
        )
        core = bootstrap.build(self.settings, outside)
        return core, Runner(core.store, self.followers(core))

    def followers(self, core: Core) -> list[Follower]:
        """Only those that the write path itself reads."""
        wanted = {"policies", "breaks", "sales"}
        return [follower for follower in core.followers() if follower.name in wanted]

    def _open_endpoints(self) -> None:
        for connect in ("false", "true"):
            wish = {"url": "https://town.test/", "enabled_events": list(HANDLED_EVENTS)}
            self.people.webhook_endpoints.create(wish | {"connect": connect})

    def close(self) -> None:
        self.core.close()
        self.database.close()

    @property
    def people(self) -> Any:
        """Stripe's own pages and its dashboard: requests that are not the product's."""
        return self._stripe

    # Life and death -----------------------------------------------------------------------

    def die(self, where: str) -> None:
        """Kill the process and start another; what it had claimed is claimable again."""
        self.deaths[where] = self.deaths.get(where, 0) + 1
        self.wire.faults.asked.clear()
        self.core.close()
        self.database.execute(_KILL)
        self.hurry()
        self.core, self.runner = self._built()

    def hurry(self) -> None:
        """Let real time pass, for leases and delays; no business time. Whatever was asked for
        first comes first again."""
        self.database.execute(_HURRY)

    def lose_patience(self) -> int:
        """What still waits for a predecessor has waited too long; returns how much did."""
        return self.database.execute(_AS_IF_TRIED_OFTEN).rowcount

    def advance(self, **delta: float) -> None:
        self.clock.time += timedelta(**delta)
        tick(self.world)

    # What people do with the product ---------------------------------------------------------

    def ask(self, use: Callable[[], T]) -> T | str:
        """The answer, or the name of a refusal; a vendor that is down is nobody's news."""
        try:
            return use()
        except (Refusal, VendorRefused) as refusal:
            return type(refusal).__name__
        except VendorUnavailable:
            return ""

    def command(self, command: Command, actor: str) -> Outcome | str:
        sent = envelope(command, actor=actor)
        return self.ask(lambda: self.core.handler.handle(sent))

    # Webhooks -----------------------------------------------------------------------------

    def waiting_webhooks(self) -> list[dict[str, Any]]:
        return self.world.all("", DELIVERIES)

    def deliver(self, delivery: dict[str, Any], copies: int = 1) -> None:
        """Carry a webhook to the inbox and be done with it."""
        self.carry(delivery, copies)
        self.lose(delivery)

    def carry(self, delivery: dict[str, Any], copies: int = 1) -> None:
        """To the inbox, signed, as the endpoint takes it."""
        event = self.world.find(delivery["account"], "event", delivery["event"])
        secret = self.world.find("", ENDPOINTS, delivery["endpoint"])["secret"]
        body, now = orjson.dumps(event), int(time.time())
        assert verify_signature(body, signature(body, secret, now), secret)
        source = CONNECT if "account" in event else PLATFORM
        self.core.inbox.store([event_receipt(source, body)] * copies)

    def lose(self, delivery: dict[str, Any]) -> None:
        self.world.remove("", DELIVERIES, delivery["id"])
