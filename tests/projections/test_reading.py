"""Reads see what their role and user may see; waiting for a position is cheap and survives."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import psycopg
import pytest
from marketplace import ADA, BO, Marketplace
from tables import GRACE
from waiting import GUARD_SECONDS

from eventstore.errors import StoreUnavailable
from eventstore.store import EventStore
from mywork.documents.document import encode
from mywork.domain.errors import InvalidInput
from mywork.projections import queries, reading
from mywork.projections.queries import Asked, CursorInvalid
from mywork.projections.reading import PositionBeyondHead, Positions, Reader


def read(
    store: EventStore, work: Callable[[Reader], Awaitable[Any]], *, pooled: bool = False
) -> Any:
    async def main() -> Any:
        reader = Reader(store.url, size=1, pooled=pooled)
        await reader.open()
        try:
            return await work(reader)
        finally:
            await reader.close()

    return asyncio.run(main())


# Row-level security -------------------------------------------------------------------------


def test_row_level_security_holds_even_for_a_wrong_query(played: Marketplace) -> None:
    store = played.core.store

    def seen(table: str, user: str, role: Any = "mywork_reader") -> int:
        query = f"SELECT count(*) FROM {table}"
        found = read(store, lambda reader: reader.rows(query, user_id=user, role=role))
        return int(found[0][0])

    assert seen("read.orders", BO) == 10
    assert seen("read.orders", "user_eve") == seen("read.orders", "") == 0
    assert seen("read.sales", ADA) == seen("read.sales", GRACE) == 5
    assert seen("read.payouts", GRACE) == 0
    assert seen("read.disputes", GRACE) == seen("read.disputes", "", "mywork_auditor") == 1
    assert seen("read.disputes", ADA) == seen("read.disputes", BO) == 0
    assert seen("read.roles", GRACE) == 1
    assert seen("read.roles", ADA) == seen("read.roles", "") == 0
    assert seen("ledger.accounts", ADA) == 3
    assert seen("ledger.accounts", BO) == 0
    assert seen("read.orders", "", "mywork_auditor") == 10
    for table in ("operations.people", "eventstore.events", "read.breaks", "read.definitions"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            seen(table, ADA)


def test_a_draft_is_seen_by_its_seller_only(played: Marketplace) -> None:
    store = played.core.store
    with psycopg.connect(store.url) as connection:
        connection.execute("UPDATE read.products SET status = 'draft'")
    query = "SELECT count(*) FROM read.products"
    for user, count in ((ADA, 2), (BO, 0), ("", 0)):
        assert read(store, lambda reader, u=user: reader.rows(query, user_id=u)) == [(count,)]


def test_a_reader_can_change_nothing(played: Marketplace) -> None:
    shown = read(played.core.store, lambda reader: reader.rows("SHOW transaction_read_only"))
    assert shown == [("on",)]
    for statement in ("UPDATE read.orders SET status = 'completed'", "DELETE FROM read.orders"):
        with pytest.raises(psycopg.Error):
            read(played.core.store, lambda reader, s=statement: reader.rows(s, user_id=BO))


@pytest.mark.parametrize("pooled", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_a_role_does_not_leak_to_the_next_reader(
    played: Marketplace, *, pooled: bool, fails: bool
) -> None:
    async def work(reader: Reader) -> Any:
        try:
            query = "SELECT 1 / 0" if fails else "SELECT 1"
            await reader.rows(query, user_id=BO, role="mywork_auditor")
        except InvalidInput:
            assert fails
        async with reader._pool.connection() as connection:
            # Should anything ever split a pipeline, the query meets the least role.
            who = "SELECT current_user = 'mywork_reader', current_setting('mywork.user_id', true)"
            between = await (await connection.execute(who)).fetchone()
        who = "SELECT current_user, current_setting('mywork.user_id', true)"
        return between, await reader.rows(who, user_id=ADA)

    between, then = read(played.core.store, work, pooled=pooled)
    assert between == (not pooled, "")
    assert then == [("mywork_reader", ADA)]


def test_nothing_is_read_without_its_role(played: Marketplace) -> None:
    """The login owns the tables, so a query outside the role's transaction would see all."""
    role: Any = "nobody"
    with pytest.raises(InvalidInput):
        read(played.core.store, lambda reader: reader.rows("SELECT 1", role=role))

    async def more_queries_than_are_kept_prepared(reader: Reader) -> set[str]:
        queries = [f"SELECT current_user, {number}" for number in range(150) for _ in range(4)]
        return {(await reader.rows(query))[0][0] for query in queries}

    found = read(played.core.store, more_queries_than_are_kept_prepared)
    assert found == {"mywork_reader"}


# Queries ------------------------------------------------------------------------------------


def test_pages_are_stable_under_inserts(played: Marketplace) -> None:
    store = played.core.store
    seen: list[str] = []

    async def work(reader: Reader) -> None:
        cursor = ""
        while True:
            page = await queries.page(reader, queries.ORDERS, Asked(3, cursor, BO))
            seen.extend(order["id"] for order in orjson.loads(encode(page))["data"])
            cursor = page.next_cursor or ""
            if not cursor:
                return
            product_id = await asyncio.to_thread(played.published_product)
            await asyncio.to_thread(played.placed_order, product_id)
            await asyncio.to_thread(played.runner.catch_up)

    read(store, work)
    assert len(seen) == len(set(seen)) == 10


@pytest.mark.parametrize(
    "content",
    ["nonsense", [], ["abc", "x"], ["2026-11-10T12:00:00", "x"], ["infinity", "x"], [1, "x"],
     ["2026-11-10T12:00:00Z", "a\0"], ["2026-11-10T12:00:00Z", 1], {"a": 1}, None],
)  # fmt: skip
def test_a_cursor_of_somebody_elses_making_is_refused(played: Marketplace, content: Any) -> None:
    cursor = base64.urlsafe_b64encode(orjson.dumps(content)).decode()
    for broken in (cursor, cursor.rstrip("="), cursor[:-3], "é"):
        asked = Asked(3, broken or "é", BO)
        with pytest.raises(CursorInvalid):
            read(
                played.core.store,
                lambda reader, a=asked: queries.page(reader, queries.ORDERS, a),
            )


def test_a_value_that_no_column_holds_is_refused(played: Marketplace) -> None:
    with pytest.raises(InvalidInput):
        read(
            played.core.store,
            lambda reader: queries.one(reader, queries.PUBLIC_PRODUCTS, slug="a\0b"),
        )


def test_why_not_yet_names_every_held_order(marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    found = read(marketplace.core.store, lambda reader: queries.seller_balance(reader, ADA))
    assert found.accounts == [("pending", "USD", 26_013)]
    sale = orjson.loads(found.not_yet)
    assert (sale["seller_share_minor"], sale["release_at"]) == (26_013, "2026-11-17T12:00:00Z")
    assert sale["why_not_yet"]


def test_a_database_that_is_down_is_unavailable() -> None:
    async def main() -> None:
        url = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"
        reader, positions = Reader(url), Positions(url)
        await reader.open()
        await positions.open()
        reader._pool.timeout = 0.2
        with pytest.raises(StoreUnavailable):
            await reader.rows("SELECT 1")
        with pytest.raises(StoreUnavailable):
            await positions.wait_for("orders", 1)
        await positions.close()
        await reader.close()

    asyncio.run(main())


# Waiting for a position ---------------------------------------------------------------------


def with_positions(store: EventStore, work: Callable[[Positions], Awaitable[None]]) -> None:
    async def main() -> None:
        positions = Positions(store.url)
        await positions.open()
        try:
            await work(positions)
        finally:
            await positions.close()

    asyncio.run(main())


def test_waiting_for_a_position(played: Marketplace) -> None:
    store = played.core.store

    async def work(positions: Positions) -> None:
        head = store.head()
        assert await positions.wait_for("orders", head, timeout_seconds=GUARD_SECONDS)
        with pytest.raises(PositionBeyondHead):
            await positions.wait_for("orders", head + 1, timeout_seconds=GUARD_SECONDS)
        played.published_product()
        assert not await positions.wait_for("orders", store.head(), timeout_seconds=0.05)
        waiting = asyncio.create_task(
            positions.wait_for("orders", store.head(), timeout_seconds=GUARD_SECONDS)
        )
        await asyncio.to_thread(played.runner.catch_up)
        assert await waiting

    with_positions(store, work)


def test_many_who_wait_ask_once_for_the_head(
    played: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, asked, ask = played.core.store, [], Positions._ask_head

    async def counted(positions: Positions) -> int:
        asked.append(1)
        return await ask(positions)

    monkeypatch.setattr(Positions, "_ask_head", counted)

    async def work(positions: Positions) -> None:
        assert await positions.wait_for("orders", store.head(), timeout_seconds=GUARD_SECONDS)
        asked.clear()
        played.published_product()
        waiting = [
            asyncio.create_task(
                positions.wait_for(name, store.head(), timeout_seconds=GUARD_SECONDS)
            )
            for name in ("orders", "products") * 250
        ]
        await asyncio.sleep(0)  # they all begin to wait
        await asyncio.to_thread(played.runner.catch_up)
        assert all(await asyncio.gather(*waiting))
        assert len(asked) == 1
        assert not any(positions._waiting.values())

    with_positions(store, work)


def test_a_lost_listener_comes_back(played: Marketplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "RECONNECT_SECONDS", 0.05)
    store = played.core.store

    async def work(positions: Positions) -> None:
        assert await positions.wait_for("orders", store.head(), timeout_seconds=GUARD_SECONDS)
        with psycopg.connect(store.url, autocommit=True) as connection:
            killed = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query ILIKE '%eventstore.followers%'"
                " AND application_name = '' AND pid <> pg_backend_pid()"
            ).rowcount
        assert killed == 1
        played.published_product()
        await asyncio.to_thread(played.runner.catch_up)
        assert await positions.wait_for("orders", store.head(), timeout_seconds=GUARD_SECONDS)

    with_positions(store, work)
