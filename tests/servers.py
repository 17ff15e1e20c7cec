"""Real servers for the tests: one PostgreSQL and one Redis for a whole run.

The process that was started by hand owns them; the parallel workers are told their addresses.
A test gets a database of its own, copied from a migrated template, or a Redis database emptied.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import redis

from mywork.sandbox.postgres import EmbeddedPostgres
from mywork.sandbox.redis import EmbeddedRedis

Lent = AbstractContextManager[str]

_SERVERS = pytest.StashKey[dict[str, str]]()
_TEMPLATE_LOCK = 1


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Only with pytest-xdist, once for each worker."""
    node.workerinput["servers"] = _servers(node.config)


def _servers(config: pytest.Config) -> dict[str, str]:
    """The servers' addresses; the first call starts them, the end of the run stops them."""
    if hasattr(config, "workerinput"):
        return dict(config.workerinput["servers"])
    if _SERVERS not in config.stash:
        stack = ExitStack()
        config.add_cleanup(stack.close)
        temporary = TemporaryDirectory(prefix="mywork-tests-", dir=_roomy_memory())
        folder = Path(stack.enter_context(temporary))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres", durable=False))
        cache = stack.enter_context(EmbeddedRedis(folder / "redis"))
        config.stash[_SERVERS] = {"postgres": postgres.url, "redis": cache.url}
    return config.stash[_SERVERS]


def _roomy_memory() -> str | None:
    """Copying a database means hundreds of small files: 10 ms in memory, 200 ms on some disks."""
    memory = "/dev/shm"
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return memory if roomy else None


@dataclass
class Databases:
    """Copies of databases, by the worker's own session on the server.

    Nobody may be connected to what is copied. What a test is done with is dropped before the next
    copy is made: by then whoever was connected is gone, and need not be waited for.
    """

    session: psycopg.Connection[Any]
    url: str
    _done: list[str] = field(default_factory=list)

    def copy(self, template: str) -> str:
        """The URL of a copy, under a name of its own."""
        while self._done:
            self.session.execute(f"DROP DATABASE {self._done.pop()} WITH (FORCE)")
        return self._copied(template, f"test_{uuid4().hex}")

    def replace(self, url: str, template: str) -> None:
        """Make a database, to which nobody was connected yet, a copy of another."""
        self.session.execute(f"DROP DATABASE {_name(url)}")
        self._copied(template, _name(url))

    def _copied(self, template: str, name: str) -> str:
        copying = f"CREATE DATABASE {name} TEMPLATE {_name(template)} STRATEGY file_copy"
        self.session.execute(copying)
        return _sibling(self.url, name)

    @contextmanager
    def lent(self, template: str) -> Iterator[str]:
        """A copy for as long as it is needed."""
        url = self.copy(template)
        yield url
        self._done.append(_name(url))


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Iterator[Databases]:
    url = _sibling(_servers(pytestconfig)["postgres"], "postgres")
    with psycopg.connect(url, autocommit=True) as session:
        yield Databases(session, url)


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """A database of the test's own, without any table."""
    with databases.lent("template0") as url:
        yield url


@pytest.fixture
def database_url(databases: Databases, migrated: str) -> Iterator[str]:
    """A database of the test's own, migrated."""
    with databases.lent(migrated) as url:
        yield url


@pytest.fixture
def redis_url(pytestconfig: pytest.Config, worker_id: str) -> str:
    """The worker's own Redis database, emptied."""
    number = int(worker_id.removeprefix("gw")) if worker_id != "master" else 0
    url = _sibling(_servers(pytestconfig)["redis"], str(number))
    with redis.Redis.from_url(url) as connection:
        connection.flushdb()
    return url


@pytest.fixture(scope="session")
def migrated(databases: Databases) -> str:
    """Migrated by the first worker that needs it; the others wait for the lock, then find it."""
    url, session = _sibling(databases.url, "migrated"), databases.session
    session.execute("SELECT pg_advisory_lock(%s)", (_TEMPLATE_LOCK,))
    if session.execute("SELECT FROM pg_database WHERE datname = 'migrated'").rowcount == 0:
        from mywork.bootstrap import migrate

        session.execute("DROP DATABASE IF EXISTS migrating")
        session.execute("CREATE DATABASE migrating TEMPLATE template0")
        migrate(_sibling(databases.url, "migrating"))
        session.execute("ALTER DATABASE migrating RENAME TO migrated")
    session.execute("SELECT pg_advisory_unlock(%s)", (_TEMPLATE_LOCK,))
    return url


@pytest.fixture(scope="session")
def fresh_databases(databases: Databases, migrated: str) -> Callable[[], Lent]:
    """For tests that need one migrated database after another."""
    return partial(databases.lent, migrated)


@pytest.fixture(scope="session")
def copied_databases(databases: Databases) -> Callable[[str], Lent]:
    """Copies of a database as it is now; nobody may be connected to it."""
    return databases.lent


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _sibling(url: str, database: str) -> str:
    """The same server, another database."""
    return f"{url.rpartition('/')[0]}/{database}"
