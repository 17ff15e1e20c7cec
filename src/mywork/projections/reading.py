"""Asynchronous reads: one pipelined transaction, as a role that owns nothing.

The role and the user are set inside the transaction, so a transaction-mode pooler may sit in
between; the query, its setting up and its commit go out together and come back together.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from eventstore.errors import StoreUnavailable
from mywork.domain.errors import InvalidInput

Role = Literal["mywork_reader", "mywork_auditor"]

# The statements of a pipeline up to its sync are one transaction by themselves; settings that are
# local to it end with it. So no BEGIN and no COMMIT travel, which were a quarter of a read's cost.
_BECOME = """
SELECT set_config('transaction_read_only', 'on', true), set_config('role', %s, true),
       set_config('mywork.user_id', %s, true)
"""
_POSITIONS = "SELECT name, position FROM eventstore.followers"
_HEAD = "SELECT coalesce(max(notification_id), 0) FROM eventstore.events"
RECONNECT_SECONDS = 0.5
REFRESH_SECONDS = 15.0  # how soon a connection that died in silence is noticed


class PositionBeyondHead(InvalidInput):
    """Somebody asks to wait for an event that does not exist."""


class Reader:
    """A pool of read connections.

    `pooled` is for a transaction-mode pooler: no named prepared statements, nothing set for a
    session, and an explicit transaction. Without it a connection is a reader's from its first
    moment, so whatever splits a pipeline meets the least role, never the login's own.
    """

    def __init__(self, url: str, *, size: int = 8, pooled: bool = False) -> None:
        self._pooled = pooled
        self._pool = AsyncConnectionPool(
            url,
            configure=None if pooled else _become_reader,
            min_size=1,
            max_size=size,
            open=False,
            timeout=5,
            kwargs={
                "autocommit": True,
                "prepare_threshold": None if pooled else 2,
                "application_name": "mywork reader",
            },
        )

    async def open(self) -> None:
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()

    async def rows(
        self,
        query: str,
        parameters: Any = (),
        *,
        user_id: str = "",
        role: Role = "mywork_reader",
    ) -> Sequence[tuple[Any, ...]]:
        """The rows that this role and user may see, had in one round trip.

        Raises StoreUnavailable, or InvalidInput for a value that no column holds.
        """
        try:
            async with self._pool.connection() as connection:
                async with connection.pipeline():
                    if self._pooled:
                        await connection.execute("BEGIN READ ONLY")
                    await connection.execute(_BECOME, (role, user_id))
                    cursor = await connection.execute(query, parameters)
                    if self._pooled:
                        await connection.execute("COMMIT")
                return await cursor.fetchall()  # inside the pipeline it would be a second trip
        except psycopg.DataError as error:
            raise InvalidInput("a value of this request can never be stored") from error
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
            raise StoreUnavailable(str(error).strip()) from error


async def _become_reader(connection: psycopg.AsyncConnection[Any]) -> None:
    await connection.execute("SET ROLE mywork_reader")


@dataclass(eq=False, slots=True)
class _Waiting:
    position: int
    reached: asyncio.Event = field(default_factory=asyncio.Event)


class Positions:
    """Where each follower stands, kept by one LISTEN connection; lets a reader wait for it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._known: dict[str, int] = {}
        self._waiting: dict[str, set[_Waiting]] = defaultdict(set)
        self._head = 0
        self._asking = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._task = asyncio.create_task(self._follow())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def wait_for(self, name: str, position: int, *, timeout_seconds: float = 2.0) -> bool:
        """Whether the follower reached the position in time; PositionBeyondHead if none can."""
        if self.at(name) >= position:
            return True
        with self._awaiting(name, position) as reached, contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self._check_exists(position)
                await reached.wait()
        return reached.is_set()

    def at(self, name: str) -> int:
        """Where a follower stands, as far as we have heard."""
        return self._known.get(name, 0)

    async def moved_past(self, name: str, position: int, *, timeout_seconds: float) -> bool:
        """Whether the follower went beyond a position in time, whenever the next event comes."""
        if self.at(name) > position:
            return True
        with self._awaiting(name, position + 1) as reached, contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await reached.wait()
        return reached.is_set()

    @contextlib.contextmanager
    def _awaiting(self, name: str, position: int) -> Iterator[asyncio.Event]:
        waiting = _Waiting(position)
        self._waiting[name].add(waiting)
        try:
            yield waiting.reached
        finally:
            self._waiting[name].discard(waiting)

    async def _check_exists(self, position: int) -> None:
        """One question at a time: its answer serves all who came meanwhile."""
        async with self._asking:
            if position > self._head:
                self._head = await self._ask_head()
        if position > self._head:
            raise PositionBeyondHead(f"there is no event {position} yet; use an X-Position of ours")

    async def _ask_head(self) -> int:
        try:
            async with await psycopg.AsyncConnection.connect(self._url) as connection:
                row = await (await connection.execute(_HEAD)).fetchone()
        except psycopg.OperationalError as error:
            raise StoreUnavailable(str(error).strip()) from error
        return int(row[0]) if row else 0

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(psycopg.Error):
                await self._listen()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            await connection.execute("LISTEN followers")
            while True:
                async for name, position in await connection.execute(_POSITIONS):
                    self._move(name, position)
                async for notice in connection.notifies(timeout=REFRESH_SECONDS):
                    name, _, position = notice.payload.rpartition(" ")
                    self._move(name, int(position))

    def _move(self, name: str, position: int) -> None:
        self._known[name] = position
        self._head = max(self._head, position)
        for waiting in self._waiting[name]:
            if waiting.position <= position:
                waiting.reached.set()
