"""Readers that keep a position: a page of events and the position commit together.

Any number of processes may run the same followers. A session advisory lock lets one of them
work on each follower; when it dies the lock goes with its connection and another takes over.
The position row is compared in every transaction, so even a runner that lost its lock without
noticing can never apply a page twice.
"""

import logging
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from eventstore.envelope import Recorded
from eventstore.errors import EventStoreError
from eventstore.store import EventStore

logger = logging.getLogger(__name__)

Apply = Callable[[psycopg.Cursor[Any], Sequence[Recorded]], None]

PAGE_SIZE = 1000
IDLE_SECONDS = 1.0
_RUNNER_LOCKS = 0x52554E  # first key of the two-key advisory locks held by runners

_READ_POSITION = "SELECT position FROM eventstore.followers WHERE name = %s"
_ADVANCE = """
INSERT INTO eventstore.followers AS f (name, position) VALUES (%(name)s, %(after)s)
ON CONFLICT (name) DO UPDATE SET position = %(after)s, updated_at = clock_timestamp()
 WHERE f.position = %(before)s
"""


class Overtaken(EventStoreError):
    """Another runner advanced this follower: start again from the position it left."""


@dataclass(frozen=True, slots=True)
class Follower:
    """`apply` writes what a page of events means; it must cope with events it does not know."""

    name: str
    apply: Apply
    after_commit: Callable[[], None] | None = None


class Runner:
    """Moves followers along the history, sharing each decoded page between them."""

    def __init__(self, store: EventStore, followers: Sequence[Follower]) -> None:
        self._store = store
        self._followers = tuple(followers)
        self._positions: dict[str, int] = {}
        self._page: tuple[int, list[Recorded]] = (-1, [])

    def catch_up(self) -> int:
        """Bring every follower to the head; returns its position. For tests and `--once`."""
        while behind := self._behind(self._followers):
            for follower in behind:
                self.step(follower)
        return self._store.head()

    def step(self, follower: Follower) -> int:
        """Apply one page; returns how many events it had."""
        before = self._position(follower.name)
        page = self._page_after(before)
        if page:
            try:
                self._apply(follower, before, page)
            except EventStoreError:
                self._positions.pop(follower.name, None)
                raise
        return len(page)

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; survives lost connections and dead predecessors."""
        while not stop.is_set():
            try:
                self._run_with_locks(stop)
            except (EventStoreError, psycopg.Error) as error:
                logger.warning("followers pause for a second: %s", error)
                self._positions.clear()
                stop.wait(IDLE_SECONDS)

    def _run_with_locks(self, stop: threading.Event) -> None:
        with psycopg.connect(self._store.url, autocommit=True) as session:
            session.execute("LISTEN events")
            held: dict[str, Follower] = {}
            while not stop.is_set():
                held |= self._newly_locked(session, held)
                if not self._step_all(tuple(held.values())):
                    _wait_for_events(session)

    def _newly_locked(
        self, session: psycopg.Connection[Any], held: dict[str, Follower]
    ) -> dict[str, Follower]:
        missing = [follower for follower in self._followers if follower.name not in held]
        return {
            follower.name: follower for follower in missing if try_runner_lock(session, follower)
        }

    def _step_all(self, followers: Sequence[Follower]) -> int:
        applied = 0
        for follower in self._behind(followers):
            try:
                applied += self.step(follower)
            except Overtaken:
                logger.info("%s was overtaken by another runner", follower.name)
            except Exception:
                # One broken projection must not stop the others; it is tried again and
                # its growing lag is visible in the health check.
                logger.exception("%s cannot apply its next page", follower.name)
                time.sleep(0.1)
        return applied

    def _behind(self, followers: Sequence[Follower]) -> list[Follower]:
        """Whom the head is ahead of: one query, where each looking for a page would be many."""
        head = self._store.head()
        return [follower for follower in followers if self._position(follower.name) < head]

    def _position(self, name: str) -> int:
        if name not in self._positions:
            with self._store.connection() as connection:
                row = connection.execute(_READ_POSITION, (name,)).fetchone()
            self._positions[name] = row[0] if row else 0
        return self._positions[name]

    def _page_after(self, position: int) -> list[Recorded]:
        if self._page[0] != position or not self._page[1]:
            self._page = (position, self._store.page(position, PAGE_SIZE))
        return self._page[1]

    def _apply(self, follower: Follower, before: int, page: Sequence[Recorded]) -> None:
        after = page[-1].position
        with self._store.transaction() as cursor:
            advance(cursor, follower.name, before, after)
            follower.apply(cursor, page)
        self._positions[follower.name] = after
        if follower.after_commit is not None:
            follower.after_commit()


def advance(cursor: psycopg.Cursor[Any], name: str, before: int, after: int) -> None:
    """Move a follower's position in the caller's transaction, or raise Overtaken."""
    cursor.execute(_ADVANCE, {"name": name, "before": before, "after": after})
    if cursor.rowcount == 0:
        raise Overtaken(f"{name} is no longer at position {before}")
    cursor.execute("SELECT pg_notify('followers', %s)", (f"{name} {after}",))


def runner_key(names: Sequence[str]) -> tuple[int, dict[str, int]]:
    """The two-key advisory lock of each follower's runner, as unsigned as pg_locks shows it."""
    return _RUNNER_LOCKS, {name: zlib.crc32(name.encode()) >> 1 for name in names}


def try_runner_lock(session: psycopg.Connection[Any], follower: Follower) -> bool:
    """Take the lock that makes this session the follower's one active runner."""
    group, keys = runner_key([follower.name])
    query = "SELECT pg_try_advisory_lock(%s, %s::integer)"
    row = session.execute(query, (group, keys[follower.name])).fetchone()
    return bool(row and row[0])


def _wait_for_events(session: psycopg.Connection[Any]) -> None:
    for _ in session.notifies(timeout=IDLE_SECONDS, stop_after=1):
        pass
