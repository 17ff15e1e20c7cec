"""`export`: the books written to files, in every format.

The floor is COPY TO of the same postings with their entries, accounts and events, as PostgreSQL
writes them, thrown away as they come.
"""

import tempfile
import time
from pathlib import Path

import psycopg

from eventstore.catalogue import Catalogue
from eventstore.store import EventStore
from mywork.adapters.folder import FolderObjects
from mywork.bench.replay import BATCH, write_history
from mywork.bench.report import Result
from mywork.bench.scratch import scratch_database
from mywork.domain.catalogue import EVENTS
from mywork.exports.exporting import export
from mywork.exports.scope import FORMATS, scope_of
from mywork.ledger.proof.sealing import seal

_FLOOR = """
COPY (SELECT p.*, a.code, n.*, e.topic, e.originator_id, e.originator_version
        FROM ledger.postings p JOIN ledger.accounts a ON a.id = p.account_id
        JOIN ledger.entries n ON n.position = p.position
        JOIN eventstore.events e ON e.notification_id = p.position
       ORDER BY p.position, p.line) TO STDOUT
"""


def run(scale: float) -> Result:
    """Postings a second of the CSV; the other formats beside it, Parquet in events a second."""
    sales = max(BATCH, int(10_000 * scale))
    with scratch_database() as url, EventStore(url, Catalogue(EVENTS)) as store:
        write_history(store, sales)
        seal(store)  # as the worker does, minute by minute
        floor_rows, floor_seconds = _floor(url)
        rates = {form: _rate(store, form) for form in FORMATS}
    floor = int(floor_rows / floor_seconds)
    details = {
        "postings": floor_rows,
        "rates": rates,
        "ratios": {form: round(rate / floor, 3) for form, rate in rates.items()},
        "floor": "COPY TO of the same rows, thrown away",
    }
    return Result("export", rates["csv"], "postings/s", floor, details)


def _rate(store: EventStore, form: str) -> int:
    scope = scope_of(form, head=store.head())
    with tempfile.TemporaryDirectory(prefix="mywork-bench-") as folder:
        objects = FolderObjects(Path(folder))
        started = time.perf_counter()
        found = export(store, objects, scope, resume=False, report=lambda *_: None)
        return int(found.rows / (time.perf_counter() - started))


def _floor(url: str) -> tuple[int, float]:
    rows, started = 0, time.perf_counter()
    with (
        psycopg.connect(url) as connection,
        connection.cursor() as cursor,
        cursor.copy(_FLOOR) as copied,
    ):
        for _ in copied:
            rows += 1
    return rows, time.perf_counter() - started
