"""Exports that were asked for, and how far they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from mywork.documents.exports import Format


@dataclass(frozen=True, slots=True)
class ExportJob:
    """`reached` and `head` are positions. `claims` counts the workers that took it: the last one
    holds it. `number` sorts by when it was asked."""

    id: str
    number: int
    format: Format
    head: int
    since: datetime | None
    until: datetime | None
    requested_by: str
    requested_at: datetime
    status: Literal["waiting", "completed", "failed"]
    claims: int
    failures: int
    reached: int
    rows: int
    parts: int
    sha256: str
    note: str
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What is asked for; `id` names it, so asking again is asking once."""

    id: str
    format: Format
    head: int
    since: datetime | None
    until: datetime | None
    requested_by: str


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """What the manifest says."""

    reached: int
    rows: int
    parts: int


class ExportsTable(Protocol):
    """A change by a worker whose lease was taken over changes nothing and says False."""

    def add(self, wish: ExportWish) -> None: ...
    def find(self, job_id: str) -> ExportJob | None: ...
    def page(self, *, before: int | None, limit: int) -> Sequence[ExportJob]:
        """The newest first, those asked for before a number."""

    def claim(self, lease: timedelta) -> ExportJob | None:
        """The one that has waited longest, leased; None when nothing is due."""

    def advance(self, job: ExportJob, progress: ExportProgress, lease: timedelta) -> bool:
        """Note the progress; the lease begins anew, and a lease of nothing lets the job go."""

    def complete(self, job: ExportJob, progress: ExportProgress, sha256: str) -> bool: ...
    def postpone(self, job: ExportJob, delay: timedelta, note: str) -> bool: ...
    def fail(self, job: ExportJob, note: str) -> bool: ...
