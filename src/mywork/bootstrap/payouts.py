"""What becomes of payouts: their queue, and what people do about them."""

from mywork.application.payouts.administration import PayoutAdministration
from mywork.application.payouts.queue import PayoutQueue
from mywork.bootstrap.core import Core


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
