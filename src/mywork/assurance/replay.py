"""The replay: ledger and read tables rebuilt from the events of one snapshot, beside the live ones.

Every transaction of it sees the snapshot that the first one exported, so nobody has to stop:
writers append and followers go on. The ledger is compared at the snapshot's last position, each
read table where its follower stood. All that is made lies in temporary tables of transactions
that are rolled back; a replay that is killed leaves nothing that anybody would have to clear.

A long history is shared by two processes, each of which decodes it once: the read table of sales,
which is as much work as all the rest, is folded in another.
"""

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Protocol

from eventstore.catalogue import Catalogue
from eventstore.envelope import Recorded
from eventstore.errors import EventStoreError
from eventstore.progress import Progress
from mywork.assurance.book import ReplayedBook
from mywork.assurance.history import History, head, positions
from mywork.assurance.read_tables import ReplayedTables
from mywork.domain.catalogue import EVENTS
from mywork.ledger.differences import Compared, Replayed
from mywork.ledger.findings import Cursor, snapshot
from mywork.ledger.proof.heads import read_latest
from mywork.projections.catalogue import PROJECTION_NAMES
from mywork.projections.rebuild import rarely_collecting

ELSEWHERE = ("sales",)
WORTH_A_PROCESS = 30_000  # events; below, starting a second process takes longer than it saves


class ReplayFailed(EventStoreError):
    """The other process came to an end without an answer."""


class Part(Protocol):
    """Something that is rebuilt from the history."""

    def apply(self, page: Sequence[Recorded], until: int) -> None: ...
    def finish(self) -> list[Compared]: ...


def replay(url: str, *, progress: Progress | None = None, processes: int | None = None) -> Replayed:
    """Rebuild everything and compare; `processes` is chosen by the history's length.

    Raises EventStoreError when the database goes away.
    """
    with snapshot(url) as cursor:
        return replay_on(cursor, url, progress=progress, processes=processes)


def replay_on(
    cursor: Cursor, url: str, *, progress: Progress | None = None, processes: int | None = None
) -> Replayed:
    """`replay` on the snapshot of a transaction that is open already."""
    started, end = time.perf_counter(), head(cursor)
    if processes is None:
        processes = 1 if end < WORTH_A_PROCESS else 2
    history, report = History(cursor, Catalogue(EVENTS)), progress or _silently
    with rarely_collecting():
        if processes == 1:
            parts: list[Part] = [ReplayedBook(cursor), ReplayedTables(cursor, positions(cursor))]
            tables = _play(history, parts, lambda: report(history.events, end))
        else:
            tables = _share(cursor, url, history, lambda done: report(done, end))
    seconds = time.perf_counter() - started
    signed = read_latest(cursor)
    sealed, root = (signed.size, signed.root.hex()) if signed else (0, "")
    found = (history.result(), *tables)
    return Replayed(history.position, history.events, seconds, found, sealed, root)


def _silently(_: int, __: int) -> None:
    """Nobody watches."""


def _play(history: History, parts: Sequence[Part], report: Callable[[], None]) -> list[Compared]:
    for page in history.pages():
        for part in parts:
            part.apply(page, history.position)
        report()
    return [compared for part in parts for compared in part.finish()]


# Two processes --------------------------------------------------------------------------------


def _share(
    cursor: Cursor, url: str, history: History, report: Callable[[int], None]
) -> list[Compared]:
    """Both on this snapshot, the book and most read tables here."""
    row = cursor.execute("SELECT pg_export_snapshot()").fetchone()
    with _elsewhere(url, row[0] if row else "") as other:
        # What both have replayed counts half for each, so that the bar ends with the later.
        answer = _Answer(other, lambda done: report((done + history.events) // 2))
        here = [name for name in PROJECTION_NAMES if name not in ELSEWHERE]
        parts: list[Part] = [ReplayedBook(cursor), ReplayedTables(cursor, positions(cursor), here)]
        return [*_play(history, parts, answer.look), *answer.wait()]


class _Answer:
    """What the other process says: how far it is, and in the end what it found."""

    def __init__(self, other: Connection, report: Callable[[int], None]) -> None:
        self._other = other
        self._report = report
        self._done = 0
        self._found: list[Compared] | None = None

    def look(self) -> None:
        """Hear what was said so far."""
        while self._found is None and self._other.poll():
            self._hear()
        self._report(self._done)

    def wait(self) -> list[Compared]:
        while self._found is None:
            self._hear()
            self._report(self._done)
        return self._found

    def _hear(self) -> None:
        try:
            said = self._other.recv()
        except EOFError:
            raise ReplayFailed("the other process of the replay was killed") from None
        match said:
            case int():
                self._done = said
            case list():
                self._found = said
            case _:
                raise ReplayFailed(f"the other process of the replay failed: {said}")


@contextmanager
def _elsewhere(url: str, exported: str) -> Iterator[Connection]:
    """A process that replays its share; it is ended, whatever happens here."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_replay_share, args=(there, url, exported), daemon=True)
    process.start()
    there.close()
    try:
        yield here
    finally:
        process.terminate()
        process.join()
        here.close()


def _replay_share(said: Connection, url: str, exported: str) -> None:
    """The other process. Where nobody listens any more, the next word ends it."""
    try:
        with snapshot(url, exported) as cursor, rarely_collecting():
            history = History(cursor, Catalogue(EVENTS))
            part = ReplayedTables(cursor, positions(cursor), ELSEWHERE)
            said.send(_play(history, [part], lambda: said.send(history.events)))
    except (BrokenPipeError, KeyboardInterrupt):
        return
    except Exception as error:  # noqa: BLE001  told to whoever waits for the answer
        said.send(f"{type(error).__name__}: {error}")
