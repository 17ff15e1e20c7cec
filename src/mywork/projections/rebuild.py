"""Building read tables again from the first event, while the old ones are served.

The new table grows in a shadow schema. At the end the follower's position row is locked, so the
live runner's next page waits; the last events are applied, table and position are swapped in one
transaction, and the runner finds itself overtaken and goes on from there. Killed in the middle,
the old table serves on and the next rebuild starts afresh.
"""

from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from eventstore import EventStore
from eventstore.recorder import translated
from mywork.domain.errors import NotFound
from mywork.projections.catalogue import NAMES, named
from mywork.projections.install import create, remember
from mywork.projections.projection import LIVE, Projection

PAGE = 5_000
Progress = Callable[[int, int], None]  # events done, events in all

_LOCK_POSITION = """
INSERT INTO eventstore.followers (name, position) VALUES (%(name)s, 0)
ON CONFLICT (name) DO UPDATE SET updated_at = clock_timestamp()
"""
_MOVE_POSITION = "UPDATE eventstore.followers SET position = %(position)s WHERE name = %(name)s"


def rebuild(store: EventStore, names: Sequence[str], *, progress: Progress | None = None) -> int:
    """Rebuild projections by name; returns how many events were read. NotFound for a wrong name.

    Several are rebuilt from one reading of the history.
    """
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise NotFound(f"there is no projection {unknown[0]!r}; there are {', '.join(NAMES)}")
    chosen = [named(name) for name in names]
    with translated(), psycopg.connect(store.url, autocommit=True) as owner:
        for projection in chosen:
            _prepare(owner, projection)
        position = _catch_up(store, owner, chosen, progress)
        for projection in chosen:
            position = max(position, _swap(store, owner, projection, position))
    return position


def _shadow(projection: Projection[Any]) -> str:
    return f"{LIVE}_shadow_{projection.name}"


def _prepare(owner: psycopg.Connection[Any], projection: Projection[Any]) -> None:
    schema = _shadow(projection)
    with owner.transaction():
        owner.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        owner.execute(f"CREATE SCHEMA {schema}")
        create(owner, projection, schema)


def _catch_up(
    store: EventStore,
    owner: psycopg.Connection[Any],
    chosen: Sequence[Projection[Any]],
    progress: Progress | None,
) -> int:
    """Fill the shadows to the present head; returns the position reached."""
    writers = [projection.writer(_shadow(projection)) for projection in chosen]
    position, head = 0, store.head()
    while page := store.page(position, PAGE):
        with owner.transaction(), owner.cursor() as cursor:
            for write in writers:
                write(cursor, page)
        position = page[-1].position
        if progress is not None:
            progress(position, max(head, position))
        if len(page) < PAGE:
            break
    return position


def _swap(
    store: EventStore, owner: psycopg.Connection[Any], projection: Projection[Any], position: int
) -> int:
    name, schema = projection.name, _shadow(projection)
    write = projection.writer(schema)
    with owner.transaction(), owner.cursor() as cursor:
        cursor.execute(_LOCK_POSITION, {"name": name})
        while page := store.page(position, PAGE):
            write(cursor, page)
            position = page[-1].position
        cursor.execute(f"DROP TABLE {LIVE}.{name}")
        cursor.execute(f"ALTER TABLE {schema}.{name} SET SCHEMA {LIVE}")
        cursor.execute(_MOVE_POSITION, {"name": name, "position": position})
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
        remember(owner, projection)
        cursor.execute("SELECT pg_notify('followers', %s)", (f"{name} {position}",))
    return position
