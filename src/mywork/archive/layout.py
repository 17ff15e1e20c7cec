"""How an archive lies: `day=2026-11-10/part-000001.parquet`, one row an event, by recording day.

Days are in UTC. A row has all that the event's leaf covers (`ledger/proof`), times in UTC with
microseconds, amounts as integers of minor units, and what was posted as a list; `postings` and the
columns about the entry are null for an event that posted nothing. Rows stand by position, and
positions ascend from part to part.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mywork.ledger.proof.records import EntryRecord, Record

MOMENT = pa.timestamp("us", tz="UTC")
POSTING = pa.struct(
    [
        pa.field("account", pa.string(), nullable=False),
        pa.field("currency", pa.string(), nullable=False),
        pa.field("amount_minor", pa.int64(), nullable=False),
        pa.field("object_id", pa.string(), nullable=False),
    ]
)
SCHEMA = pa.schema(
    [
        pa.field("position", pa.int64(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("stream", pa.string(), nullable=False),
        pa.field("version", pa.int64(), nullable=False),
        pa.field("recorded_at", MOMENT, nullable=False),
        pa.field("effective_at", MOMENT, nullable=False),
        pa.field("state", pa.string(), nullable=False),
        pa.field("entry_effective_at", MOMENT),
        pa.field("booked_at", MOMENT),
        pa.field("period", pa.string()),
        pa.field("postings", pa.list_(pa.field("element", POSTING, nullable=False))),
        pa.field("leaf", pa.binary(32), nullable=False),
    ]
)
# What repeats is written once and referred to; states and ids seldom repeat.
_CODES = [
    "name", "period", "postings.list.element.account", "postings.list.element.currency",
]  # fmt: skip
_TEXT = "%Y-%m-%dT%H:%M:%SZ"  # %S has the microseconds too
_TIMES = ("recorded_at", "effective_at", "entry_effective_at", "booked_at")


def key_of(day: str, number: int) -> str:
    return f"day={day}/part-{number:06d}.parquet"


def parts_in(folder: Path) -> list[str]:
    """The keys of every part that lies in a folder."""
    found = folder.glob("day=*/part-*.parquet")
    return sorted(path.relative_to(folder).as_posix() for path in found)


def write(table: pa.Table, file: Any) -> None:
    """The same rows give the same bytes."""
    pq.write_table(
        table,
        file,
        compression="zstd",
        use_dictionary=_CODES,
        write_page_checksum=True,
        row_group_size=20_000,
    )


def records(path: Path) -> Iterator[Record]:
    """A part's rows as the leaf is defined on them, a row group at a time.

    Raises OSError or pyarrow.ArrowException for a file that cannot be read.
    """
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for group in range(file.num_row_groups):
            yield from _records(file.read_row_group(group))


def _records(table: pa.Table) -> Iterator[Record]:
    for name in _TIMES:
        text = pc.strftime(table[name], format=_TEXT)
        table = table.set_column(table.schema.get_field_index(name), name, text)
    for row in table.to_pylist():
        entry: EntryRecord | None = None
        if row["postings"] is not None:
            entry = {
                "effective_at": row["entry_effective_at"],
                "booked_at": row["booked_at"],
                "period": row["period"],
                "postings": row["postings"],
            }
        yield {
            "position": row["position"],
            "name": row["name"],
            "stream": row["stream"],
            "version": row["version"],
            "recorded_at": row["recorded_at"],
            "effective_at": row["effective_at"],
            "state": row["state"],
            "entry": entry,
            "leaf": row["leaf"].hex(),
        }
