"""What an audit asks and what it finds: named checks, run one after another on one snapshot.

A check promises one thing and yields a finding for every row that breaks the promise. The report
keeps the first findings of each check and counts the rest, so that a ruined table cannot fill
the memory of whoever looks at it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import psycopg

from eventstore.recorder import translated

SHOWN = 20  # findings of a check that are named; of the others there is only the number
AUDITOR = "mywork_auditor"

Cursor = psycopg.Cursor[Any]
Progress = Callable[[int, int], None]  # checks done, checks in all


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken promise: `subject` names the culprit (`event 42`, `account bank USD`), `detail`
    says in words what is there and what should be."""

    check: str
    subject: str
    detail: str


# Yields (subject, detail) of everything that is wrong, in a lasting order; reads, and only reads.
Look = Callable[[Cursor], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Check:
    """`name` is for programs and never changes; `promise` is a sentence for people."""

    name: str
    promise: str
    look: Look


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: the first findings, and how many `more` there are."""

    name: str
    promise: str
    findings: tuple[Finding, ...]
    more: int = 0

    @property
    def passed(self) -> bool:
        return not self.findings


def by_query(name: str, promise: str, query: str) -> Check:
    """A check by SQL: every row (subject, detail) of `query` is a finding."""

    def look(cursor: Cursor) -> Iterator[tuple[str, str]]:
        yield from cursor.stream(query)

    return Check(name, promise, look)


def examine(
    url: str, checks: Sequence[Check], *, progress: Progress | None = None
) -> list[Checked]:
    """Run checks on one snapshot of the database at `url`, as the role that may only read.

    Writers go on meanwhile. Raises EventStoreError when the database is down.
    """
    reports: list[Checked] = []
    with snapshot(url) as cursor:
        for check in checks:
            reports.append(examined(cursor, check))
            if progress is not None:
                progress(len(reports), len(checks))
    return reports


def examined(cursor: Cursor, check: Check) -> Checked:
    """One check on the snapshot of a cursor."""
    found = iter(check.look(cursor))
    named = tuple(Finding(check.name, subject, detail) for subject, detail in islice(found, SHOWN))
    return Checked(check.name, check.promise, named, more=sum(1 for _ in found))


@contextmanager
def snapshot(url: str) -> Iterator[Cursor]:
    """A transaction that sees one state of everything and leaves nothing behind.

    Temporary tables are allowed in it, which PostgreSQL would forbid to READ ONLY; the auditor's
    role can write nothing else.
    """
    with translated(), psycopg.connect(url, autocommit=True) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        connection.execute(f"SET LOCAL ROLE {AUDITOR}")
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            if not connection.closed:
                connection.execute("ROLLBACK")
