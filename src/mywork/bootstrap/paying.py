"""What pays sellers, and collects what they owe."""

from functools import partial
from typing import TypedDict

from eventstore.store import EventStore
from mywork.adapters.operations.cursors import Cursors
from mywork.adapters.operations.release_schedule import ReleaseSchedule
from mywork.application.handle import Handler
from mywork.application.payouts.administration import PayoutAdministration
from mywork.application.payouts.debts import Collecting
from mywork.application.payouts.forecast import PayoutForecast
from mywork.application.payouts.queue import PayoutQueue
from mywork.application.payouts.run import PayingOut
from mywork.bootstrap.world import Outside
from mywork.ledger.book import Book
from mywork.projections import breaks, debts, payouts


class Paying(TypedDict):
    collecting: Collecting
    paying_out: PayingOut
    payout_administration: PayoutAdministration
    payout_queue: PayoutQueue


def paying(store: EventStore, handler: Handler, book: Book, world: Outside) -> Paying:
    open_breaks = partial(breaks.about_sellers, store)
    collecting = Collecting(
        store, handler, book, clock=world.clock, owing=partial(debts.owing, store)
    )
    paying_out = PayingOut(
        handler,
        book,
        Cursors(store),
        clock=world.clock,
        debts=collecting,
        open_breaks=open_breaks,
        forecast=PayoutForecast(handler, book, ReleaseSchedule(store).of),
    )
    return {
        "collecting": collecting,
        "paying_out": paying_out,
        "payout_administration": PayoutAdministration(
            handler, world.clock, partial(payouts.owner_of, store)
        ),
        "payout_queue": PayoutQueue(
            handler, book, world.payments, clock=world.clock, open_breaks=open_breaks
        ),
    }
