"""`archive`: a Parquet archive verified: every leaf, the tree, every entry, every stream.

The floor is Arrow reading every column of the same parts into memory.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from eventstore.catalogue import Catalogue
from eventstore.store import EventStore
from mywork.adapters.folder import FolderObjects
from mywork.archive.verify import Engine, verify
from mywork.bench.replay import BATCH, write_history
from mywork.bench.report import Result
from mywork.bench.scratch import scratch_database
from mywork.domain.catalogue import EVENTS
from mywork.exports.exporting import export
from mywork.exports.manifest import Manifest
from mywork.exports.scope import scope_of


def run(scale: float) -> Result:
    """Events a second by DuckDB on all cores; by Python on one in the details."""
    sales = max(BATCH, int(10_000 * scale))
    with tempfile.TemporaryDirectory(prefix="mywork-bench-") as name:
        folder = Path(name)
        with scratch_database() as url, EventStore(url, Catalogue(EVENTS)) as store:
            write_history(store, sales)
            scope = scope_of("parquet", head=store.head())
            objects = FolderObjects(folder)
            found = export(store, objects, scope, resume=False, report=lambda *_: None)
        floor = _rate(found, lambda: [pq.read_table(folder / part.key) for part in found.parts])
        rates = {engine: _verified(folder, found, engine) for engine in _ENGINES}
    details = {
        "events": found.head,
        "bytes_an_event": sum(part.size_bytes for part in found.parts) // found.head,
        "python": rates["python"],
        "floor": "Arrow reading every column of the same parts",
    }
    return Result("archive", rates["duckdb"], "events/s", floor, details)


_ENGINES: tuple[Engine, ...] = ("duckdb", "python")


def _verified(folder: Path, found: Manifest, engine: Engine) -> int:
    return _rate(found, lambda: verify(folder, found.parts, head=found.head, engine=engine))


def _rate(found: Manifest, work: Callable[[], object]) -> int:
    started = time.perf_counter()
    work()
    return int(found.head / (time.perf_counter() - started))
