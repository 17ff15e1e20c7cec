"""The object graph: what there is, and in which room of this package each part is built.

A command that only reads builds two or three of them, and imports no more than they need.
"""

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from eventstore import Catalogue, EventStore, Follower
from mywork.bootstrap.world import Outside
from mywork.settings import Settings

if TYPE_CHECKING:
    from mywork.adapters.effects import Effects
    from mywork.adapters.looks import Looks
    from mywork.adapters.operations import Idempotency, Inbox, People
    from mywork.application.bank_reconciling import BankReconciling
    from mywork.application.checkout import Checkout
    from mywork.application.deadlines import DeadlineRunner
    from mywork.application.debts import Collecting
    from mywork.application.disputing import Disputing
    from mywork.application.drilling import Drilling
    from mywork.application.effects import EffectPerformer
    from mywork.application.feed import Feed
    from mywork.application.handle import Handler
    from mywork.application.inbox import InboxWorker
    from mywork.application.notifying import Notifier
    from mywork.application.overdue import OverdueFacts
    from mywork.application.payout_desk import PayoutDesk
    from mywork.application.payout_queue import PayoutQueue
    from mywork.application.payouts import PayingOut
    from mywork.application.period_desk import PeriodDesk
    from mywork.application.reactions import Reactions
    from mywork.application.reconciling import Reconciling
    from mywork.application.refunding import Refunding
    from mywork.application.sealing import Sealing
    from mywork.application.selling import Selling
    from mywork.application.subscribing import Subscribing
    from mywork.exports.desk import ExportDesk
    from mywork.ledger.book import Book


class Part:
    """Built on first use by the function of its name in a room, and kept."""

    def __init__(self, room: str) -> None:
        self.room = room

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, core: "Core | None", owner: type) -> Any:
        if core is None:
            return self
        room = import_module(f"mywork.bootstrap.{self.room}")
        found = vars(core)[self.name] = getattr(room, self.name)(core)
        return found


def built_in(room: str) -> Any:
    """A part is declared with its own type."""
    return Part(room)


class Core:
    """The running system without its doors."""

    book: "Book" = built_in("books")
    handler: "Handler" = built_in("books")
    period_desk: "PeriodDesk" = built_in("closing")
    sealing: "Sealing" = built_in("closing")
    people: "People" = built_in("trading")
    checkout: "Checkout" = built_in("trading")
    selling: "Selling" = built_in("trading")
    refunding: "Refunding" = built_in("trading")
    disputing: "Disputing" = built_in("trading")
    subscribing: "Subscribing" = built_in("trading")
    collecting: "Collecting" = built_in("paying")
    paying_out: "PayingOut" = built_in("paying")
    payout_desk: "PayoutDesk" = built_in("paying")
    payout_queue: "PayoutQueue" = built_in("paying")
    inbox: "Inbox" = built_in("reconciling")
    inbox_worker: "InboxWorker" = built_in("reconciling")
    feed: "Feed" = built_in("reconciling")
    overdue_facts: "OverdueFacts" = built_in("reconciling")
    reconciling: "Reconciling" = built_in("reconciling")
    bank_reconciling: "BankReconciling" = built_in("reconciling")
    effects: "Effects" = built_in("calling")
    effect_performer: "EffectPerformer" = built_in("calling")
    deadlines: "DeadlineRunner" = built_in("calling")
    reactions: "Reactions" = built_in("calling")
    notifier: "Notifier" = built_in("calling")
    idempotency: "Idempotency" = built_in("serving")
    looks: "Looks" = built_in("serving")
    drilling: "Drilling" = built_in("serving")
    export_desk: "ExportDesk" = built_in("serving")

    def __init__(self, settings: Settings, outside: Outside) -> None:
        self.settings = settings
        self.outside = outside

    @cached_property
    def store(self) -> EventStore:
        return EventStore(self.settings.database_url.get_secret_value(), _catalogue)

    def complete(self) -> None:
        """Build every part now: whoever stays fails at the start, or not for want of one."""
        for name, part in vars(Core).items():
            if isinstance(part, Part):
                getattr(self, name)
        _ = self.store.catalogue

    def close(self) -> None:
        self.store.close()

    def followers(self) -> list[Follower]:
        """Everything that reads the history: projections, reactions, and the totals of the book."""
        from mywork.ledger import totals
        from mywork.projections import catalogue

        return [*catalogue.followers(), self.reactions.follower(), totals.follower()]


def _catalogue() -> Catalogue:
    from mywork.domain.catalogue import EVENTS

    return Catalogue(EVENTS)
