"""What pays sellers, and collects what they owe."""

from functools import partial

from mywork.adapters.operations.cursors import Cursors
from mywork.adapters.operations.release_schedule import ReleaseSchedule
from mywork.application.payouts.administration import PayoutAdministration
from mywork.application.payouts.debts import Collecting
from mywork.application.payouts.forecast import PayoutForecast
from mywork.application.payouts.queue import PayoutQueue
from mywork.application.payouts.run import PayingOut
from mywork.bootstrap.core import Core
from mywork.projections import breaks, debts, payouts


def collecting(core: Core) -> Collecting:
    owing = partial(debts.owing, core.store)
    return Collecting(core.store, core.handler, core.book, clock=core.outside.clock, owing=owing)


def paying_out(core: Core) -> PayingOut:
    return PayingOut(
        core.handler,
        core.book,
        Cursors(core.store),
        clock=core.outside.clock,
        debts=core.collecting,
        open_breaks=partial(breaks.about_sellers, core.store),
        forecast=PayoutForecast(core.handler, core.book, ReleaseSchedule(core.store).of),
    )


def payout_administration(core: Core) -> PayoutAdministration:
    return PayoutAdministration(
        core.handler, core.outside.clock, partial(payouts.owner_of, core.store)
    )


def payout_queue(core: Core) -> PayoutQueue:
    return PayoutQueue(
        core.handler,
        core.book,
        core.outside.payments,
        clock=core.outside.clock,
        open_breaks=partial(breaks.about_sellers, core.store),
    )
