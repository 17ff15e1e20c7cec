"""All projections. To add one: a module like `roles.py`, its table in `schemas/`, a line here.

Each is imported when it is first asked for: it knows every event that it folds.
"""

from pkgutil import resolve_name
from typing import Any

from eventstore.follow import Follower
from mywork.projections.projection import Projection

PROJECTION_NAMES = (
    "orders",
    "sales",
    "disputes",
    "products",
    "payouts",
    "debts",
    "subscriptions",
    "entitlements",
    "roles",
    "breaks",
)


def named(name: str) -> Projection[Any]:
    """The constant of that name in the module of that name."""
    found: Projection[Any] = resolve_name(f"{__package__}.{name}:{name.upper()}")
    return found


def projections() -> list[Projection[Any]]:
    return [named(name) for name in PROJECTION_NAMES]


def projection_followers() -> list[Follower]:
    return [projection.follower() for projection in projections()]
