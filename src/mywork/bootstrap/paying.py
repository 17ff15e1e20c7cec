"""What pays sellers, and collects what they owe."""

from functools import partial
from typing import TypedDict

from eventstore.store import EventStore
from mywork.adapters import operations
from mywork.adapters.holdings import Holdings
from mywork.application.debts import Collecting
from mywork.application.forecast import PayoutForecast
from mywork.application.handle import Handler
from mywork.application.payout_desk import PayoutDesk
from mywork.application.payout_queue import PayoutQueue
from mywork.application.payouts import PayingOut
from mywork.bootstrap.world import Outside
from mywork.ledger.book import Book
from mywork.projections import breaks, debts, payouts


class Paying(TypedDict):
    collecting: Collecting
    paying_out: PayingOut
    payout_desk: PayoutDesk
    payout_queue: PayoutQueue


def paying(store: EventStore, handler: Handler, book: Book, world: Outside) -> Paying:
    open_breaks = partial(breaks.about_sellers, store)
    collecting = Collecting(
        store, handler, book, clock=world.clock, owing=partial(debts.owing, store)
    )
    paying_out = PayingOut(
        handler,
        book,
        operations.Cursors(store),
        clock=world.clock,
        debts=collecting,
        open_breaks=open_breaks,
        forecast=PayoutForecast(handler, book, Holdings(store).of),
    )
    return {
        "collecting": collecting,
        "paying_out": paying_out,
        "payout_desk": PayoutDesk(handler, world.clock, partial(payouts.owner_of, store)),
        "payout_queue": PayoutQueue(
            handler, book, world.payments, clock=world.clock, open_breaks=open_breaks
        ),
    }
