"""What writes the history and its books."""

from mywork.application.handle import Handler
from mywork.bootstrap.core import Core
from mywork.ledger.book import Book
from mywork.projections.views import ReadViews


def book(core: Core) -> Book:
    return Book(core.store)


def handler(core: Core) -> Handler:
    return Handler(core.store, core.book, core.outside.clock)


def views(core: Core) -> ReadViews:
    return ReadViews(core.store)
