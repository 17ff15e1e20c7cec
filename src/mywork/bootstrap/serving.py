"""What only the doors need: answers given before, who looked, drills and exports."""

from functools import partial

from mywork.adapters.operations.access_log import AccessLog
from mywork.adapters.operations.exports import Exports
from mywork.adapters.operations.idempotency import Idempotency
from mywork.adapters.operations.replay_verifications import Verifications
from mywork.application.scheduled.replay_verification import ReplayVerification
from mywork.assurance.replay import replay
from mywork.bootstrap.core import Core
from mywork.exports.jobs import ExportJobs


def idempotency(core: Core) -> Idempotency:
    return Idempotency(core.store)


def access_log(core: Core) -> AccessLog:
    return AccessLog(core.store)


def replay_verification(core: Core) -> ReplayVerification:
    world, replaying = core.outside, partial(replay, core.store.url)
    verifications = Verifications(core.store)
    return ReplayVerification(
        verifications, core.handler, replaying, objects=world.objects, clock=world.clock
    )


def export_jobs(core: Core) -> ExportJobs:
    return ExportJobs(core.store, core.outside.objects, Exports(core.store))
