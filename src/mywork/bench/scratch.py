"""A database of the benchmark's own: on DATABASE_URL's server, or on an embedded one."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from mywork.bootstrap import migrate
from mywork.domain.identifiers import new_id
from mywork.sandbox.postgres import EmbeddedPostgres


@contextmanager
def scratch_database() -> Iterator[str]:
    """The URL of a fresh, migrated database that is dropped afterwards."""
    with _server() as server_url:
        name = f"bench_{new_id().replace('-', '')[-12:]}"
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
            try:
                url = make_conninfo(server_url, dbname=name)
                migrate(url)
                yield url
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _server() -> Iterator[str]:
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with (
        tempfile.TemporaryDirectory(prefix="mywork-bench-") as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        yield server.url
