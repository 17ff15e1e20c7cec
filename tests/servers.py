"""Real servers for the tests: one PostgreSQL and one Redis for a whole run.

The process that was started by hand owns them; the parallel workers are told their addresses.
A test gets a database of its own, copied from a migrated template, or a Redis database emptied.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
import redis
from databases import Databases, roomy_memory, sibling

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
        temporary = TemporaryDirectory(prefix="mywork-tests-", dir=roomy_memory())
        folder = Path(stack.enter_context(temporary))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres", durable=False))
        cache = stack.enter_context(EmbeddedRedis(folder / "redis"))
        config.stash[_SERVERS] = {"postgres": postgres.url, "redis": cache.url}
    return config.stash[_SERVERS]


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Iterator[Databases]:
    url = sibling(_servers(pytestconfig)["postgres"], "postgres")
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
    url = sibling(_servers(pytestconfig)["redis"], str(number))
    with redis.Redis.from_url(url) as connection:
        connection.flushdb()
    return url


@pytest.fixture(scope="session")
def migrated(databases: Databases) -> str:
    """Migrated by the first worker that needs it; the others wait for the lock, then find it."""
    url, session = sibling(databases.url, "migrated"), databases.session
    session.execute("SELECT pg_advisory_lock(%s)", (_TEMPLATE_LOCK,))
    try:
        if session.execute("SELECT FROM pg_database WHERE datname = 'migrated'").rowcount == 0:
            _migrate(databases)
    finally:
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


def _migrate(databases: Databases) -> None:
    from mywork.bootstrap import migrate

    databases.session.execute("DROP DATABASE IF EXISTS migrating")
    databases.session.execute("CREATE DATABASE migrating TEMPLATE template0")
    migrate(sibling(databases.url, "migrating"))
    databases.session.execute("ALTER DATABASE migrating RENAME TO migrated")
