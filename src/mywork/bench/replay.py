"""`replay`: every projection rebuilt from the first event, beside the live tables, then swapped.

The floor is the same read-table rows, ready made, copied by plain INSERT ... SELECT into tables
with the same indexes: no reading of history, no decoding, no folding.
"""

import time
from datetime import UTC, datetime, timedelta

import psycopg

from eventstore import Catalogue, EventStore
from mywork.adapters.clocks import SystemClock
from mywork.application.commands import Command, envelope
from mywork.application.handle import Handler
from mywork.bench.report import Result
from mywork.bench.sales import PRICE_MINOR, order_id, place
from mywork.bench.scratch import scratch_database
from mywork.domain import order
from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.catalogue import EVENTS
from mywork.ledger.book import Book
from mywork.projections import catalogue, rebuild

BATCH = 500


def run(scale: float) -> Result:
    """Events a second, all projections together; a sale is six events."""
    sales = max(BATCH, int(10_000 * scale))
    with scratch_database() as url:
        with EventStore(url, Catalogue(EVENTS)) as store:
            write_history(store, sales)
            head = store.head()
            started = time.perf_counter()
            rebuild.rebuild(store, catalogue.NAMES)
            seconds = time.perf_counter() - started
        floor_seconds = _floor(url)
    details = {
        "events": head,
        "projections": len(catalogue.NAMES),
        "seconds": round(seconds, 2),
        "floor": "the finished rows copied by INSERT ... SELECT into tables with the same indexes",
    }
    return Result("replay", int(head / seconds), "events/s", int(head / floor_seconds), details)


def write_history(store: EventStore, sales: int) -> None:
    """Whole lives of orders: placed, initiated, paid, settled, available, released."""
    handler, now = Handler(store, Book(store), SystemClock()), datetime.now(UTC)
    for start in range(0, sales, BATCH):
        numbers = range(start, min(start + BATCH, sales))
        for life_stage in range(6):
            commands = [_command(life_stage, number, now) for number in numbers]
            handler.handle_many([envelope(command, actor="bench") for command in commands])
    with store.connection() as connection:
        connection.execute("VACUUM ANALYZE")


def _command(life_stage: int, number: int, now: datetime) -> Command:
    identifier, charge = order_id(number), f"ch_{number}"
    later = now + timedelta(days=7)
    match life_stage:
        case 0:
            return place(number, now)
        case 1:
            return order.InitiatePayment(identifier, f"pi_{number}", now)
        case 2:
            return order.PayOrder(
                identifier, f"pi_{number}", charge, "USD", PRICE_MINOR, False, False, now
            )  # fmt: skip
        case 3:
            moved = f"txn_{number}", "charge", charge, "USD", PRICE_MINOR, 897, later, "", now
            return order.SettleOrder(identifier, BalanceTransaction(*moved))
        case 4:
            return order.MakeFundsAvailable(identifier, later)
        case _:
            return order.ReleaseFunds(identifier, later)


def _floor(url: str) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        for name in catalogue.NAMES:
            connection.execute(f"CREATE TABLE floor_{name} (LIKE read.{name} INCLUDING ALL)")
        started = time.perf_counter()
        for name in catalogue.NAMES:
            connection.execute(f"INSERT INTO floor_{name} SELECT * FROM read.{name}")
        return time.perf_counter() - started
