"""All projections. To add one: a module like `roles.py`, its table in `schemas/`, a line here."""

from typing import Any

from eventstore.follow import Follower
from mywork.projections.breaks import BREAKS
from mywork.projections.debts import DEBTS
from mywork.projections.disputes import DISPUTES
from mywork.projections.entitlements import ENTITLEMENTS
from mywork.projections.orders import ORDERS
from mywork.projections.payouts import PAYOUTS
from mywork.projections.products import PRODUCTS
from mywork.projections.projection import Projection
from mywork.projections.roles import ROLES
from mywork.projections.sales import SALES
from mywork.projections.subscriptions import SUBSCRIPTIONS

PROJECTIONS: tuple[Projection[Any], ...] = (
    ORDERS,
    SALES,
    DISPUTES,
    PRODUCTS,
    PAYOUTS,
    DEBTS,
    SUBSCRIPTIONS,
    ENTITLEMENTS,
    ROLES,
    BREAKS,
)
PROJECTION_NAMES: tuple[str, ...] = tuple(projection.name for projection in PROJECTIONS)


def projection_followers() -> list[Follower]:
    return [projection.follower() for projection in PROJECTIONS]


def named(name: str) -> Projection[Any]:
    """Raises KeyError for a name that no projection has."""
    return dict(zip(PROJECTION_NAMES, PROJECTIONS, strict=True))[name]
