"""What an audit asks and what it finds: named checks, run one after another on one snapshot.

A check promises one thing and yields a finding for every row that breaks the promise. The report
keeps the first findings of each check and counts the rest, so that a ruined table cannot fill
the memory of whoever looks at it. A check that rests on one that failed is not asked: it would
only repeat the first culprit in other words.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import psycopg
from psycopg import sql

from eventstore.progress import Progress
from eventstore.recorder import translated

SHOWN = 20  # findings of a check that are named; of the others there is only the number
AUDITOR = "mywork_auditor"
# Much is sorted, hashed and kept aside at once. A client that was killed is noticed in a second.
_SETTINGS = """
SET temp_buffers = '128MB';
SET work_mem = '64MB';
SET client_connection_check_interval = '1s';
SET idle_in_transaction_session_timeout = 0;
"""

Cursor = psycopg.Cursor[Any]


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
    """`name` is for programs and never changes; `promise` is a sentence for people.

    `rests_on` names checks without which this one has no meaning; they come before it.
    """

    name: str
    promise: str
    look: Look
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: the first findings, and how many `more` there are.

    `waits_for` names the failed check that it rests on; then it was not asked, and did not pass.
    """

    name: str
    promise: str
    findings: tuple[Finding, ...] = ()
    more: int = 0
    waits_for: str = ""

    @property
    def passed(self) -> bool:
        return not self.findings and not self.waits_for

    @property
    def failed(self) -> bool:
        return bool(self.findings)


def by_query(name: str, promise: str, query: str, *, rests_on: tuple[str, ...] = ()) -> Check:
    """A check by SQL: every row (subject, detail) of `query` is a finding."""

    def look(cursor: Cursor) -> Iterator[tuple[str, str]]:
        yield from cursor.stream(query)

    return Check(name, promise, look, rests_on)


def examine(
    url: str, checks: Sequence[Check], *, progress: Progress | None = None
) -> list[Checked]:
    """Run checks on one snapshot of the database at `url`, as the role that may only read.

    Writers go on meanwhile. Raises EventStoreError when the database is down.
    """
    reports: list[Checked] = []
    with snapshot(url) as cursor:
        for check in checks:
            reports.append(_asked(cursor, check, reports))
            if progress is not None:
                progress(len(reports), len(checks))
    return reports


def _asked(cursor: Cursor, check: Check, earlier: Sequence[Checked]) -> Checked:
    for report in earlier:
        if report.name in check.rests_on and not report.passed:
            return Checked(check.name, check.promise, waits_for=report.waits_for or report.name)
    return examined(cursor, check)


def examined(cursor: Cursor, check: Check) -> Checked:
    """One check on the snapshot of a cursor."""
    found = iter(check.look(cursor))
    named = tuple(Finding(check.name, subject, detail) for subject, detail in islice(found, SHOWN))
    return Checked(check.name, check.promise, named, more=sum(1 for _ in found))


@contextmanager
def snapshot(url: str, same_as: str = "") -> Iterator[Cursor]:
    """A transaction that sees one state of everything and leaves nothing behind.

    Temporary tables are allowed in it, which PostgreSQL would forbid to READ ONLY; the auditor's
    role can write nothing else. `same_as` is a snapshot that another transaction has exported.
    """
    with translated(), psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_SETTINGS)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        if same_as:
            connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(same_as))
        connection.execute(f"SET LOCAL ROLE {AUDITOR}")
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            if not connection.closed:
                connection.execute("ROLLBACK")
