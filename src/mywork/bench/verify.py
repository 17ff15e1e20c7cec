"""`verify`: an exported history verified offline, in one Python process.

The floor is the same lines read and parsed as JSON, and nothing asked of them.
"""

import json
import tempfile
import time
from pathlib import Path

from eventstore.catalogue import Catalogue
from eventstore.store import EventStore
from mywork.adapters.folder import FolderObjects
from mywork.adapters.signing import FileSigner
from mywork.application.scheduled.sealing import Sealing
from mywork.bench.replay import BATCH, write_history
from mywork.bench.report import Result
from mywork.bench.scratch import scratch_database
from mywork.domain.catalogue import EVENTS
from mywork.ledger.proof.export import export_history
from mywork.ledger.proof.verify_history import verify


def run(scale: float) -> Result:
    """Events a second: canonical form, leaf, tree, signatures, entries, streams, times."""
    sales = max(BATCH, int(10_000 * scale))
    with tempfile.TemporaryDirectory(prefix="mywork-bench-") as name:
        folder = Path(name)
        events, export_seconds = _export(folder, sales)
        started = time.perf_counter()
        findings = list(verify([folder / "export"]))
        seconds = time.perf_counter() - started
        floor_seconds = _floor(folder / "export")
    details = {
        "events": events,
        "findings": len(findings),
        "seconds": round(seconds, 2),
        "exported_per_second": int(events / export_seconds),
        "floor": "the lines read and parsed as JSON",
    }
    return Result("verify", int(events / seconds), "events/s", int(events / floor_seconds), details)


def _export(folder: Path, sales: int) -> tuple[int, float]:
    with scratch_database() as url, EventStore(url, Catalogue(EVENTS)) as store:
        write_history(store, sales)
        objects, signer = FolderObjects(folder / "objects"), FileSigner(folder / "audit.key")
        Sealing(store, signer, objects).sign()
        started = time.perf_counter()
        found = export_history(store, folder / "export")
        return found.written, time.perf_counter() - started


def _floor(export: Path) -> float:
    started = time.perf_counter()
    for file in sorted(export.glob("events/*.jsonl")):
        with file.open("rb") as lines:
            for line in lines:
                json.loads(line)
    return time.perf_counter() - started
