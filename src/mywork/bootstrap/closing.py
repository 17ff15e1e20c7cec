"""What closes months, and seals the history."""

from datetime import timedelta

from mywork.adapters.operations.deadlines import Deadlines
from mywork.application.scheduled.sealing import Sealing
from mywork.application.usecases.closing_periods import ClosingPeriods
from mywork.bootstrap.core import Core

# How often a head of history is signed unasked; development should show one soon.
_HEADS_EVERY = {True: timedelta(hours=1), False: timedelta(minutes=1)}


def closing_periods(core: Core) -> ClosingPeriods:
    return ClosingPeriods(
        core.store,
        core.handler,
        core.outside.clock,
        views=core.views,
        deadlines=Deadlines(core.store),
    )


def sealing(core: Core) -> Sealing:
    world, every = core.outside, _HEADS_EVERY[core.settings.production]
    return Sealing(core.store, world.signer, world.objects, every=every)
