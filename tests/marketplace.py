"""A whole marketplace in one process: real PostgreSQL, the real SDK, the Stripe sandbox.

Webhooks are carried by hand, so a test decides how late, how often and in which order they come.
"""

import pickle
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from fakes import FakeMail

from eventstore.follow import Runner
from mywork import bootstrap
from mywork.adapters.folder import FolderObjects
from mywork.adapters.signing import FileSigner
from mywork.adapters.stripe.billing import StripeBilling
from mywork.adapters.stripe.payments import StripePayments
from mywork.adapters.stripe.webhooks import CONNECT, HANDLED_EVENTS, PLATFORM, event_receipt
from mywork.application.commands import envelope
from mywork.application.ports.identity import Session, TokenInvalid
from mywork.bootstrap.world import Outside
from mywork.domain.accounts import seller_available, seller_in_payout, seller_pending
from mywork.domain.identifiers import ProductId, SellerId, UserId, new_id
from mywork.domain.order.decider import ORDER
from mywork.domain.order.sale_messages import OrderPlaced
from mywork.domain.product import DraftProduct, PublishProduct
from mywork.ledger.trial_balance import trial_balance
from mywork.sandbox.clock import SandboxClock
from mywork.sandbox.stripe import connect
from mywork.sandbox.stripe.carrier import Carrier
from mywork.sandbox.stripe.due import tick
from mywork.sandbox.stripe.transport import InProcess
from mywork.sandbox.stripe.world import World
from mywork.settings import Secret, Settings

START = datetime(2026, 11, 10, 12, tzinfo=UTC)  # a Tuesday
SECRET = "whsec_test"
ADA, BO = SellerId(UserId("user_ada")), UserId("user_bo")


@dataclass
class Queue:
    """Holds keys as Redis would; a test may lose them all."""

    keys: list[str] = field(default_factory=list)

    def send(self, keys: Sequence[str]) -> None:
        self.keys += keys


class NamedUsers:
    """A token is the user's id; anything with a space is no token."""

    def verify(self, token: str) -> Session:
        if " " in token or token == "forged":
            raise TokenInvalid("this token is not ours")
        return Session(UserId(token), "session")


def _new_world(folder: Path) -> World:
    clock = SandboxClock(folder / "clock.json")
    clock.freeze(START)
    return World(clock, seed=7)


class Marketplace:
    def __init__(
        self, database_url: str, folder: Path, world: World | None = None, *, line: Any = None
    ) -> None:
        """In a new world, unless there is one; `line` carries our requests to it."""
        self.folder = folder
        self.world = world or _new_world(folder)
        self.clock: Any = self.world.clock
        self.webhooks = Carrier(self.world, HANDLED_EVENTS)
        line = line or InProcess(self.world)
        self.payments = StripePayments("sk_test_marketplace", http_client=line)
        self.queue, self.mail = Queue(), FakeMail()
        settings = Settings(
            database_url=Secret(database_url),
            stripe_secret_key=Secret("sk_test_marketplace"),
            stripe_publishable_key="pk_test_marketplace",
            stripe_webhook_secret=Secret(SECRET),
            stripe_connect_webhook_secret=Secret(SECRET),
            app_url="http://localhost:3000",
        )
        identity: Any = NamedUsers()
        self.billing = StripeBilling("sk_test_marketplace", http_client=line)
        outside = Outside(
            self.clock,
            self.payments,
            identity,
            self.queue,
            self.mail,
            self.billing,
            FolderObjects(folder / "objects"),
            FileSigner(folder / "audit.key"),
        )
        self.core = bootstrap.build(settings, outside)
        self.runner = Runner(self.core.store, self.core.followers())
        self._delivered: set[str] = set()

    def close(self) -> None:
        self.core.close()

    # A life kept, to be copied --------------------------------------------------------------

    def memory(self, besides: Any) -> bytes:
        """What it knows beside its database and its folder, and something of the caller's."""
        own = {"clock", "listeners"}
        world = {name: value for name, value in vars(self.world).items() if name not in own}
        under_way = self.webhooks._under_way
        return pickle.dumps((world, under_way, self._delivered, self.queue, self.mail, besides))

    def recall(self, memory: bytes) -> Any:
        """Know what another one knew, whose database and folder it was given; the caller's own."""
        world, under_way, self._delivered, queue, mail, besides = pickle.loads(memory)
        vars(self.world).update(world)
        self.webhooks._under_way = under_way
        vars(self.queue).update(vars(queue))
        vars(self.mail).update(vars(mail))
        return besides

    # Time and rest ------------------------------------------------------------------------

    def advance(self, **delta: float) -> None:
        self.clock.freeze(self.clock.now() + timedelta(**delta))

    def settle(self) -> None:
        """Webhooks carried, transactions read, outbox worked, projections caught up."""
        core = self.core
        for _ in range(30):
            tick(self.world)
            worked = self.carry() + self.drain() + core.feed.read_transactions() + self.drain()
            self.runner.catch_up()
            worked += core.deadlines.run() + core.payout_queue.run()
            self.runner.catch_up()
            worked += self.perform() + core.notifier.run()
            worked += core.aged_items.run()
            self.runner.catch_up()
            if not worked:
                return
        raise AssertionError(f"never at rest: {self.waiting()}")

    def waiting(self) -> dict[str, int]:
        """What is not done: receipts that wait and that were given up, calls and notices."""
        receipts, outbox = self.core.inbox.counts(), self.core.outbox.counts()
        return {**receipts, "outbox": outbox["waiting"]}

    def perform(self) -> int:
        """The vendor calls that are due, and no letters; returns how many were done."""
        return self.core.outbox_dispatcher.drain()

    def drain(self) -> int:
        """Work the inbox, and what waits for a retry at once instead of later."""
        worked = self.core.inbox_worker.drain().total
        with self.core.store.transaction() as cursor:
            cursor.execute("UPDATE operations.inbox_work SET due_at = now() - interval '1 second'")
        return worked

    def undelivered(self) -> list[dict[str, Any]]:
        """Stripe's events that were not carried yet, oldest first."""
        return [e for e in self.webhooks.waiting if e["id"] not in self._delivered]

    def carry(self, *, shuffled: random.Random | None = None, copies: int = 1) -> int:
        """Bring every waiting webhook to the inbox; returns how many were new."""
        arrived = self.webhooks.take()
        events = [e for e in arrived if e["id"] not in self._delivered] * copies
        if shuffled is not None:
            shuffled.shuffle(events)
        return sum(
            self.core.inbox.store(
                [event_receipt(CONNECT if "account" in event else PLATFORM, orjson.dumps(event))]
            )
            for event in events
        )

    # People -------------------------------------------------------------------------------

    def onboarded_seller(self, seller_id: SellerId = ADA, *, country: str = "US") -> str:
        """Joined and onboarded by Stripe; returns the Stripe account."""
        name = seller_id.removeprefix("user_")
        joined = self.core.selling.join(seller_id, name, f"{name}@example.com", country=country)
        account = joined.seller.stripe_account_id
        connect.onboard(self.world, account)
        self.settle()
        return account

    def published_product(
        self, seller_id: SellerId = ADA, price_minor: int = 29_900, currency: str = "USD"
    ) -> ProductId:
        product_id, now = ProductId(new_id()), self.clock.now()
        draft = DraftProduct(
            product_id=product_id,
            seller_id=seller_id,
            title="SaaS starter with billing",
            description="A starter with accounts, billing and tests. " * 3,
            category="saas-starters",
            currency=currency,
            prices_minor={"standard": price_minor},
            tech_stack=("python",),
            tags=(),
            at=now,
        )
        publish = PublishProduct(product_id, seller_id, now)
        for command in (draft, publish):
            self.core.handler.handle(envelope(command, actor=seller_id))
        return product_id

    def placed_order(self, product_id: ProductId, buyer: UserId = BO) -> OrderPlaced:
        placed = self.core.buying.place(buyer, product_id, "standard", request_id=new_id())
        return placed.terms

    def pay(self, terms: OrderPlaced, card: str = "pm_card_visa") -> str:
        """The buyer confirms the order's intent with a test card; returns the intent."""
        state = self.order_state(terms.order_id)
        intent = str(state.payment_intent_id)
        self.stripe.payment_intents.confirm(intent, {"payment_method": card})
        return intent

    @property
    def stripe(self) -> Any:
        return self.payments._client

    def order_state(self, order_id: str) -> Any:
        return self.core.handler.state(ORDER, f"order-{order_id}")

    # The books ----------------------------------------------------------------------------

    def balances(self, *accounts: str, currency: str = "USD") -> tuple[int, ...]:
        keys = [(account, currency) for account in accounts]
        found = self.core.book.balances(keys)
        return tuple(found[key] for key in keys)

    def seller(self, seller_id: SellerId = ADA, currency: str = "USD") -> tuple[int, ...]:
        """Pending, available and in payout."""
        stages = (seller_pending, seller_available, seller_in_payout)
        return self.balances(*(stage(seller_id) for stage in stages), currency=currency)

    def check(self) -> None:
        """What must hold at every moment: each currency sums to zero."""
        assert trial_balance(self.core.store).balanced

    def check_at_rest(self) -> None:
        """What must hold once everything was read: we agree with Stripe, object by object."""
        self.check()
        for currency, theirs in self.payments.balance().items():
            ours = self.balances("stripe:pending", "stripe:available", currency=currency)
            assert ours == (theirs.pending_minor, theirs.available_minor)
        assert self.uncleared() == {}

    def uncleared(self) -> dict[str, int]:
        """What each Stripe object leaves in `stripe:uncleared`."""
        query = """
            SELECT p.object_id, sum(p.amount_minor)::bigint FROM ledger.postings p
              JOIN ledger.accounts a ON a.id = p.account_id
             WHERE a.code = 'stripe:uncleared' GROUP BY 1 HAVING sum(p.amount_minor) <> 0"""
        with self.core.store.connection() as connection:
            return dict(connection.execute(query).fetchall())

    def events(self, kind: type) -> list[Any]:
        history = self.core.store.page(0, 100_000)
        return [recorded.event for recorded in history if isinstance(recorded.event, kind)]
