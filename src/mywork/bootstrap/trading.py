"""What people buy, sell, give back, dispute and subscribe to."""

from typing import get_args

from mywork.adapters.operations.people import People
from mywork.application.usecases.buying import Buying
from mywork.application.usecases.disputing import Disputing
from mywork.application.usecases.refunding import Refunding
from mywork.application.usecases.selling import Selling
from mywork.application.usecases.subscribing import Subscribing
from mywork.bootstrap.core import Core
from mywork.domain.fees import ReserveTerms
from mywork.domain.seller.messages import Level


def people(core: Core) -> People:
    return People(core.store)


def buying(core: Core) -> Buying:
    points = core.settings.reserves()
    reserves: dict[Level, ReserveTerms] = {
        level: ReserveTerms(points[level]) for level in get_args(Level) if level in points
    }
    world = core.outside
    return Buying(core.handler, world.payments, core.people, clock=world.clock, reserves=reserves)


def selling(core: Core) -> Selling:
    world, app_url = core.outside, core.settings.app_url
    return Selling(core.handler, world.payments, core.people, clock=world.clock, app_url=app_url)


def refunding(core: Core) -> Refunding:
    return Refunding(core.handler, core.outside.clock)


def disputing(core: Core) -> Disputing:
    return Disputing(core.handler, core.outside.payments, core.outside.clock)


def subscribing(core: Core) -> Subscribing:
    return Subscribing(core.handler, core.outside.billing, core.people, core.outside.clock)
