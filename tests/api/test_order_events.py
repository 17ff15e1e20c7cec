"""An order's news as server-sent events: its buyer's only, nothing missed, not for ever."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest
from http_client import Client, bearer, problem
from lives import Lives
from marketplace import ADA, BO, Marketplace

from mywork.api import order_events
from mywork.api.errors import TooManyStreams
from mywork.api.order_events import MOST_OF_ONE_USER, Streams, Watch
from mywork.application.usecases.refunding import Asked
from mywork.domain.order.sale_messages import OrderPlaced
from mywork.projections.reading import Positions, Reader


def placing(marketplace: Marketplace) -> OrderPlaced:
    marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product())
    marketplace.runner.catch_up()
    return terms


@pytest.fixture
def placed(marketplace: Marketplace, lives: Lives) -> OrderPlaced:
    return lives.live(marketplace, placing)


def parsed(chunk: bytes) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in chunk.decode().strip().split("\n"))


def listened(
    marketplace: Marketplace, terms: OrderPlaced, *, after: int = 0, until: str = ""
) -> list[dict[str, str]]:
    """What a stream of this order says, to its end or to the first event named `until`."""

    async def work(reader: Reader, positions: Positions) -> list[dict[str, str]]:
        watch, heard = Watch(reader, positions, terms.order_id, BO), []
        async for chunk in watch.events(after):
            heard.append(parsed(chunk))
            if until and heard[-1].get("event") == until:
                break
        return heard

    return asyncio.run(with_readers(marketplace, work))


async def with_readers(
    marketplace: Marketplace, work: Callable[[Reader, Positions], Awaitable[Any]]
) -> Any:
    reader, positions = Reader(marketplace.core.store.url), Positions(marketplace.core.store.url)
    await reader.open()
    await positions.open()
    try:
        return await work(reader, positions)
    finally:
        await positions.close()
        await reader.close()


def test_a_waiting_page_hears_of_the_payment_at_once(
    marketplace: Marketplace, placed: OrderPlaced
) -> None:
    def pay() -> None:
        marketplace.pay(placed)
        marketplace.settle()

    later = threading.Timer(0.5, pay)
    later.start()
    heard = listened(marketplace, placed, until="paid")
    later.join()
    assert [event.get("event") for event in heard] == [None, "paid"]
    order = orjson.loads(heard[-1]["data"])
    assert (order["id"], order["status"]) == (placed.order_id, "completed")
    assert heard[0] == {"retry": "3000"}


def test_a_stream_ends_with_the_last_word(marketplace: Marketplace, placed: OrderPlaced) -> None:
    marketplace.pay(placed, card="pm_card_bypassPending")
    marketplace.settle()

    def refund() -> None:
        asked = Asked("seller", None, "it was promised")
        marketplace.core.refunding.request(placed.order_id, ADA, asked, request_id="r")
        marketplace.settle()

    later = threading.Timer(0.5, refund)
    later.start()
    heard = listened(marketplace, placed)
    later.join()
    assert [event["event"] for event in heard if "event" in event] == ["paid", "refunded"]


def test_who_comes_back_is_told_what_they_missed_and_nothing_twice(
    marketplace: Marketplace, placed: OrderPlaced, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_events, "LASTS_SECONDS", 0.3)
    marketplace.pay(placed)
    marketplace.settle()
    heard = listened(marketplace, placed)
    (paid,) = [event for event in heard if "event" in event]
    again = listened(marketplace, placed, after=int(paid["id"]))
    assert [event for event in again if "event" in event] == []
    missed = listened(marketplace, placed, after=int(paid["id"]) - 1)
    assert [event["event"] for event in missed if "event" in event] == ["paid"]


def test_a_failed_attempt_is_news_and_not_the_end(
    marketplace: Marketplace, placed: OrderPlaced
) -> None:
    with pytest.raises(Exception, match="declined"):
        marketplace.pay(placed, card="pm_card_chargeDeclined")
    marketplace.settle()
    (failed,) = [e for e in listened(marketplace, placed, until="failed") if "event" in e]
    assert orjson.loads(failed["data"])["failure_code"]


def test_a_silent_stream_says_that_it_lives(
    marketplace: Marketplace, placed: OrderPlaced, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_events, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(order_events, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(order_events, "LASTS_SECONDS", 0.3)
    assert {"": "still here"} in listened(marketplace, placed)


# By HTTP ------------------------------------------------------------------------------------


def test_a_stream_over_http(
    client: Client,
    marketplace: Marketplace,
    placed: OrderPlaced,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(order_events, "LASTS_SECONDS", 0.2)
    marketplace.pay(placed)
    marketplace.settle()
    headers = bearer(BO) | {"Accept-Encoding": "gzip"}
    answer = client.http.get(f"/api/orders/{placed.order_id}/events", headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in answer.headers
    assert "event: paid\n" in answer.text
    assert not client.http.app.state.streams._open  # type: ignore[attr-defined]


def test_a_stream_is_refused_by_name(
    client: Client, marketplace: Marketplace, placed: OrderPlaced
) -> None:
    path = f"/orders/{placed.order_id}/events"
    problem(client.get(path), 401, "unauthorised")
    problem(client.get(path, "user_eve"), 404, "order-not-found")
    problem(client.get(path, BO, **{"Last-Event-ID": "yesterday"}), 422, "request-invalid")
    streams: Streams = client.http.app.state.streams  # type: ignore[attr-defined]
    for _ in range(MOST_OF_ONE_USER):
        streams.opened(BO)
    answer = client.get(path, BO)
    assert answer.headers["retry-after"] == "2"
    problem(answer, 503, "too-many-streams")


def test_streams_are_counted_by_user_and_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_events, "MOST", 2)
    streams = Streams()
    for user in ("a", "b"):
        streams.check(user)
        streams.opened(user)
    with pytest.raises(TooManyStreams):
        streams.check("c")
    streams.closed("a")
    streams.check("c")
