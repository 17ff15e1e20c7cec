"""What pays sellers."""

from mywork.adapters.operations.cursors import Cursors
from mywork.adapters.operations.release_schedule import ReleaseSchedule
from mywork.application.payouts.forecast import PayoutForecast
from mywork.application.payouts.run import PayingOut
from mywork.bootstrap.core import Core


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
