"""Builds the object graph: the only place that knows everyone.

Read `core` (what there is), a room of it such as `books`, then `world` (vendors).
"""

from pathlib import Path

import eventstore
from eventstore.migrate import Migrations, pending
from eventstore.migrate import migrate as apply_migrations
from mywork.bootstrap.core import Core
from mywork.bootstrap.world import Outside, outside
from mywork.settings import Settings, SettingsMissing

ROLES = ("mywork_app", "mywork_auditor", "mywork_reader")


def migrations() -> tuple[Migrations, ...]:
    """The numbered SQL files of every schema, in the order in which they apply."""
    here = Path(__file__).parent.parent
    return (
        Migrations("eventstore", Path(eventstore.__file__).parent / "migrations"),
        Migrations("ledger", here / "ledger" / "migrations"),
        Migrations("operations", here / "adapters" / "migrations"),
    )


def migrate(database_url: str) -> list[str]:
    """Bring roles, schemas and read tables up to date; returns the migrations applied now."""
    from mywork.projections.install import install

    applied = apply_migrations(database_url, migrations(), roles=ROLES)
    install(database_url)
    return applied


def check_database(settings: Settings) -> None:
    """Refuse to start on a database that is down or not up to date, with one clear line."""
    settings.check()
    missing = pending(settings.database_url.reveal(), migrations())
    if missing:
        raise SettingsMissing(f"the database lacks {', '.join(missing)}: run `mywork migrate`")


def build(settings: Settings, world: Outside | None = None) -> Core:
    """Everything wired together at once, for whoever stays; opens no connection yet."""
    core = lazily(settings, world)
    core.complete()
    return core


def lazily(settings: Settings, world: Outside | None = None) -> Core:
    """For one command: it builds what it uses."""
    settings.check()
    return Core(settings, world or outside(settings))
