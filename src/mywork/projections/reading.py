"""Asynchronous reads: one pipelined transaction, as a role that owns nothing.

The role and the user are set inside the transaction, so a transaction-mode pooler may sit in
between; the query, its setting up and its commit go out together and come back together.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, Literal

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from eventstore import StoreUnavailable
from mywork.domain.errors import InvalidInput

Role = Literal["mywork_reader", "mywork_auditor"]

_BECOME = "SELECT set_config('role', %s, true), set_config('mywork.user_id', %s, true)"
_POSITIONS = "SELECT name, position FROM eventstore.followers"
_HEAD = "SELECT coalesce(max(notification_id), 0) FROM eventstore.events"
RECONNECT_SECONDS = 0.5


class PositionBeyondHead(InvalidInput):
    """Somebody asks to wait for an event that does not exist."""


class Reader:
    """A pool of read connections. `pooled` turns off named prepared statements."""

    def __init__(self, url: str, *, size: int = 8, pooled: bool = False) -> None:
        self._pool = AsyncConnectionPool(
            url,
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
        """The rows that this role and user may see. Raises StoreUnavailable."""
        try:
            async with self._pool.connection() as connection, connection.pipeline():
                await connection.execute("BEGIN READ ONLY")
                await connection.execute(_BECOME, (role, user_id))
                cursor = await connection.execute(query, parameters)
                await connection.execute("COMMIT")
                return await cursor.fetchall()
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
            raise StoreUnavailable(str(error).strip()) from error


class Positions:
    """Where each follower stands, kept by one LISTEN connection; lets a reader wait for it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._known: dict[str, int] = {}
        self._moved = asyncio.Condition()
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
        if self._known.get(name, 0) >= position:
            return True
        await self._check_exists(position)
        try:
            async with asyncio.timeout(timeout_seconds), self._moved:
                await self._moved.wait_for(lambda: self._known.get(name, 0) >= position)
        except TimeoutError:
            return False
        return True

    async def _check_exists(self, position: int) -> None:
        try:
            async with await psycopg.AsyncConnection.connect(self._url) as connection:
                row = await (await connection.execute(_HEAD)).fetchone()
        except psycopg.OperationalError as error:
            raise StoreUnavailable(str(error).strip()) from error
        if row is None or position > row[0]:
            raise PositionBeyondHead(f"there is no event {position} yet; use an X-Position of ours")

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(psycopg.Error):
                await self._listen()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            await connection.execute("LISTEN followers")
            for name, position in await (await connection.execute(_POSITIONS)).fetchall():
                await self._move(name, position)
            async for notice in connection.notifies():
                name, _, position = notice.payload.rpartition(" ")
                await self._move(name, int(position))

    async def _move(self, name: str, position: int) -> None:
        async with self._moved:
            self._known[name] = position
            self._moved.notify_all()
