"""Builds the object graph, once, at start-up: the only place that knows everyone."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import get_args

import eventstore
from eventstore.catalogue import Catalogue
from eventstore.follow import Follower
from eventstore.migrate import Migrations, pending
from eventstore.migrate import migrate as apply_migrations
from eventstore.store import EventStore
from mywork.adapters.operations import deadlines, exports, outbox, replay_verifications, unworked
from mywork.adapters.operations.access_log import AccessLog
from mywork.adapters.operations.cursors import Cursors
from mywork.adapters.operations.idempotency import Idempotency
from mywork.adapters.operations.inbox import Inbox
from mywork.adapters.operations.people import People
from mywork.adapters.stripe.receipts import StripeTranslator
from mywork.application.handle import Handler
from mywork.application.inbox.feed import Feed
from mywork.application.inbox.refetch import Refetching
from mywork.application.inbox.worker import InboxWorker
from mywork.application.notifications.notifier import Notifier
from mywork.application.outbox import calls
from mywork.application.outbox.dispatcher import OutboxDispatcher, Perform
from mywork.application.outbox.payments import PaymentCalls
from mywork.application.outbox.payouts import PayoutCalls
from mywork.application.outbox.policies import Policies
from mywork.application.outbox.refunds import RefundCalls
from mywork.application.outbox.subscriptions import SubscriptionCalls
from mywork.application.payouts.administration import PayoutAdministration
from mywork.application.payouts.debts import Collecting
from mywork.application.payouts.queue import PayoutQueue
from mywork.application.payouts.run import PayingOut
from mywork.application.ports.clock import Clock
from mywork.application.reconciliation.bank import BankReconciliation
from mywork.application.reconciliation.stripe import StripeReconciliation
from mywork.application.scheduled.aged_items import AgedUnclearedItems
from mywork.application.scheduled.deadlines import DeadlineRunner
from mywork.application.scheduled.replay_verification import ReplayVerification
from mywork.application.scheduled.sealing import Sealing
from mywork.application.usecases.buying import Buying
from mywork.application.usecases.closing_periods import ClosingPeriods
from mywork.application.usecases.disputing import Disputing
from mywork.application.usecases.refunding import Refunding
from mywork.application.usecases.selling import Selling
from mywork.application.usecases.subscribing import Subscribing
from mywork.assurance.replay import replay as replay_replay
from mywork.bootstrap.paying import paying
from mywork.bootstrap.reconciliation import reconciliation
from mywork.bootstrap.world import Outside, outside
from mywork.domain.catalogue import EVENTS
from mywork.domain.fees import ReserveTerms
from mywork.domain.seller.messages import Level
from mywork.exports.desk import ExportDesk
from mywork.ledger import totals
from mywork.ledger.book import Book
from mywork.projections import breaks, checklist, roles
from mywork.projections.catalogue import projection_followers
from mywork.projections.install import install
from mywork.settings import Settings, SettingsMissing

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
    inbox: Inbox
    inbox_worker: InboxWorker
    outbox: outbox.Outbox
    outbox_dispatcher: OutboxDispatcher
    notifier: Notifier
    deadlines: DeadlineRunner
    feed: Feed
    aged_items: AgedUnclearedItems
    stripe_reconciliation: StripeReconciliation
    bank_reconciliation: BankReconciliation
    policies: Policies
    people: People
    idempotency: Idempotency
    buying: Buying
    selling: Selling
    refunding: Refunding
    disputing: Disputing
    subscribing: Subscribing
    replay_verification: ReplayVerification
    collecting: Collecting
    paying_out: PayingOut
    payout_administration: PayoutAdministration
    payout_queue: PayoutQueue
    closing_periods: ClosingPeriods
    export_desk: ExportDesk
    sealing: Sealing
    access_log: AccessLog

    def close(self) -> None:
        self.store.close()

    def followers(self) -> list[Follower]:
        """Everything that reads the history: projections, policies, and the totals of the book."""
        return [*projection_followers(), self.policies.follower(), totals.follower()]


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
    applied = apply_migrations(database_url, migrations(), roles=ROLES)
    install(database_url)
    return applied


def check_database(settings: Settings) -> None:
    """Refuse to start on a database that is down or not up to date, with one clear line."""
    settings.check()
    missing = pending(settings.database_url.get_secret_value(), migrations())
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


def _checkout(settings: Settings, world: Outside, handler: Handler, *, people: People) -> Buying:
    points = settings.reserves()
    reserves: dict[Level, ReserveTerms] = {
        level: ReserveTerms(points[level]) for level in get_args(Level) if level in points
    }
    return Buying(handler, world.payments, people, clock=world.clock, reserves=reserves)


def build(settings: Settings, world: Outside | None = None) -> Core:
    """Wire everything together; opens no connection yet."""
    settings.check()
    world = world or outside(settings)
    store = EventStore(settings.database_url.get_secret_value(), Catalogue(EVENTS))
    book = Book(store)
    handler = Handler(store, book, world.clock)
    inbox, people = Inbox(store), People(store)
    cursors = Cursors(store)
    feed = Feed(world.payments, inbox, cursors)
    effects_table, deadlines_table = outbox.Outbox(store), deadlines.Deadlines(store)
    worker = InboxWorker(
        inbox,
        handler,
        book,
        translate=StripeTranslator(live=settings.live),
        fetch=Refetching(world.payments, world.billing),
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
        outbox=effects_table,
        outbox_dispatcher=OutboxDispatcher(effects_table, handler, _calls(store, handler, world)),
        notifier=_notifier(settings, store, world, people),
        deadlines=DeadlineRunner(deadlines_table, handler, world.clock),
        feed=feed,
        policies=Policies(effects_table, deadlines_table, world.queue),
        people=people,
        idempotency=Idempotency(store),
        buying=_checkout(settings, world, handler, people=people),
        selling=Selling(
            handler, world.payments, people, clock=world.clock, app_url=settings.app_url
        ),
        refunding=Refunding(handler, world.clock),
        disputing=Disputing(handler, world.payments, world.clock),
        replay_verification=_drilling(store, handler, world),
        subscribing=Subscribing(handler, world.billing, people, world.clock),
        closing_periods=_period_desk(store, handler, world.clock),
        export_desk=ExportDesk(store, world.objects, exports.Exports(store)),
        access_log=AccessLog(store),
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


def _period_desk(store: EventStore, handler: Handler, clock: Clock) -> ClosingPeriods:
    return ClosingPeriods(store, handler, clock, more=(checklist.checks, unworked.checks))


def _notifier(settings: Settings, store: EventStore, world: Outside, people: People) -> Notifier:
    return Notifier(
        store,
        outbox.Outbox(store),
        world.mail,
        people=people,
        holders=partial(roles.holders, store),
        app_url=settings.app_url,
    )


def _sealing(settings: Settings, store: EventStore, world: Outside) -> Sealing:
    every = _HEADS_EVERY[settings.production]
    return Sealing(store, world.signer, world.objects, every=every)


def _drilling(store: EventStore, handler: Handler, world: Outside) -> ReplayVerification:
    replay = partial(replay_replay, store.url)
    return ReplayVerification(
        replay_verifications.Verifications(store),
        handler,
        replay,
        objects=world.objects,
        clock=world.clock,
    )
