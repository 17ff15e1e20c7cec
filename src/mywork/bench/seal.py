"""`seal`: leaves of committed events computed, stored as tiles, and the tree above them.

The floor is one SHA-256 of each stored state, put into a table by tiles of 256: no other field, no
postings, no tree.
"""

import time

import psycopg

from eventstore.catalogue import Catalogue
from eventstore.store import EventStore
from mywork.bench.replay import BATCH, write_history
from mywork.bench.report import Result
from mywork.bench.scratch import scratch_database
from mywork.domain.catalogue import EVENTS
from mywork.ledger.proof.sealing import seal

_FLOOR = """
CREATE TABLE floor AS
SELECT (notification_id - 1) / 256 AS tile,
       string_agg(sha256(state), ''::bytea ORDER BY notification_id) AS hashes
  FROM eventstore.events GROUP BY 1
"""


def run(scale: float) -> Result:
    """Events a second; a sale is six events, three of which post eleven lines in all."""
    sales = max(BATCH, int(10_000 * scale))
    with scratch_database() as url:
        with EventStore(url, Catalogue(EVENTS)) as store:
            write_history(store, sales)
            started = time.perf_counter()
            events = seal(store)
            seconds = time.perf_counter() - started
        floor_seconds = _floor(url)
    details = {
        "events": events,
        "seconds": round(seconds, 2),
        "floor": "one SHA-256 of each stored state, by CREATE TABLE AS",
    }
    return Result("seal", int(events / seconds), "events/s", int(events / floor_seconds), details)


def _floor(url: str) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        started = time.perf_counter()
        connection.execute(_FLOOR)
        return time.perf_counter() - started
