"""Read tables follow the history: in pages of any size, once, whoever dies meanwhile."""

import threading
from collections.abc import Sequence
from typing import Any

import orjson
import psycopg
import pytest
from marketplace import Marketplace
from tables import caught_up, elsewhere, rows
from waiting import wait_until

from eventstore.envelope import Recorded
from eventstore.follow import Follower, Runner
from eventstore.store import EventStore
from mywork.projections.catalogue import named, projection_followers
from mywork.projections.install import projection_statuses

FOLLOW = """
Runner(store, projection_followers()).run(threading.Event())
"""


def test_documents_tell_what_happened(played: Marketplace) -> None:
    store = played.core.store
    orders = [orjson.loads(row[-2]) for row in rows(store, "orders")]
    assert sorted({order["status"] for order in orders}) == [
        "completed", "disputed", "expired", "partially_refunded", "refunded",
    ]  # fmt: skip
    paid = next(order for order in orders if order["payment_status"] == "completed")
    assert (paid["amount_minor"], paid["currency"]) == (29_900, "USD")
    sold = [orjson.loads(row[-2])["stats"]["sales"] for row in rows(store, "products")]
    assert sorted(sold) == [1, 1, 1, 3]  # net of what was refunded and lost
    (payout,) = [orjson.loads(row[-2]) for row in rows(store, "payouts")]
    assert (payout["status"], payout["amount_minor"]) == ("processing", 3 * 26_013)


def test_a_session_elsewhere_in_the_world_changes_no_document(marketplace: Marketplace) -> None:
    store = marketplace.core.store
    with psycopg.connect(store.url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET timezone = 'Asia/Tokyo'")
    store.close()
    marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product())
    marketplace.runner.catch_up()
    marketplace.pay(terms)
    marketplace.settle()
    ((document, _),) = [row[-2:] for row in rows(store, "orders")]
    assert orjson.loads(document)["created_at"] == "2026-11-10T12:00:00Z"


def test_an_event_of_no_interest_still_advances(played: Marketplace) -> None:
    found = projection_statuses(played.core.store)
    assert {status.position for status in found} == {played.core.store.head()}
    assert {(status.lag, status.behind_seconds) for status in found} == {(0, 0.0)}
    assert {status.state for status in found} == {"current"}


def test_status_tells_lag_and_whether_somebody_works(played: Marketplace) -> None:
    store = played.core.store
    played.published_product()
    waiting = projection_statuses(store)
    assert {status.lag for status in waiting} == {3}
    assert not any(status.running for status in waiting)
    with elsewhere(store, FOLLOW) as other:
        wait_until(lambda: all(status.running for status in projection_statuses(store)), other)
        wait_until(lambda: caught_up(store), other)
    wait_until(lambda: not any(status.running for status in projection_statuses(store)))


def test_a_broken_projection_does_not_stop_the_others(played: Marketplace) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    seen: list[int] = []
    good = Follower("good", lambda _, page: seen.extend(r.position for r in page))
    stop = threading.Event()
    runner = Runner(played.core.store, [Follower("bad", fail), good])
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    wait_until(lambda: len(seen) == played.core.store.head(), thread)
    stop.set()
    thread.join()
    assert seen == list(range(1, played.core.store.head() + 1))


def test_a_crash_after_the_rows_were_written_applies_nothing_twice(played: Marketplace) -> None:
    store = played.core.store
    product_id = played.published_product(price_minor=0)
    for _ in range(3):
        played.placed_order(product_id)
    write = named("products").writer("read")

    def written_and_dead(cursor: psycopg.Cursor[Any], page: Sequence[Recorded]) -> None:
        write(cursor, page)
        raise RuntimeError("the machine died before the commit")

    before = rows(store, "products")
    with pytest.raises(RuntimeError):
        Runner(store, [Follower("products", written_and_dead)]).catch_up()
    assert rows(store, "products") == before
    Runner(store, projection_followers()).catch_up()
    assert _sales(store, product_id) == 3


def test_a_runner_takes_over_when_another_process_is_killed(played: Marketplace) -> None:
    """Counting sales would show an event that was applied twice, or not at all."""
    store = played.core.store
    product_id = played.published_product(price_minor=0)
    with elsewhere(store, FOLLOW) as first:
        wait_until(lambda: all(status.running for status in projection_statuses(store)), first)
        with elsewhere(store, FOLLOW) as second:
            for number in range(40):
                played.placed_order(product_id)
                if number == 20:
                    wait_until(lambda: _sales(store, product_id) > 0, first, second)
                    first.kill()
            wait_until(lambda: caught_up(store), second)
            assert _sales(store, product_id) == 40


def _sales(store: EventStore, product_id: str) -> int:
    with store.connection() as connection:
        query = "SELECT sales FROM read.products WHERE product_id = %s"
        row = connection.execute(query, (product_id,)).fetchone()
    return int(row[0]) if row else 0
