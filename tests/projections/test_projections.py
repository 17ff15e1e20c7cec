"""Read tables: folded in pages, rebuilt beside the live ones, seen only by those who may."""

import asyncio
import threading
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import orjson
import psycopg
import pytest
from marketplace import ADA, BO, Marketplace

from eventstore import EventStore, Follower, Runner, StoreUnavailable
from mywork import projections
from mywork.domain.errors import NotFound
from mywork.domain.identifiers import SellerId, UserId
from mywork.projections import queries
from mywork.projections.catalogue import PROJECTIONS, named
from mywork.projections.reading import PositionBeyondHead, Positions, Reader

GRACE = SellerId(UserId("user_grace"))


@pytest.fixture
def played(marketplace: Marketplace) -> Marketplace:
    """A history that touches every projection."""
    for seller in (ADA, GRACE):
        marketplace.onboarded_seller(seller)
        product_id = marketplace.published_product(seller)
        for _ in range(3):
            marketplace.pay(marketplace.placed_order(product_id))
        marketplace.placed_order(product_id)
        marketplace.placed_order(marketplace.published_product(seller, price_minor=0))
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    marketplace.settle()
    return marketplace


def rows(store: EventStore, name: str, schema: str = "read") -> list[Any]:
    with store.connection() as connection:
        return connection.execute(f"SELECT * FROM {schema}.{name} ORDER BY 1").fetchall()


def everything(store: EventStore) -> dict[str, list[Any]]:
    return {name: rows(store, name) for name in projections.NAMES}


# Folding ------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pages_of_any_size_fold_to_the_same_rows(played: Marketplace, size: int) -> None:
    store, before = played.core.store, everything(played.core.store)
    history = store.page(0, 100_000)
    with psycopg.connect(store.url) as connection, connection.cursor() as cursor:
        for projection in PROJECTIONS:
            cursor.execute(f"DELETE FROM read.{projection.name}")
            write = projection.writer("read")
            for start in range(0, len(history), size):
                write(cursor, history[start : start + size])
    assert everything(store) == before


def test_documents_tell_what_happened(played: Marketplace) -> None:
    store = played.core.store
    orders = [orjson.loads(row[-2]) for row in rows(store, "orders")]
    assert sorted({order["status"] for order in orders}) == ["completed", "expired"]
    paid = next(order for order in orders if order["payment_status"] == "succeeded")
    assert (paid["amount_minor"], paid["currency"]) == (29_900, "USD")
    sold = [orjson.loads(row[-2])["stats"]["sales"] for row in rows(store, "products")]
    assert sorted(sold) == [1, 1, 3, 3]
    (payout,) = [orjson.loads(row[-2]) for row in rows(store, "payouts")]
    assert (payout["status"], payout["amount_minor"]) == ("processing", 3 * 26_013)


def test_an_event_of_no_interest_still_advances(played: Marketplace) -> None:
    assert {status.lag for status in projections.status(played.core.store)} == {0}
    assert {status.state for status in projections.status(played.core.store)} == {"current"}


def test_a_broken_projection_does_not_stop_the_others(played: Marketplace) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    seen: list[int] = []
    good = Follower("good", lambda _, page: seen.extend(r.position for r in page))
    stop = threading.Event()
    runner = Runner(played.core.store, [Follower("bad", fail), good])
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    for _ in range(200):
        if len(seen) == played.core.store.head():
            break
        threading.Event().wait(0.02)
    stop.set()
    thread.join()
    assert seen == list(range(1, played.core.store.head() + 1))


# Rebuilding ---------------------------------------------------------------------------------


def test_a_rebuilt_table_equals_the_live_one(played: Marketplace) -> None:
    store, before = played.core.store, everything(played.core.store)
    told: list[tuple[int, int]] = []
    projections.rebuild(store, projections.NAMES, progress=lambda *done: told.append(done))
    assert everything(store) == before
    assert told[-1] == (store.head(), store.head())
    assert {status.lag for status in projections.status(store)} == {0}
    with psycopg.connect(store.url) as connection:
        connection.execute("SET LOCAL ROLE mywork_reader")
        assert connection.execute("SELECT * FROM read.orders").fetchall() == []


def test_a_rebuild_under_load_misses_nothing(played: Marketplace) -> None:
    stop, store = threading.Event(), played.core.store
    runner = Runner(store, projections.followers())
    running = threading.Thread(target=runner.run, args=(stop,))
    running.start()
    product_id = played.published_product()

    def buy() -> None:
        for _ in range(25):
            played.placed_order(product_id)

    buying = threading.Thread(target=buy)
    buying.start()
    for _ in range(3):
        projections.rebuild(store, ["orders", "sales"])
    buying.join()
    for _ in range(200):
        if all(status.lag == 0 for status in projections.status(store)):
            break
        threading.Event().wait(0.02)
    stop.set()
    running.join()
    live = rows(store, "orders")
    projections.rebuild(store, ["orders"])
    assert rows(store, "orders") == live


def test_a_rebuild_that_was_killed_leaves_the_old_table_and_can_be_repeated(
    played: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, before = played.core.store, everything(played.core.store)

    def die(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_module("mywork.projections.rebuild"), "_swap", die)
    with pytest.raises(KeyboardInterrupt):
        projections.rebuild(store, ["orders"])
    assert everything(store) == before
    monkeypatch.undo()
    projections.rebuild(store, ["orders"])
    assert everything(store) == before


def test_a_changed_definition_asks_for_a_rebuild(played: Marketplace) -> None:
    store = played.core.store
    with psycopg.connect(store.url) as connection:
        connection.execute("UPDATE read.definitions SET fingerprint = 'old' WHERE name = 'orders'")
    states = {status.name: status.state for status in projections.status(store)}
    assert "rebuild orders" in states["orders"]
    projections.rebuild(store, ["orders"])
    assert {status.state for status in projections.status(store)} == {"current"}


def test_an_unknown_projection_is_refused(played: Marketplace) -> None:
    with pytest.raises(NotFound, match="there are orders"):
        projections.rebuild(played.core.store, ["nonsense"])
    assert named("orders").name == "orders"


# Reading ------------------------------------------------------------------------------------


@dataclass
class Reading:
    url: str

    def run(self, work: Any) -> Any:
        async def main() -> Any:
            reader = Reader(self.url)
            await reader.open()
            try:
                return await work(reader)
            finally:
                await reader.close()

        return asyncio.run(main())


def test_row_level_security_holds_even_for_a_wrong_query(played: Marketplace) -> None:
    reading = Reading(played.core.store.url)

    def seen(table: str, user: str, role: Any = "mywork_reader") -> int:
        query = f"SELECT count(*) FROM {table}"
        found = reading.run(lambda reader: reader.rows(query, user_id=user, role=role))
        return int(found[0][0])

    assert seen("read.orders", BO) == 10
    assert seen("read.orders", "user_eve") == seen("read.orders", "") == 0
    assert seen("read.sales", ADA) == seen("read.sales", GRACE) == 5
    assert seen("read.payouts", GRACE) == 0
    assert seen("ledger.accounts", ADA) == 3
    assert seen("ledger.accounts", BO) == 0
    assert seen("read.orders", "", "mywork_auditor") == 10
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        seen("operations.people", ADA)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        seen("eventstore.events", ADA)


def test_a_reader_can_change_nothing(played: Marketplace) -> None:
    reading = Reading(played.core.store.url)
    statement = "UPDATE read.orders SET status = 'completed'"
    with pytest.raises(psycopg.Error):
        reading.run(lambda reader: reader.rows(statement, user_id=BO))


def test_a_role_does_not_leak_to_the_next_reader(played: Marketplace) -> None:
    async def work(reader: Reader) -> Any:
        await reader.rows("SELECT 1", user_id=BO, role="mywork_auditor")
        return await reader.rows(
            "SELECT current_user, current_setting('mywork.user_id', true)", user_id=ADA
        )

    assert Reading(played.core.store.url).run(work) == [("mywork_reader", ADA)]


def test_a_database_that_is_down_is_unavailable() -> None:
    async def main() -> None:
        reader = Reader("postgresql://nobody@127.0.0.1:1/none?connect_timeout=1")
        await reader.open()
        reader._pool.timeout = 0.2
        with pytest.raises(StoreUnavailable):
            await reader.rows("SELECT 1")
        await reader.close()

    asyncio.run(main())


def test_waiting_for_a_position(played: Marketplace) -> None:
    store = played.core.store

    async def main() -> None:
        positions = Positions(store.url)
        await positions.open()
        head = store.head()
        assert await positions.wait_for("orders", head)
        with pytest.raises(PositionBeyondHead):
            await positions.wait_for("orders", head + 1)
        played.published_product()
        assert not await positions.wait_for("orders", store.head(), timeout_seconds=0.05)
        waiting = asyncio.create_task(positions.wait_for("orders", store.head()))
        await asyncio.to_thread(played.runner.catch_up)
        assert await waiting
        await positions.close()

    asyncio.run(main())


def test_why_not_yet_names_every_held_order(marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    reading = Reading(marketplace.core.store.url)
    found = reading.run(lambda reader: queries.seller_balance(reader, ADA))
    accounts, held = found
    assert accounts == [("pending", "USD", 26_013)]
    sale = orjson.loads(held)
    assert (sale["seller_share_minor"], sale["release_at"]) == (26_013, "2026-11-17T12:00:00Z")
    assert sale["why_not_yet"]
