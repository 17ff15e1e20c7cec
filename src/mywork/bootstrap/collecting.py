"""What collects what sellers owe."""

from mywork.application.payouts.debts import Collecting
from mywork.bootstrap.core import Core


def collecting(core: Core) -> Collecting:
    return Collecting(
        core.store, core.handler, core.book, clock=core.outside.clock, views=core.views
    )
