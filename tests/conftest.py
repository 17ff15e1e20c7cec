"""Real servers for the tests: one PostgreSQL and one Redis for a whole run.

The process that was started by hand owns them; the parallel workers are told their addresses.
A test gets a database of its own, copied from a migrated template, or a Redis database emptied.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
import redis
from databases import fresh_database, roomy_memory, sibling
from hypothesis import settings
from marketplace import Marketplace
from shop import Shop

from mywork.sandbox.postgres import EmbeddedPostgres
from mywork.sandbox.redis import EmbeddedRedis

Databases = AbstractContextManager[str]

# No test is timed: how long an example takes depends on what else the machine does.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_SERVERS = pytest.StashKey[dict[str, str]]()
_TEMPLATE = "migrated"
_TEMPLATE_LOCK = 1


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--steps", type=int, default=10_000, help="steps of the marketplace machine's long walks"
    )
    parser.addoption("--sales", type=int, default=1_000, help="sales of the marketplace's month")
    parser.addoption("--seed", type=int, default=1, help="the first walk's seed; others follow")


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
def postgres_server_url(pytestconfig: pytest.Config) -> str:
    """The maintenance database, as owner of the server."""
    return sibling(_servers(pytestconfig)["postgres"], "postgres")


@pytest.fixture
def empty_database_url(postgres_server_url: str) -> Iterator[str]:
    """A database of the test's own, without any table."""
    yield from fresh_database(postgres_server_url, template="template0")


@pytest.fixture
def database_url(postgres_server_url: str, _template: str) -> Iterator[str]:
    """A database of the test's own, migrated."""
    yield from fresh_database(postgres_server_url, template=_template)


@pytest.fixture
def redis_url(pytestconfig: pytest.Config, worker_id: str) -> str:
    """The worker's own Redis database, emptied."""
    number = int(worker_id.removeprefix("gw")) if worker_id != "master" else 0
    url = sibling(_servers(pytestconfig)["redis"], str(number))
    with redis.Redis.from_url(url) as connection:
        connection.flushdb()
    return url


@pytest.fixture(scope="session")
def _template(postgres_server_url: str) -> str:
    """Migrated by the first worker that needs it; the others wait for the lock, then find it."""
    with psycopg.connect(postgres_server_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_TEMPLATE_LOCK,))
        known = "SELECT FROM pg_database WHERE datname = %s"
        if connection.execute(known, (_TEMPLATE,)).rowcount == 0:
            from mywork.bootstrap import migrate

            connection.execute(f"DROP DATABASE IF EXISTS {_TEMPLATE}_new")
            connection.execute(f"CREATE DATABASE {_TEMPLATE}_new TEMPLATE template0")
            migrate(sibling(postgres_server_url, f"{_TEMPLATE}_new"))
            connection.execute(f"ALTER DATABASE {_TEMPLATE}_new RENAME TO {_TEMPLATE}")
    return _TEMPLATE


@pytest.fixture(scope="session")
def fresh_databases(postgres_server_url: str, _template: str) -> Callable[[], Databases]:
    """For tests that need one migrated database after another."""
    return contextmanager(partial(fresh_database, postgres_server_url, template=_template))


@pytest.fixture(scope="session")
def copied_databases(postgres_server_url: str) -> Callable[[str], Databases]:
    """Copies of a database as it is now; nobody may be connected to it."""

    def copied(url: str) -> Iterator[str]:
        yield from fresh_database(postgres_server_url, template=url.rpartition("/")[2])

    return contextmanager(copied)


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    """The core with Stripe faked at its port; see `shop.py`."""
    shop = Shop(database_url)
    yield shop
    shop.core.close()


@pytest.fixture
def marketplace(database_url: str, tmp_path: Path) -> Iterator[Marketplace]:
    """A whole marketplace in this process; see `marketplace.py`."""
    found = Marketplace(database_url, tmp_path)
    yield found
    found.close()
