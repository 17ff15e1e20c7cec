"""What `mywork audit verify` asks, in order. What rests on a broken promise is not asked, so an
error is named once, by the check that lies next to it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import repeat

from eventstore.progress import Progress
from mywork.assurance import book, history
from mywork.assurance.book_checks import ACCOUNTS, BALANCED, BALANCES, BOUNDS
from mywork.assurance.history_checks import HISTORY
from mywork.assurance.protection import PROTECTION
from mywork.assurance.replay import replay_on
from mywork.ledger import totals
from mywork.ledger.differences import Difference, Replayed
from mywork.ledger.findings import Check, Cursor, Look
from mywork.projections.projection import LIVE

Words = Callable[[Difference], tuple[str, str]]
_COVERED = ("events", "closings", "postings")  # by a leaf


def integrity_checks(
    url: str, *, seals: Sequence[Check] = (), progress: Progress | None = None
) -> tuple[Check, ...]:
    """Everything that is asked of history, ledger and read tables, for one run of `examine`.

    `seals` are asked once everything is in order that a leaf covers, and before the read tables,
    which only repeat what the events say.
    """
    sealed = tuple(replace(check, rests_on=(*_COVERED, *check.rests_on)) for check in seals)
    replayed = _Replay(url, progress)
    return (
        PROTECTION,
        *HISTORY,
        Check(
            "events",
            "Every event decodes as its name promises.",
            replayed.looks(_event, history.EVENTS),
            tuple(check.name for check in HISTORY),
        ),
        Check(
            "entries",
            "Every event that moves money has its entry, with its times and period, and no other.",
            replayed.looks(_entry, book.ENTRIES),
            ("events",),
        ),
        Check(
            "closings",
            "Accounting periods were closed and reopened as the events say.",
            replayed.looks(_closing, book.CLOSINGS),
            ("events",),
        ),
        Check(
            "postings",
            "Every entry has exactly the postings that today's rules give from its event.",
            replayed.looks(_posting, book.POSTINGS),
            ("entries",),
        ),
        BALANCED,
        ACCOUNTS,
        BALANCES,
        BOUNDS,
        *totals.checks(),
        *sealed,
        Check(
            "projections",
            "Every read table is what a replay makes of the events.",
            replayed.looks(_row),
            ("postings", *(check.name for check in sealed)),
        ),
    )


class _Replay:
    """One replay for all checks of a run, made when the first of them asks."""

    def __init__(self, url: str, progress: Progress | None) -> None:
        self._url = url
        self._progress = progress
        self._found: Replayed | None = None

    def looks(self, words: Words, table: str = "") -> Look:
        """The differences of a table, or of all read tables, as subjects and details."""

        def look(cursor: Cursor) -> Iterator[tuple[str, str]]:
            if self._found is None:
                self._found = replay_on(cursor, self._url, progress=self._progress)
            for found in self._found.tables:
                if found.table == table or (not table and found.table.startswith(f"{LIVE}.")):
                    yield from map(words, found.differences)
                    yield from repeat(("", ""), found.more)  # no more than counted

        return look


def _event(found: Difference) -> tuple[str, str]:
    return f"event {found.key}", found.words()


def _entry(found: Difference) -> tuple[str, str]:
    return f"entry {found.key}", found.words()


def _closing(found: Difference) -> tuple[str, str]:
    return f"closing {found.key}", found.words()


def _posting(found: Difference) -> tuple[str, str]:
    position, _, line = found.key.partition(" ")
    return f"entry {position} line {line}", found.words()


def _row(found: Difference) -> tuple[str, str]:
    return f"{found.table} {found.key}", found.words()
