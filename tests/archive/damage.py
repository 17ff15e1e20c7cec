"""Ways to damage an archive, and to read what it says of itself."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mywork.adapters.folder import FolderObjects
from mywork.archive import layout
from mywork.archive.verdict import Verdict
from mywork.archive.verify import Engine, verify
from mywork.exports import manifest
from mywork.exports.manifest import Manifest

Change = Callable[[list[dict[str, Any]]], object]


def manifest_of(folder: Path) -> Manifest:
    found = manifest.load(FolderObjects(folder))
    assert found is not None
    return found


def verified(folder: Path, engine: Engine, known_root: str = "") -> Verdict:
    found = manifest_of(folder)
    return verify(folder, found.parts, head=found.head, engine=engine, known_root=known_root)


def rewrite(folder: Path, key: str, change: Change) -> None:
    """Change a part's rows, and its checksum in the manifest too, as a forger would."""
    path = folder / key
    rows = pq.read_table(path, schema=layout.SCHEMA, partitioning=None).to_pylist()
    change(rows)
    with path.open("wb") as file:
        layout.write(pa.Table.from_pylist(rows, schema=layout.SCHEMA), file)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    found = manifest_of(folder)
    parts = tuple(replace(part, sha256=digest) if part.key == key else part for part in found.parts)
    manifest.save(FolderObjects(folder), replace(found, parts=parts))


def flip(path: Path, bit: int) -> None:
    body = bytearray(path.read_bytes())
    body[bit // 8] ^= 1 << bit % 8
    path.write_bytes(body)
