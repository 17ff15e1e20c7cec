"""Rebuilding beside the live tables: equal to them, missing nothing, safe to kill."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import pytest
from marketplace import Marketplace
from tables import caught_up, elsewhere, everything, rows
from waiting import GUARD_SECONDS, wait_until

from eventstore.follow import Runner
from eventstore.store import EventStore
from mywork.domain.errors import Conflict, NotFound
from mywork.projections.catalogue import PROJECTION_NAMES, projection_followers
from mywork.projections.definitions import fingerprint
from mywork.projections.install import install, projection_statuses
from mywork.projections.rebuild import rebuild, rebuild_changed

rebuilding: Any = import_module("mywork.projections.rebuild")

DIE_BEFORE_THE_SWAP = """
def wait(*_):
    print("filled", flush=True)
    threading.Event().wait()

import_module("mywork.projections.rebuild")._swap = wait
rebuild(store, ["orders", "sales"])
"""


@contextmanager
def live_runner(store: EventStore) -> Iterator[None]:
    stop = threading.Event()
    runner = Runner(store, projection_followers())
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    try:
        yield
        wait_until(lambda: caught_up(store), thread)
    finally:
        stop.set()
        thread.join()


def test_a_rebuilt_table_equals_the_live_one(played: Marketplace) -> None:
    store, before = played.core.store, everything(played.core.store)
    told: list[tuple[int, int]] = []
    rebuild(store, PROJECTION_NAMES, progress=lambda *done: told.append(done))
    assert everything(store) == before
    assert told[-1] == (store.head(), store.head())
    assert caught_up(store)
    with psycopg.connect(store.url) as connection:
        connection.execute("SET LOCAL ROLE mywork_reader")
        assert connection.execute("SELECT * FROM read.orders").fetchall() == []


def test_small_pages_rebuild_the_same(played: Marketplace, monkeypatch: pytest.MonkeyPatch) -> None:
    store, before = played.core.store, everything(played.core.store)
    monkeypatch.setattr(rebuilding, "PAGE", 7)
    assert rebuild(store, PROJECTION_NAMES) == store.head()
    assert everything(store) == before


def test_a_rebuild_under_load_misses_nothing(played: Marketplace) -> None:
    store, product_id = played.core.store, played.published_product(price_minor=0)
    names = ["orders", "sales", "products"]

    def buy() -> None:
        for _ in range(25):
            played.placed_order(product_id)

    with live_runner(store):
        buying = threading.Thread(target=buy)
        buying.start()
        for _ in range(3):
            rebuild(store, names)
        buying.join()
    live = everything(store)
    rebuild(store, names)
    assert everything(store) == live


def test_what_comes_during_the_swaps_reaches_every_table(
    played: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, product_id = played.core.store, played.published_product(price_minor=0)
    swap = rebuilding._swap
    played.runner.catch_up()

    def busy(*arguments: Any) -> Any:
        played.placed_order(product_id)
        return swap(*arguments)

    monkeypatch.setattr(rebuilding, "_swap", busy)
    rebuild(store, ["orders", "products", "sales"])
    Runner(store, projection_followers()).catch_up()
    assert len(rows(store, "orders")) == 10 + 3
    found = everything(store)
    monkeypatch.undo()
    rebuild(store, PROJECTION_NAMES)
    assert everything(store) == found


def test_a_runner_waits_for_the_swap(played: Marketplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would announce a position that the swapped table has not reached."""
    store, page, swap = played.core.store, played.core.store.page, rebuilding._swap
    (products,) = [follower for follower in projection_followers() if follower.name == "products"]

    def work() -> None:
        with EventStore(store.url, store.catalogue) as own:
            Runner(own, [products]).catch_up()

    runner = threading.Thread(target=work)

    def last_page(after: int, limit: int) -> Any:
        found = page(after, limit)
        played.published_product()
        runner.start()
        wait_until(lambda: _waits_for_a_lock(store.url), runner)
        return found

    def swap_while_a_runner_works(*arguments: Any) -> Any:
        monkeypatch.setattr(store, "page", last_page)
        return swap(*arguments)

    monkeypatch.setattr(rebuilding, "_swap", swap_while_a_runner_works)
    rebuild(store, ["products"])
    runner.join()
    assert len(rows(store, "products")) == 4 + 1


def _waits_for_a_lock(url: str) -> bool:
    waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"  # noqa: E501  # fmt: skip
    with psycopg.connect(url) as connection:
        return connection.execute(waiting).rowcount > 0


def test_the_old_table_serves_until_a_killed_rebuild_is_repeated(played: Marketplace) -> None:
    store, before = played.core.store, everything(played.core.store)
    with elsewhere(store, DIE_BEFORE_THE_SWAP) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "filled\n"
        with pytest.raises(Conflict, match="orders is being rebuilt"):
            rebuild(store, ["orders"])
        victim.send_signal(signal.SIGKILL)
    assert everything(store) == before
    wait_until(lambda: _rebuilt(store, ["orders", "sales"]))
    assert everything(store) == before
    assert _shadows(store) == []


def test_a_reader_who_holds_on_is_waited_for(
    played: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, before = played.core.store, everything(played.core.store)
    monkeypatch.setattr(rebuilding, "SWAP_ATTEMPTS", 1)
    with psycopg.connect(store.url) as reader:
        reader.execute(f"SET idle_in_transaction_session_timeout = '{GUARD_SECONDS}s'")
        reader.execute("SELECT * FROM read.orders")
        with pytest.raises(Conflict, match="serves as before"):
            rebuild(store, ["orders"])
        assert everything(store) == before
    monkeypatch.undo()
    rebuild(store, ["orders"])
    assert everything(store) == before


def test_named_twice_is_rebuilt_once(played: Marketplace) -> None:
    store, before = played.core.store, everything(played.core.store)
    rebuild(store, ["products", "products"])
    assert everything(store) == before


def test_what_another_version_left_behind_is_rebuilt(played: Marketplace) -> None:
    store, before = played.core.store, everything(played.core.store)
    with psycopg.connect(store.url) as connection:
        connection.execute("ALTER TABLE read.sales DROP COLUMN buckets")
        connection.execute("UPDATE read.definitions SET fingerprint = 'old' WHERE name = 'sales'")
    assert rebuild_changed(store) == ["sales"]
    assert everything(store) == before
    assert rebuild_changed(store) == []


def test_a_definition_covers_what_its_rows_take_from_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What refunds mean is told in one place, and in the documents of several projections."""
    before = {name: fingerprint(name) for name in PROJECTION_NAMES}
    read = Path.read_text

    def mended(path: Path, encoding: str) -> str:
        return read(path, encoding) + ("#" if path.match("claims/refunds.py") else "")

    monkeypatch.setattr(Path, "read_text", mended)
    changed = {name for name in PROJECTION_NAMES if fingerprint(name) != before[name]}
    assert changed == {"orders", "sales", "products"}


def test_a_changed_definition_asks_for_a_rebuild(played: Marketplace) -> None:
    store = played.core.store
    with psycopg.connect(store.url) as connection:
        connection.execute("UPDATE read.definitions SET fingerprint = 'old' WHERE name = 'orders'")
    states = {status.name: status.state for status in projection_statuses(store)}
    assert "rebuild orders" in states["orders"]
    rebuild(store, ["orders"])
    assert {status.state for status in projection_statuses(store)} == {"current"}


def test_tables_that_were_lost_are_filled_again(played: Marketplace) -> None:
    store, before = played.core.store, everything(played.core.store)
    with psycopg.connect(store.url) as connection:
        connection.execute("DROP TABLE read.roles")
        connection.execute("DELETE FROM read.definitions WHERE name = 'roles'")
    states = {status.name: status.state for status in projection_statuses(store)}
    assert states["roles"] == "its table is missing: mywork migrate"
    with psycopg.connect(store.url) as connection:
        connection.execute("DROP SCHEMA read CASCADE")
    install(store.url)
    assert {status.position for status in projection_statuses(store)} == {0}
    Runner(store, projection_followers()).catch_up()
    assert everything(store) == before
    install(store.url)
    assert caught_up(store)


def test_an_unknown_projection_is_refused(played: Marketplace) -> None:
    with pytest.raises(NotFound, match="there are orders"):
        rebuild(played.core.store, ["nonsense"])


def _rebuilt(store: EventStore, names: list[str]) -> bool:
    """The lock of a killed process goes when PostgreSQL notices that it is gone."""
    try:
        rebuild(store, names)
    except Conflict:
        return False
    return True


def _shadows(store: EventStore) -> list[Any]:
    query = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'read_shadow%'"
    with store.connection() as connection:
        return connection.execute(query).fetchall()
