"""Replay drills, as they are kept: each is asked for, runs once, and ends with what it found."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from eventstore.progress import Progress
from mywork.documents.document import moment
from mywork.documents.drills import Drill, result_of
from mywork.ledger.differences import Replayed

Status = Literal["waiting", "running", "passed", "differs", "failed"]


@dataclass(frozen=True, slots=True)
class Verification:
    """`replayed` is there once it has passed or differs; a failed one has a `note` instead."""

    id: str
    asked_by: str
    asked_at: datetime
    status: Status = "waiting"
    started_at: datetime | None = None
    finished_at: datetime | None = None
    replayed: Replayed | None = None
    note: str = ""

    def document(self) -> Drill:
        """As it is answered, printed and published."""
        return Drill(
            id=self.id,
            status=self.status,
            asked_by=self.asked_by,
            asked_at=moment(self.asked_at),
            started_at=moment(self.started_at),
            finished_at=moment(self.finished_at),
            note=self.note or None,
            **result_of(self.replayed),
        )


class VerificationsTable(Protocol):
    def alone(self) -> AbstractContextManager[bool]:
        """Whether nobody else runs a drill; for as long as the context lasts, nobody else will."""

    def ask(self, drill: Verification, week: datetime | None = None) -> bool:
        """Keep a new drill; false where one waits or runs, or the week has had its own."""

    def open(self) -> Verification | None:
        """The one that waits or runs."""

    def save(self, drill: Verification) -> None:
        """What became of one that is not finished."""

    def find(self, drill_id: str) -> Verification | None: ...
    def latest(self, limit: int, *, before: str = "") -> Sequence[Verification]:
        """The newest first; `before` is the id of the last one that was seen."""

    def unpublished(self) -> Sequence[Verification]:
        """Those that passed or differ and lie in no object store yet, the oldest first."""

    def published(self, drill_id: str, at: datetime) -> None: ...


class Replay(Protocol):
    """Rebuilds ledger and read tables and compares them; see `mywork.assurance`."""

    def __call__(self, *, progress: Progress | None = None) -> Replayed: ...
