"""`drill`: ledger and read tables rebuilt from the events of a snapshot and compared row by row.

The floor is the same rows, ready made, copied by plain CREATE TABLE AS into temporary tables: no
reading of history, no decoding, no posting, no folding, no comparing.
"""

import time

import psycopg

from eventstore import Catalogue, EventStore, Runner
from mywork import audit
from mywork.bench.replay import BATCH, write_history
from mywork.bench.report import Result
from mywork.bench.scratch import scratch_database
from mywork.domain.catalogue import EVENTS
from mywork.ledger import totals
from mywork.projections import catalogue

_LEDGER = ("accounts", "entries", "postings")


def run(scale: float) -> Result:
    """Events a second, book and read tables together; a sale is six events."""
    sales = max(BATCH, int(20_000 * scale))
    with scratch_database() as url:
        with EventStore(url, Catalogue(EVENTS)) as store:
            write_history(store, sales)
            Runner(store, [*catalogue.followers(), totals.follower()]).catch_up()
        found = audit.replay(url)
        floor_seconds = _floor(url)
    details = {
        "events": found.events,
        "rows": found.rows,
        "differences": found.differing,
        "seconds": round(found.seconds, 2),
        "floor": "the finished rows copied by CREATE TABLE AS into temporary tables",
    }
    floor = int(found.events / floor_seconds)
    return Result("drill", found.events_per_second, "events/s", floor, details)


def _floor(url: str) -> float:
    tables = [f"ledger.{name}" for name in _LEDGER]
    tables += [f"read.{name}" for name in catalogue.NAMES]
    with psycopg.connect(url, autocommit=True) as connection:
        started = time.perf_counter()
        for number, name in enumerate(tables):
            connection.execute(f"CREATE TEMP TABLE floor_{number} AS TABLE {name}")
        return time.perf_counter() - started
