"""What only the doors need: answers given before, who looked, drills and exports."""

from functools import partial

from mywork import audit
from mywork.adapters.drills import Drills
from mywork.adapters.exports import Exports
from mywork.adapters.looks import Looks
from mywork.adapters.operations import Idempotency
from mywork.application.drilling import Drilling
from mywork.bootstrap.core import Core
from mywork.exports.desk import ExportDesk


def idempotency(core: Core) -> Idempotency:
    return Idempotency(core.store)


def looks(core: Core) -> Looks:
    return Looks(core.store)


def drilling(core: Core) -> Drilling:
    world, replay = core.outside, partial(audit.replay, core.store.url)
    drills = Drills(core.store)
    return Drilling(drills, core.handler, replay, objects=world.objects, clock=world.clock)


def export_desk(core: Core) -> ExportDesk:
    return ExportDesk(core.store, core.outside.objects, Exports(core.store))
