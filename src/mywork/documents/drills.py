"""Replay drills: is everything what the history says?"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from mywork.documents.document import Document, Id, Moment
from mywork.documents.history import Digest
from mywork.ledger.differences import Compared, Difference, Replayed

DrillStatus = Annotated[
    Literal["waiting", "running", "passed", "differs", "failed"],
    Meta(title="DrillStatus", description="The last three have ended."),
]
Columns = Annotated[
    Mapping[str, Any],
    Meta(title="Columns", description="Columns of a row and their values, whatever those are."),
]


class DifferingRow(Document):
    """A row that is not what the history says: the columns that differ, on either side.

    `live` is null where the row is missing, `replayed` where no event made it.
    """

    key: str
    live: Columns | None
    replayed: Columns | None
    detail: str


DIFFERING_ROW = DifferingRow(
    key="revenue:commission USD",
    live={"balance_minor": -2_989},
    replayed={"balance_minor": -2_990},
    detail="balance_minor is -2989, replayed -2990",
)


class ComparedTable(Document):
    """A table, replayed up to `position`; of the rows that differ, the first ones are shown."""

    table: str
    position: int
    rows: int
    differing: int
    differences: tuple[DifferingRow, ...]


COMPARED_TABLE = ComparedTable(
    table="ledger.accounts",
    position=1_200_000,
    rows=4_300,
    differing=1,
    differences=(DIFFERING_ROW,),
)


class SealedHead(Document):
    """The largest signed head of what was replayed."""

    size: int
    root: Digest


SEALED_HEAD = SealedHead(
    size=1_199_872, root="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)


class Drill(Document):
    """A replay drill. What it found is null until it has passed or differs; a failed one has a
    `note` instead."""

    id: Id
    status: DrillStatus
    asked_by: Id
    asked_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    note: str | None
    position: int | None
    events: int | None
    rows: int | None
    differing: int | None
    seconds: float | None
    events_per_second: int | None
    head: SealedHead | None
    tables: tuple[ComparedTable, ...]


DRILL = Drill(
    id="0199aa00-0000-7000-8000-00000000000d",
    status="differs",
    asked_by="user_auditor",
    asked_at=datetime(2026, 11, 22, 3, tzinfo=UTC),
    started_at=datetime(2026, 11, 22, 3, 0, 1, tzinfo=UTC),
    finished_at=datetime(2026, 11, 22, 3, 1, 2, tzinfo=UTC),
    note=None,
    position=1_200_000,
    events=1_200_000,
    rows=4_600_000,
    differing=1,
    seconds=60.5,
    events_per_second=19_834,
    head=SEALED_HEAD,
    tables=(COMPARED_TABLE,),
)


class Drills(Document):
    """The newest first. The next ones are before `next_before`, null at the end."""

    data: tuple[Drill, ...]
    next_before: Id | None


DRILLS = Drills(data=(DRILL,), next_before=DRILL.id)


_NOTHING_YET = {
    "position": None,
    "events": None,
    "rows": None,
    "differing": None,
    "seconds": None,
    "events_per_second": None,
    "head": None,
    "tables": (),
}


def result_of(found: Replayed | None) -> dict[str, Any]:
    """The fields that say what a drill found: null until there is anything."""
    if found is None:
        return _NOTHING_YET
    return {
        "position": found.position,
        "events": found.events,
        "rows": found.rows,
        "differing": found.differing,
        "seconds": round(found.seconds, 3),
        "events_per_second": found.events_per_second,
        "head": SealedHead(size=found.sealed, root=found.root) if found.root else None,
        "tables": tuple(_table(compared) for compared in found.tables),
    }


def _table(found: Compared) -> ComparedTable:
    return ComparedTable(
        table=found.table,
        position=found.position,
        rows=found.rows,
        differing=found.differing,
        differences=tuple(_row(difference) for difference in found.differences),
    )


def _row(found: Difference) -> DifferingRow:
    return DifferingRow(
        key=found.key, live=found.live, replayed=found.replayed, detail=found.words()
    )
