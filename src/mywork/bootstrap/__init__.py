"""Builds the object graph, once, at start-up: the only place that knows everyone."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import get_args

import eventstore
from eventstore import Catalogue, EventStore, Follower, Migrations
from mywork import audit
from mywork.adapters import deadlines, drills, effects, exports, operations, unworked
from mywork.adapters.looks import Looks
from mywork.adapters.stripe.receipts import StripeTranslator
from mywork.application import calls
from mywork.application.bank_reconciling import BankReconciling
from mywork.application.checkout import Checkout
from mywork.application.deadlines import DeadlineRunner
from mywork.application.debts import Collecting
from mywork.application.disputing import Disputing
from mywork.application.drilling import Drilling
from mywork.application.effects import EffectPerformer, Perform
from mywork.application.feed import Feed
from mywork.application.fetching import Fetching
from mywork.application.handle import Handler
from mywork.application.inbox import InboxWorker
from mywork.application.notifying import Notifier
from mywork.application.overdue import OverdueFacts
from mywork.application.payment_calls import PaymentCalls
from mywork.application.payout_calls import PayoutCalls
from mywork.application.payout_desk import PayoutDesk
from mywork.application.payout_queue import PayoutQueue
from mywork.application.payouts import PayingOut
from mywork.application.period_desk import PeriodDesk
from mywork.application.ports.clock import Clock
from mywork.application.reactions import Reactions
from mywork.application.reconciling import Reconciling
from mywork.application.refund_calls import RefundCalls
from mywork.application.refunding import Refunding
from mywork.application.sealing import Sealing
from mywork.application.selling import Selling
from mywork.application.subscribing import Subscribing
from mywork.application.subscription_calls import SubscriptionCalls
from mywork.bootstrap.paying import paying
from mywork.bootstrap.reconciliation import reconciliation
from mywork.bootstrap.world import Outside, bucket, outside
from mywork.domain.catalogue import EVENTS
from mywork.domain.fees import ReserveTerms
from mywork.domain.seller import Level
from mywork.exports.desk import ExportDesk
from mywork.ledger import totals
from mywork.ledger.book import Book
from mywork.projections import breaks, catalogue, checklist, install, roles
from mywork.settings import Settings, SettingsMissing

__all__ = [
    "ROLES",
    "Core",
    "Outside",
    "bucket",
    "build",
    "check_database",
    "migrate",
    "migrations",
    "outside",
]

# How often a head of history is signed unasked; development should show one soon.
_HEADS_EVERY = {True: timedelta(hours=1), False: timedelta(minutes=1)}
ROLES = ("mywork_app", "mywork_auditor", "mywork_reader")


@dataclass(frozen=True, slots=True)
class Core:
    """The running system without its doors."""

    settings: Settings
    outside: Outside
    store: EventStore
    book: Book
    handler: Handler
    inbox: operations.Inbox
    inbox_worker: InboxWorker
    effects: effects.Effects
    effect_performer: EffectPerformer
    notifier: Notifier
    deadlines: DeadlineRunner
    feed: Feed
    overdue_facts: OverdueFacts
    reconciling: Reconciling
    bank_reconciling: BankReconciling
    reactions: Reactions
    people: operations.People
    idempotency: operations.Idempotency
    checkout: Checkout
    selling: Selling
    refunding: Refunding
    disputing: Disputing
    subscribing: Subscribing
    drilling: Drilling
    collecting: Collecting
    paying_out: PayingOut
    payout_desk: PayoutDesk
    payout_queue: PayoutQueue
    period_desk: PeriodDesk
    export_desk: ExportDesk
    sealing: Sealing
    looks: Looks

    def close(self) -> None:
        self.store.close()

    def followers(self) -> list[Follower]:
        """Everything that reads the history: projections, reactions, and the totals of the book."""
        return [*catalogue.followers(), self.reactions.follower(), totals.follower()]


def migrations() -> tuple[Migrations, ...]:
    """The numbered SQL files of every schema, in the order in which they apply."""
    here = Path(__file__).parent.parent
    return (
        Migrations("eventstore", Path(eventstore.__file__).parent / "migrations"),
        Migrations("ledger", here / "ledger" / "migrations"),
        Migrations("operations", here / "adapters" / "migrations"),
    )


def migrate(database_url: str) -> list[str]:
    """Bring roles, schemas and read tables up to date; returns the migrations applied now."""
    applied = eventstore.migrate(database_url, migrations(), roles=ROLES)
    install.install(database_url)
    return applied


def check_database(settings: Settings) -> None:
    """Refuse to start on a database that is down or not up to date, with one clear line."""
    settings.check()
    missing = eventstore.pending(settings.database_url.get_secret_value(), migrations())
    if missing:
        raise SettingsMissing(f"the database lacks {', '.join(missing)}: run `mywork migrate`")


def _calls(store: EventStore, handler: Handler, world: Outside) -> dict[type, Perform]:
    """What makes each kind of vendor call."""
    payments = PaymentCalls(world.payments)
    refunds = RefundCalls(world.payments, world.clock)
    open_breaks = partial(breaks.about_sellers, store)
    transfers = PayoutCalls(handler, world.payments, world.clock, open_breaks)
    subscriptions = SubscriptionCalls(handler, world.billing, world.clock)
    return {
        calls.CancelPaymentIntent: payments.cancel_intent,
        calls.CreateRefund: refunds.create_refund,
        calls.ReturnPayment: refunds.return_payment,
        calls.CreateTransfer: transfers.create_transfer,
        calls.CreateBankPayout: transfers.create_bank_payout,
        calls.ReverseTransfer: transfers.reverse_transfer,
        calls.AlignSubscription: subscriptions.align,
    }


def _checkout(
    settings: Settings, world: Outside, handler: Handler, *, people: operations.People
) -> Checkout:
    points = settings.reserves()
    reserves: dict[Level, ReserveTerms] = {
        level: ReserveTerms(points[level]) for level in get_args(Level) if level in points
    }
    return Checkout(handler, world.payments, people, clock=world.clock, reserves=reserves)


def build(settings: Settings, world: Outside | None = None) -> Core:
    """Wire everything together; opens no connection yet."""
    settings.check()
    world = world or outside(settings)
    store = EventStore(settings.database_url.get_secret_value(), Catalogue(EVENTS))
    book = Book(store)
    handler = Handler(store, book, world.clock)
    inbox, people = operations.Inbox(store), operations.People(store)
    cursors = operations.Cursors(store)
    feed = Feed(world.payments, inbox, cursors)
    effects_table, deadlines_table = effects.Effects(store), deadlines.Deadlines(store)
    worker = InboxWorker(
        inbox,
        handler,
        book,
        translate=StripeTranslator(live=settings.live),
        fetch=Fetching(world.payments, world.billing),
        clock=world.clock,
        lease_seconds=settings.mywork_lease_seconds,
    )
    return Core(
        settings=settings,
        outside=world,
        store=store,
        book=book,
        handler=handler,
        inbox=inbox,
        inbox_worker=worker,
        effects=effects_table,
        effect_performer=EffectPerformer(effects_table, handler, _calls(store, handler, world)),
        notifier=_notifier(settings, store, world, people),
        deadlines=DeadlineRunner(deadlines_table, handler, world.clock),
        feed=feed,
        reactions=Reactions(effects_table, deadlines_table, world.queue),
        people=people,
        idempotency=operations.Idempotency(store),
        checkout=_checkout(settings, world, handler, people=people),
        selling=Selling(
            handler, world.payments, people, clock=world.clock, app_url=settings.app_url
        ),
        refunding=Refunding(handler, world.clock),
        disputing=Disputing(handler, world.payments, world.clock),
        drilling=_drilling(store, handler, world),
        subscribing=Subscribing(handler, world.billing, people, world.clock),
        period_desk=_period_desk(store, handler, world.clock),
        export_desk=ExportDesk(store, world.objects, exports.Exports(store)),
        looks=Looks(store),
        sealing=_sealing(settings, store, world),
        **paying(store, handler, book, world),
        **reconciliation(
            store,
            handler,
            book,
            world=world,
            feed=feed,
            worker=worker,
            accounts=settings.bank_accounts(),
        ),
    )


def _period_desk(store: EventStore, handler: Handler, clock: Clock) -> PeriodDesk:
    return PeriodDesk(store, handler, clock, more=(checklist.checks, unworked.checks))


def _notifier(
    settings: Settings, store: EventStore, world: Outside, people: operations.People
) -> Notifier:
    return Notifier(
        store,
        effects.Effects(store),
        world.mail,
        people=people,
        holders=partial(roles.holders, store),
        app_url=settings.app_url,
    )


def _sealing(settings: Settings, store: EventStore, world: Outside) -> Sealing:
    every = _HEADS_EVERY[settings.production]
    return Sealing(store, world.signer, world.objects, every=every)


def _drilling(store: EventStore, handler: Handler, world: Outside) -> Drilling:
    replay = partial(audit.replay, store.url)
    return Drilling(drills.Drills(store), handler, replay, objects=world.objects, clock=world.clock)
