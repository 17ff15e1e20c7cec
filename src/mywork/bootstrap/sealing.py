"""What seals the history."""

from datetime import timedelta

from mywork.application.scheduled.sealing import Sealing
from mywork.bootstrap.core import Core

# How often a head of history is signed unasked; development should show one soon.
_HEADS_EVERY = {True: timedelta(hours=1), False: timedelta(minutes=1)}


def sealing(core: Core) -> Sealing:
    world, every = core.outside, _HEADS_EVERY[core.settings.production]
    return Sealing(core.store, world.signer, world.objects, every=every)
