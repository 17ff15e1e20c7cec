"""An order's news as they happen: server-sent events for the page that waits for a payment.

Nobody is told anything that `GET /orders/{id}` would not show: a stream reads the buyer's own row,
under row-level security, whenever the projection has moved. Streams are few and end by themselves;
whoever was cut off comes back with `Last-Event-ID` and misses nothing.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from eventstore.errors import StoreUnavailable
from mywork.api.answers import fresh
from mywork.api.auth import User
from mywork.api.documentation import WAITS, documented
from mywork.api.errors import TooManyStreams
from mywork.api.strict import StrictRoute
from mywork.documents.document import encode, example
from mywork.documents.orders import Order, OrderStatus
from mywork.domain.errors import OrderNotFound
from mywork.projections import queries
from mywork.projections.reading import Positions, Reader

router = APIRouter(prefix="/orders", tags=["orders"], route_class=StrictRoute)

EVENT_STREAM = "text/event-stream"
MOST, MOST_OF_ONE_USER = 500, 5
LASTS_SECONDS = 600.0
HEARTBEAT_SECONDS = 15.0  # shorter than a proxy's patience with a silent connection
PAUSE_SECONDS = 0.25  # a busy marketplace does not make a stream read without end
RETRY_MILLISECONDS = 3_000

NAMES: dict[OrderStatus, str] = {
    "completed": "paid",
    "partially_refunded": "refunded",
    "refunded": "refunded",
    "disputed": "disputed",
    "expired": "expired",
    "failed": "failed",
}
LAST: frozenset[OrderStatus] = frozenset({"refunded", "expired", "failed"})
_EXAMPLE = f"id: 42\nevent: paid\ndata: {encode(example(Order)).decode()}\n\n"
ANSWERS = documented(Order, 401, 404)
ANSWERS[200] = {
    "description": "A stream of events, each with the order as `GET /orders/{id}` shows it.",
    "content": {EVENT_STREAM: {"schema": {"type": "string"}, "example": _EXAMPLE}},
}


class Streams:
    """How many streams this process has open, and how many of them are one user's."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def check(self, user_id: str) -> None:
        """Raises TooManyStreams."""
        if self._open.total() >= MOST or self._open[user_id] >= MOST_OF_ONE_USER:
            raise TooManyStreams("too many streams are open; ask GET /orders/{id} now and then")

    def opened(self, user_id: str) -> None:
        self._open[user_id] += 1

    def closed(self, user_id: str) -> None:
        self._open[user_id] -= 1
        self._open += Counter()  # forgets who has none


@dataclass(frozen=True, slots=True)
class News:
    """An order as it stands, and the position of the event that made it so."""

    document: str
    position: int

    @property
    def order(self) -> Order:
        return msgspec.json.decode(self.document, type=Order)


@dataclass(frozen=True, slots=True)
class Watch:
    """One buyer's look at one order."""

    reader: Reader
    positions: Positions
    order_id: str
    buyer_id: str

    async def look(self) -> News:
        """Raises OrderNotFound, and StoreUnavailable."""
        found = await queries.order_standing(self.reader, self.order_id, self.buyer_id)
        if found is None:
            raise OrderNotFound(f"you have no order {self.order_id}")
        return News(*found)

    async def events(self, after: int) -> AsyncIterator[bytes]:
        """Until nothing more can come, or for as long as a stream lasts.

        `after` is the position that the client knows already, 0 for one that knows nothing.
        """
        yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
        until, told = time.monotonic() + LASTS_SECONDS, _NOTHING
        while time.monotonic() < until:
            at = self.positions.at("orders")
            news = await self.look()
            order = news.order
            name, *_ = tells = _tells(order)
            if tells != told and news.position > after and name:
                yield _event(name, news)
            told = tells
            if order.status in LAST:
                return
            left = min(HEARTBEAT_SECONDS, until - time.monotonic())
            if not await self.positions.moved_past("orders", at, timeout_seconds=left):
                yield b": still here\n\n"
            await asyncio.sleep(PAUSE_SECONDS)


_NOTHING: tuple[str, str | None, int, int] = ("", None, 0, 0)


def _tells(order: Order) -> tuple[str, str | None, int, int]:
    """What of an order is news: its name, why it failed, what was refunded, how many disputes."""
    name = NAMES.get(order.status, "")
    if not name and order.payment_status == "failed":
        name = "failed"  # an attempt: the order can still be paid
    return name, order.failure_code, order.refunded_minor, len(order.disputes)


def _event(name: str, news: News) -> bytes:
    return f"id: {news.position}\nevent: {name}\ndata: {news.document}\n\n".encode()


@router.get(
    "/{order_id}/events",
    summary="Wait for a payment, a refund or a dispute",
    responses=ANSWERS,
    openapi_extra=WAITS,
    response_class=StreamingResponse,
)
async def follow_order(
    request: Request,
    order_id: str,
    user: User,
    last_event_id: Annotated[int, Header(ge=0, description="Of the stream before.")] = 0,
) -> StreamingResponse:
    """Server-sent events for the order's buyer: `paid`, `failed`, `refunded`, `disputed`,
    `expired`. The first tells how it stands; the stream ends after ten minutes at the latest."""
    await fresh(request, "orders")
    state = request.app.state
    watch = Watch(state.reader, state.positions, order_id, user.user_id)
    await watch.look()
    state.streams.check(user.user_id)
    counted = _counted(state.streams, user.user_id, watch.events(last_event_id))
    # Some proxies hold a small answer back unless they are told not to.
    return StreamingResponse(counted, media_type=EVENT_STREAM, headers={"X-Accel-Buffering": "no"})


async def _counted(
    streams: Streams, user_id: str, events: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    streams.opened(user_id)
    try:
        async for event in events:
            yield event
    except StoreUnavailable:
        return  # the client comes back
    finally:
        streams.closed(user_id)
