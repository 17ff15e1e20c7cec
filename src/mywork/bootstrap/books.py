"""What writes history and its books, closes months and seals."""

from datetime import timedelta

from mywork.adapters import unworked
from mywork.application.handle import Handler
from mywork.application.period_desk import PeriodDesk
from mywork.application.sealing import Sealing
from mywork.bootstrap.core import Core
from mywork.ledger.book import Book
from mywork.projections import checklist

# How often a head of history is signed unasked; development should show one soon.
_HEADS_EVERY = {True: timedelta(hours=1), False: timedelta(minutes=1)}


def book(core: Core) -> Book:
    return Book(core.store)


def handler(core: Core) -> Handler:
    return Handler(core.store, core.book, core.outside.clock)


def period_desk(core: Core) -> PeriodDesk:
    more = (checklist.checks, unworked.checks)
    return PeriodDesk(core.store, core.handler, core.outside.clock, more=more)


def sealing(core: Core) -> Sealing:
    world, every = core.outside, _HEADS_EVERY[core.settings.production]
    return Sealing(core.store, world.signer, world.objects, every=every)
