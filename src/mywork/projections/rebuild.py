"""Building read tables again from the first event, while the old ones are served.

The new table grows in a shadow schema. At the end the follower's position row is locked, so the
live runner's next page waits; the last events are applied, table and position are swapped in one
transaction, and the runner finds itself overtaken and goes on from there. That needs no runner to
stop: it holds its own lock for as long as it lives, in whichever process. Killed in the middle,
the old table serves on and the next rebuild starts afresh.
"""

import gc
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg

from eventstore.envelope import Recorded
from eventstore.follow import runner_key
from eventstore.progress import Progress
from eventstore.recorder import translated
from eventstore.store import EventStore
from mywork.domain.errors import Conflict, NotFound
from mywork.projections.catalogue import PROJECTION_NAMES, named
from mywork.projections.install import CURRENT, create, projection_statuses, remember
from mywork.projections.projection import LIVE, Projection

PAGE = 10_000
SWAP_ATTEMPTS = 15
_REBUILDERS = 0x524542  # first key of the two-key advisory locks held while rebuilding
_CLAIM = "SELECT pg_try_advisory_lock(%s, %s::integer)"
# Whoever reads the old table for long must not make every other reader queue behind the swap.
_IMPATIENT = "SET LOCAL lock_timeout = '1s'"
_LOCK_POSITION = """
INSERT INTO eventstore.followers (name, position) VALUES (%(name)s, 0)
ON CONFLICT (name) DO UPDATE SET updated_at = clock_timestamp()
"""
_MOVE_POSITION = "UPDATE eventstore.followers SET position = %(position)s WHERE name = %(name)s"


def rebuild(store: EventStore, names: Sequence[str], *, progress: Progress | None = None) -> int:
    """Rebuild projections by name; returns how many events were read.

    Several are rebuilt from one reading of the history. Raises NotFound for a wrong name, and
    Conflict when somebody else rebuilds one of them or never lets go of its old table.
    """
    unknown = [name for name in names if name not in PROJECTION_NAMES]
    if unknown:
        raise NotFound(
            f"there is no projection {unknown[0]!r}; there are {', '.join(PROJECTION_NAMES)}"
        )
    chosen = [named(name) for name in dict.fromkeys(names)]
    with translated(), psycopg.connect(store.url, autocommit=True) as owner:
        for projection in chosen:
            _claim(owner, projection)
            _prepare(owner, projection)
        with rarely_collecting():
            position = _catch_up(store, owner, chosen, progress)
        # Each shadow stands where the common reading ended, whatever the others took since.
        reached = [_swap_when_free(store, owner, projection, position) for projection in chosen]
        # Now and not when the server notices that we are gone, or the next rebuild may be refused.
        owner.execute("SELECT pg_advisory_unlock_all()")
    return max(reached, default=position)


def _shadow(projection: Projection[Any]) -> str:
    return f"{LIVE}_shadow_{projection.name}"


def rebuild_changed(store: EventStore) -> list[str]:
    """Rebuild what another version of this software left behind; returns the names."""
    changed = [found.name for found in projection_statuses(store) if found.state != CURRENT]
    if changed:
        rebuild(store, changed)
    return changed


def _claim(owner: psycopg.Connection[Any], projection: Projection[Any]) -> None:
    """Two rebuilders of one shadow would fold the same events into it twice."""
    _, keys = runner_key([projection.name])
    row = owner.execute(_CLAIM, (_REBUILDERS, keys[projection.name])).fetchone()
    if not (row and row[0]):
        raise Conflict(f"{projection.name} is being rebuilt already; wait for that to end")


def _prepare(owner: psycopg.Connection[Any], projection: Projection[Any]) -> None:
    schema = _shadow(projection)
    with owner.transaction():
        owner.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        owner.execute(f"CREATE SCHEMA {schema}")
        create(owner, projection.name, schema)


def _catch_up(
    store: EventStore,
    owner: psycopg.Connection[Any],
    chosen: Sequence[Projection[Any]],
    progress: Progress | None,
) -> int:
    """Fill the shadows to the present head; returns the position reached."""
    writers = [projection.writer(_shadow(projection)) for projection in chosen]
    position, head = 0, store.head()
    for page in _history(store):
        with owner.transaction(), owner.cursor() as cursor:
            for write in writers:
                write(cursor, page)
        position = page[-1].position
        if progress is not None:
            progress(position, max(head, position))
    for projection in chosen:  # so that the first query finds statistics
        owner.execute(f"ANALYZE {_shadow(projection)}.{projection.name}")
    return position


def _history(store: EventStore) -> Iterator[Sequence[Recorded]]:
    """Pages to the present head, each read and decoded while the one before is written."""
    with ThreadPoolExecutor(max_workers=1) as ahead:
        coming = ahead.submit(store.page, 0, PAGE)
        while page := coming.result():
            coming = ahead.submit(store.page, page[-1].position, PAGE)
            yield page
            if len(page) < PAGE:
                break


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """A page makes tens of thousands of objects and hardly a cycle: collecting is in vain."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _swap_when_free(
    store: EventStore, owner: psycopg.Connection[Any], projection: Projection[Any], position: int
) -> int:
    for _ in range(SWAP_ATTEMPTS):
        try:
            return _swap(store, owner, projection, position)
        except psycopg.errors.LockNotAvailable:
            time.sleep(0.5)
    raise Conflict(
        f"somebody holds on to {LIVE}.{projection.name}, which serves as before; try again later"
    )


def _swap(
    store: EventStore, owner: psycopg.Connection[Any], projection: Projection[Any], position: int
) -> int:
    name, schema = projection.name, _shadow(projection)
    write = projection.writer(schema)
    with owner.transaction(), owner.cursor() as cursor:
        cursor.execute(_IMPATIENT)
        cursor.execute(_LOCK_POSITION, {"name": name})
        while page := store.page(position, PAGE):
            write(cursor, page)
            position = page[-1].position
        cursor.execute(f"DROP TABLE IF EXISTS {LIVE}.{name}")
        cursor.execute(f"ALTER TABLE {schema}.{name} SET SCHEMA {LIVE}")
        cursor.execute(_MOVE_POSITION, {"name": name, "position": position})
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
        remember(owner, name)
        cursor.execute("SELECT pg_notify('followers', %s)", (f"{name} {position}",))
    return position
