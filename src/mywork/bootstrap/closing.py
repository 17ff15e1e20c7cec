"""What closes months."""

from mywork.adapters.operations.deadlines import Deadlines
from mywork.application.usecases.closing_periods import ClosingPeriods
from mywork.bootstrap.core import Core


def closing_periods(core: Core) -> ClosingPeriods:
    return ClosingPeriods(
        core.store,
        core.handler,
        core.outside.clock,
        views=core.views,
        deadlines=Deadlines(core.store),
    )
