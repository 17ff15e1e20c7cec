"""Numbered migrations: once, in order, never changed afterwards."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from eventstore.errors import StoreUnavailable, UnsafeConfiguration
from eventstore.migrate import Migrations, migrate, pending
from mywork import bootstrap


@pytest.fixture
def component(tmp_path: Path) -> Migrations:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (id int)")
    (tmp_path / "0002_second.sql").write_text("CREATE TABLE second (id int)")
    return Migrations("thing", tmp_path)


def test_files_are_applied_once_and_in_order(
    empty_database_url: str, component: Migrations
) -> None:
    assert pending(empty_database_url, [component]) == [
        "thing/0001_first.sql",
        "thing/0002_second.sql",
    ]
    assert migrate(empty_database_url, [component]) == ["0001_first.sql", "0002_second.sql"]
    assert migrate(empty_database_url, [component]) == []
    assert pending(empty_database_url, [component]) == []


def test_an_applied_file_may_not_change(empty_database_url: str, component: Migrations) -> None:
    migrate(empty_database_url, [component])
    (component.folder / "0001_first.sql").write_text("CREATE TABLE other (id int)")
    with pytest.raises(UnsafeConfiguration, match="add a new migration"):
        migrate(empty_database_url, [component])


def test_a_file_that_fails_leaves_nothing(empty_database_url: str, component: Migrations) -> None:
    (component.folder / "0003_bad.sql").write_text("CREATE TABLE third (id nonsense)")
    with pytest.raises(Exception, match="nonsense"):
        migrate(empty_database_url, [component])
    with psycopg.connect(empty_database_url) as connection:
        row = connection.execute("SELECT to_regclass('thing.first')").fetchone()
    assert row == (None,)


def test_two_processes_may_migrate_at_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bootstrap.migrate, [empty_database_url] * 4))
    assert pending(empty_database_url, bootstrap.migrations()) == []


def test_a_database_that_is_down_is_said_in_one_line() -> None:
    with pytest.raises(StoreUnavailable, match="refused"):
        pending("postgresql://nobody@127.0.0.1:1/none", [])
