"""What pays sellers, and collects what they owe."""

from mywork.adapters.operations.cursors import Cursors
from mywork.adapters.operations.release_schedule import ReleaseSchedule
from mywork.application.payouts.administration import PayoutAdministration
from mywork.application.payouts.debts import Collecting
from mywork.application.payouts.forecast import PayoutForecast
from mywork.application.payouts.queue import PayoutQueue
from mywork.application.payouts.run import PayingOut
from mywork.bootstrap.core import Core


def collecting(core: Core) -> Collecting:
    return Collecting(
        core.store, core.handler, core.book, clock=core.outside.clock, views=core.views
    )


def paying_out(core: Core) -> PayingOut:
    return PayingOut(
        core.handler,
        core.book,
        Cursors(core.store),
        clock=core.outside.clock,
        debts=core.collecting,
        views=core.views,
        forecast=PayoutForecast(core.handler, core.book, ReleaseSchedule(core.store)),
    )


def payout_administration(core: Core) -> PayoutAdministration:
    return PayoutAdministration(core.handler, core.outside.clock, core.views)


def payout_queue(core: Core) -> PayoutQueue:
    return PayoutQueue(
        core.handler,
        core.book,
        core.outside.payments,
        clock=core.outside.clock,
        views=core.views,
    )
