"""`sales`: stored payment receipts drained to events, entries, postings and balances.

The floor is the same rows, ready made, written by plain INSERTs of the same batches in the same
PostgreSQL: no reading, no deciding, no encoding, no checks.
"""

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from typing import Any

import orjson
import psycopg

from eventstore.catalogue import Catalogue
from eventstore.store import EventStore
from mywork.adapters.clocks import SystemClock
from mywork.adapters.operations.inbox import Inbox
from mywork.adapters.stripe.receipts import StripeTranslator
from mywork.adapters.stripe.webhooks import PLATFORM, event_receipt
from mywork.application.commands import envelope
from mywork.application.handle import Handler
from mywork.application.inbox.refetch import Refetching
from mywork.application.inbox.worker import InboxWorker
from mywork.application.ports.tables import RawReceipt
from mywork.bench.report import Result
from mywork.bench.scratch import scratch_database
from mywork.domain.catalogue import EVENTS
from mywork.domain.fees import SCHEDULES
from mywork.domain.identifiers import OrderId, ProductId, SellerId, UserId
from mywork.domain.order.sale_messages import InitiatePayment, PlaceOrder
from mywork.ledger.book import Book
from mywork.ledger.trial_balance import trial_balance
from mywork.worker import spare_the_collector

BATCH = 200
SELLERS = 500
PRICE_MINOR = 29_900
PROCESSES = 3  # two workers' Python beside PostgreSQL, and one more to fill the waits


def run(scale: float, processes: int = PROCESSES) -> Result:
    """Sales a second over all worker processes, from a full inbox to an empty one."""
    sales = max(BATCH, int(40_000 * scale))
    with scratch_database() as url:
        with EventStore(url, Catalogue(EVENTS)) as store:
            _fill(store, sales)
        seconds = _drain(url, processes)
        with EventStore(url, Catalogue(EVENTS)) as store:
            balanced = trial_balance(store).balanced
        floor_seconds = _floor(url, sales)
    details = {
        "sales": sales,
        "processes": processes,
        "seconds": round(seconds, 2),
        "balanced": balanced,
        "floor": "the same rows by plain INSERT in batches of 200, one connection",
    }
    return Result("sales", int(sales / seconds), "sales/s", int(sales / floor_seconds), details)


# Preparing ----------------------------------------------------------------------------------


def _fill(store: EventStore, sales: int) -> None:
    """Orders placed with their intents made, and a receipt of each payment in the inbox."""
    handler = Handler(store, Book(store), SystemClock())
    inbox = Inbox(store)
    now = datetime.now(UTC)
    for start in range(0, sales, 1000):
        numbers = range(start, min(start + 1000, sales))
        placed = [envelope(place(number, now), actor="bench") for number in numbers]
        initiated = [
            envelope(InitiatePayment(order_id(number), f"pi_{number}", now), actor="bench")
            for number in numbers
        ]
        handler.handle_many(placed)
        handler.handle_many(initiated)
        inbox.store(_receipt(number) for number in numbers)
    with store.connection() as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def order_id(number: int) -> OrderId:
    return OrderId(f"0199aa00-0000-7000-8000-{number:012d}")


def place(number: int, now: datetime) -> PlaceOrder:
    return PlaceOrder(
        order_id=order_id(number),
        order_number=f"MW-2026-{number:05d}",
        buyer_id=UserId(f"user_buyer{number % 5000}"),
        seller_id=SellerId(UserId(f"user_seller{number % SELLERS}")),
        product_id=ProductId(f"product{number % 1000}"),
        product_title="A package that does one thing well",
        product_version=1,
        licence="standard",
        price_minor=PRICE_MINOR,
        schedule=SCHEDULES["USD"],
        at=now,
    )


def _receipt(number: int) -> RawReceipt:
    return event_receipt(PLATFORM, receipt_body(number))


def receipt_body(number: int) -> bytes:
    """A payment_intent.succeeded of a real one's size and shape."""
    created = int(time.time())
    intent = {
        "id": f"pi_{number}",
        "object": "payment_intent",
        "amount": PRICE_MINOR,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": PRICE_MINOR,
        "automatic_payment_methods": {"allow_redirects": "never", "enabled": True},
        "capture_method": "automatic_async",
        "client_secret": f"pi_{number}_secret_{'x' * 25}",
        "confirmation_method": "automatic",
        "created": created,
        "currency": "usd",
        "description": None,
        "last_payment_error": None,
        "latest_charge": f"ch_{number}",
        "livemode": False,
        "metadata": {"order_id": order_id(number)},
        "next_action": None,
        "payment_method": f"pm_{number}",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card", "link"],
        "processing": None,
        "receipt_email": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "status": "succeeded",
        "transfer_group": order_id(number),
    }
    event = {
        "id": f"evt_{number}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": created,
        "data": {"object": intent},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": f"req_{number}", "idempotency_key": f"order-{number}"},
        "type": "payment_intent.succeeded",
    }
    return orjson.dumps(event, option=orjson.OPT_INDENT_2)


# Measuring ----------------------------------------------------------------------------------


def _drain(url: str, processes: int) -> float:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes + 1)
    workers = [context.Process(target=_work, args=(url, barrier)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    barrier.wait()
    started = time.perf_counter()
    for worker in workers:
        worker.join()
    return time.perf_counter() - started


def _work(url: str, barrier: Barrier) -> None:
    with EventStore(url, Catalogue(EVENTS), pool_size=4) as store:
        worker = inbox_worker(store)
        spare_the_collector()
        store.head()
        barrier.wait()
        worker.drain()


def inbox_worker(store: EventStore) -> InboxWorker:
    """The production worker; payments never calls out, so it needs no vendor."""
    book, clock = Book(store), SystemClock()
    absent: Any = None
    return InboxWorker(
        Inbox(store),
        Handler(store, book, clock),
        book,
        translate=StripeTranslator(live=False),
        fetch=Refetching(absent, absent),
        clock=clock,
    )


# The floor ----------------------------------------------------------------------------------

_FLOOR_TABLES = """
CREATE TABLE floor_events (LIKE eventstore.events INCLUDING DEFAULTS INCLUDING INDEXES);
CREATE TABLE floor_entries (LIKE ledger.entries INCLUDING DEFAULTS INCLUDING INDEXES);
CREATE TABLE floor_postings (LIKE ledger.postings INCLUDING DEFAULTS INCLUDING INDEXES);
CREATE TABLE floor_events_source AS SELECT * FROM eventstore.events WHERE topic = 'order.paid.v1';
CREATE TABLE floor_entries_source AS SELECT * FROM ledger.entries;
CREATE TABLE floor_postings_source AS SELECT * FROM ledger.postings;
CREATE INDEX ON floor_events_source (notification_id);
CREATE INDEX ON floor_entries_source (position);
CREATE INDEX ON floor_postings_source (position);
ANALYZE;
CHECKPOINT;
"""
_FLOOR_BATCH = [
    "INSERT INTO floor_events SELECT * FROM unnest(%s::floor_events[])",
    "INSERT INTO floor_entries SELECT * FROM unnest(%s::floor_entries[])",
    "INSERT INTO floor_postings SELECT * FROM unnest(%s::floor_postings[])",
]


def _floor(url: str, sales: int) -> float:
    """Seconds to insert the rows that the drain produced, as text arrays in equal batches."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_FLOOR_TABLES)
        batches = list(_floor_batches(connection, sales))
        started = time.perf_counter()
        for batch in batches:
            with connection.pipeline(), connection.transaction():
                for statement, rows in zip(_FLOOR_BATCH, batch, strict=True):
                    connection.execute(statement, (rows,))
        return time.perf_counter() - started


def _floor_batches(
    connection: psycopg.Connection[Any], sales: int
) -> Iterator[Sequence[Sequence[str]]]:
    tables = [("floor_events", "notification_id"), ("floor_entries", "position"),
              ("floor_postings", "position")]  # fmt: skip
    (first,) = connection.execute("SELECT min(notification_id) FROM floor_events_source").fetchall()
    for start in range(first[0], first[0] + sales, BATCH):
        yield [
            [
                row[0]
                for row in connection.execute(
                    f"SELECT t::text FROM {table}_source t WHERE {key} >= %s AND {key} < %s",
                    (start, start + BATCH),
                )
            ]
            for table, key in tables
        ]
