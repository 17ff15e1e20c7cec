"""The object graph: what there is, and in which room of this package each part is built.

A command that only reads builds two or three of them, and imports no more than they need.
"""

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from eventstore.catalogue import Catalogue
from eventstore.follow import Follower
from eventstore.store import EventStore
from mywork.bootstrap.world import Outside
from mywork.domain.catalogue import EVENTS
from mywork.settings import Settings


class _Room:
    """A module of this package, imported when one of its functions is first called."""

    def __init__(self, name: str) -> None:
        self._module = f"{__package__}.{name}"

    def __getattr__(self, part: str) -> Callable[["Core"], Any]:
        def build(core: "Core") -> Any:
            return getattr(import_module(self._module), part)(core)

        return build


if TYPE_CHECKING:
    from mywork.bootstrap import (
        books,
        calling,
        closing,
        collecting,
        comparing,
        paying,
        payouts,
        sealing,
        serving,
        trading,
    )
else:
    books, calling, closing = _Room("books"), _Room("calling"), _Room("closing")
    collecting, comparing, paying = _Room("collecting"), _Room("comparing"), _Room("paying")
    payouts, sealing = _Room("payouts"), _Room("sealing")
    serving, trading = _Room("serving"), _Room("trading")


class Core:
    """The running system without its doors; a part is built when it is first asked for."""

    def __init__(self, settings: Settings, outside: Outside) -> None:
        self.settings = settings
        self.outside = outside

    @cached_property
    def store(self) -> EventStore:
        return EventStore(self.settings.database_url.reveal(), Catalogue(EVENTS))

    book = cached_property(books.book)
    views = cached_property(books.views)
    handler = cached_property(books.handler)
    closing_periods = cached_property(closing.closing_periods)
    sealing = cached_property(sealing.sealing)
    people = cached_property(trading.people)
    buying = cached_property(trading.buying)
    selling = cached_property(trading.selling)
    refunding = cached_property(trading.refunding)
    disputing = cached_property(trading.disputing)
    subscribing = cached_property(trading.subscribing)
    collecting = cached_property(collecting.collecting)
    paying_out = cached_property(paying.paying_out)
    payout_administration = cached_property(payouts.payout_administration)
    payout_queue = cached_property(payouts.payout_queue)
    inbox = cached_property(comparing.inbox)
    inbox_worker = cached_property(comparing.inbox_worker)
    feed = cached_property(comparing.feed)
    aged_items = cached_property(comparing.aged_items)
    stripe_reconciliation = cached_property(comparing.stripe_reconciliation)
    bank_reconciliation = cached_property(comparing.bank_reconciliation)
    outbox = cached_property(calling.outbox)
    outbox_dispatcher = cached_property(calling.outbox_dispatcher)
    deadlines = cached_property(calling.deadlines)
    policies = cached_property(calling.policies)
    notifier = cached_property(calling.notifier)
    idempotency = cached_property(serving.idempotency)
    access_log = cached_property(serving.access_log)
    replay_verification = cached_property(serving.replay_verification)
    export_jobs = cached_property(serving.export_jobs)

    def complete(self) -> None:
        """Build every part now: whoever stays fails at the start, or not for want of one."""
        for name, part in vars(Core).items():
            if isinstance(part, cached_property):
                getattr(self, name)
        self.store.catalogue.complete()

    def close(self) -> None:
        self.store.close()

    def followers(self) -> list[Follower]:
        """Everything that reads the history: projections, policies, and the totals of the book."""
        from mywork.ledger import totals
        from mywork.projections.catalogue import projection_followers

        return [*projection_followers(), self.policies.follower(), totals.follower()]
