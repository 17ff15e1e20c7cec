"""The engine `python`: one part after another, with nothing but Arrow."""

from pathlib import Path

import pyarrow as pa

from mywork.archive import layout
from mywork.archive.summary import Summary, merged, summarise
from mywork.archive.verdict import PARTS
from mywork.ledger.findings import Finding


def summary_of(folder: Path, keys: list[str]) -> Summary:
    return merged(summary_of_part(folder, key) for key in keys)


def summary_of_part(folder: Path, key: str) -> Summary:
    """A part that cannot be read has one finding, and nothing else."""
    try:
        return summarise(layout.records(folder / key))
    except (OSError, ValueError, pa.ArrowException):
        return Summary(findings=(unreadable(key),))


def unreadable(key: str) -> Finding:
    return Finding(PARTS, f"part {key}", "it cannot be read as a part of the archive")
