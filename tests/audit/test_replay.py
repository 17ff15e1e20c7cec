"""A replay of what was lived finds no difference, and disturbs nobody while it looks."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from audited import asked, lived
from lives import Lives
from machine.town import Town
from machine.walk import Walker, come_to_rest, steps
from marketplace import Marketplace
from waiting import GUARD_SECONDS

from eventstore import Catalogue, EventStore, Runner
from mywork.application.commands import envelope
from mywork.audit import ReplayFailed, replay
from mywork.audit.book import _field
from mywork.bench.replay import write_history
from mywork.domain import user
from mywork.domain.catalogue import EVENTS
from mywork.domain.identifiers import UserId
from mywork.ledger import totals
from mywork.ledger.differences import Replayed
from mywork.projections import catalogue

LEDGER = ("accounts", "closings", "entries", "postings", "totals", "period_totals")
TABLES = {
    "eventstore.events",
    *(f"ledger.{name}" for name in LEDGER),
    *(f"read.{name}" for name in catalogue.NAMES),
}


@pytest.fixture
def url(marketplace: Marketplace, database_url: str, lives: Lives) -> str:
    lives.live(marketplace, lived)
    return database_url


def grant(marketplace: Marketplace, name: str) -> None:
    command = user.GrantRole(UserId(name), "finance", marketplace.clock.now())
    marketplace.core.handler.handle(envelope(command, actor="test"))


def scalar(url: str, query: str) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(query.encode()).fetchone()
    return found[0] if found else None


def same(found: Replayed) -> bool:
    return not found.differing and {table.table for table in found.tables} == TABLES


@pytest.mark.parametrize("processes", [1, 2])
def test_what_was_lived_is_what_the_events_say(url: str, processes: int) -> None:
    steps: list[tuple[int, int]] = []
    found = replay(url, processes=processes, progress=lambda *step: steps.append(step))
    head = scalar(url, "SELECT max(notification_id) FROM eventstore.events")
    assert same(found)
    assert (found.position, found.events) == (head, head)
    assert found.of("ledger.postings").rows == scalar(url, "SELECT count(*) FROM ledger.postings")
    assert found.of("read.sales").rows == 3
    assert steps[-1] == (head, head)


def test_an_empty_history_is_replayed_to_nothing(database_url: str) -> None:
    found = replay(database_url)
    assert same(found)
    assert (found.rows, found.events_per_second) == (0, 0)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_read_table_that_lags_is_compared_where_it_stands(
    marketplace: Marketplace, url: str, processes: int
) -> None:
    before = replay(url).position
    grant(marketplace, "user_new")
    marketplace.placed_order(marketplace.published_product())
    roles = next(f for f in marketplace.core.followers() if f.name == "roles")
    Runner(marketplace.core.store, [roles]).catch_up()
    found = replay(url, processes=processes)
    assert same(found)
    assert found.of("read.roles").position == found.position > before
    assert found.of("read.orders").position == found.of("read.sales").position == before
    assert (found.of("read.roles").rows, found.of("read.orders").rows) == (2, 3)
    Runner(marketplace.core.store, marketplace.core.followers()).catch_up()
    assert replay(url).of("read.orders").rows == 4


def test_writers_and_runners_go_on_meanwhile(marketplace: Marketplace, url: str) -> None:
    before = replay(url).position
    names = iter(["user_one", "user_two"])

    def meanwhile(*_: int) -> None:
        grant(marketplace, next(names))
        marketplace.runner.catch_up()

    found = replay(url, progress=meanwhile)
    assert same(found)
    assert found.position == before
    assert replay(url).position == before + 1


def test_a_replay_leaves_nothing_behind(url: str) -> None:
    count = "SELECT count(*) FROM pg_class"
    before = scalar(url, count)
    replay(url, processes=2)
    assert scalar(url, count) == before


def test_a_replay_that_is_killed_leaves_nothing_behind(url: str) -> None:
    count = "SELECT count(*) FROM pg_class"
    before = scalar(url, count)
    context = multiprocessing.get_context("spawn")
    killed = context.Process(target=die_in_the_middle, args=(url,))
    killed.start()
    killed.join(GUARD_SECONDS)
    assert killed.exitcode == -signal.SIGKILL
    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"  # noqa: E501  # fmt: skip
    while scalar(url, busy):
        pass
    assert scalar(url, count) == before
    assert same(replay(url))


def die_in_the_middle(url: str) -> None:
    replay(url, progress=lambda *_: os.kill(os.getpid(), signal.SIGKILL))


def test_a_table_made_by_another_version_is_named_instead_of_compared(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE read.definitions SET fingerprint = 'old' WHERE name = 'sales'")
    for processes in (1, 2):
        found = replay(url, processes=processes)
        (difference,) = found.of("read.sales").differences
        assert difference.words().endswith("mywork projections rebuild sales")
        assert found.differing == 1


def test_a_fold_that_fails_is_a_difference_and_not_an_end(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Any, cursor: Any, page: Any) -> None:
        raise KeyError("no such order")

    monkeypatch.setattr("mywork.projections.projection._Table.apply", broken)
    found = replay(url)
    (difference,) = found.of("read.roles").differences
    assert "KeyError" in difference.words()
    assert found.of("ledger.postings").differing == 0


def test_the_other_process_is_heard_when_it_fails(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE read.sales RENAME TO lost")
    with pytest.raises(ReplayFailed, match=r"read\.sales"):
        replay(url, processes=2)


def test_differences_are_told_with_both_values(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            "UPDATE ledger.accounts SET balance_minor = balance_minor - 1"
            " WHERE code = 'revenue:commission'"
        )
        connection.execute("UPDATE ledger.postings SET object_id = 'ch_forged' WHERE line = 1 AND position = (SELECT min(position) FROM ledger.postings)")  # noqa: E501  # fmt: skip
    found = replay(url)
    (balance,) = found.of("ledger.accounts").differences
    assert balance.key == "revenue:commission USD"
    assert balance.words() == "balance_minor is -5981, replayed -5980"
    (posting,) = found.of("ledger.postings").differences
    assert posting.live == {"object_id": "ch_forged"}
    assert found.differing == 2


def test_totals_by_time_are_counted_anew_from_the_events(database_url: str) -> None:
    with EventStore(database_url, Catalogue(EVENTS)) as store:
        write_history(store, 500)
        Runner(store, [*catalogue.followers(), totals.follower()]).catch_up()
    found = replay(database_url)
    assert same(found)
    assert found.of("ledger.totals").position == 2048  # whole blocks only
    assert found.of("ledger.totals").rows > found.of("ledger.period_totals").rows > 100
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE ledger.totals SET amount_minor = amount_minor + 7 WHERE account_id ="
            " (SELECT id FROM ledger.accounts WHERE code = 'revenue:commission') AND block = 0"
        )
    found = replay(database_url)
    (cell,) = found.of("ledger.totals").differences
    assert cell.key.startswith("1 revenue:commission USD ")
    assert cell.live is not None
    assert cell.replayed is not None
    assert cell.live["amount_minor"] == cell.replayed["amount_minor"] + 7
    assert found.differing == 1


def test_of_many_differences_the_first_are_named_and_the_rest_counted(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("UPDATE ledger.postings SET object_id = 'forged'")
    found = replay(url).of("ledger.postings")
    assert len(found.differences) == 20
    assert found.differing == found.rows
    postings = next(report for report in asked(url) if report.name == "postings")
    assert (len(postings.findings), postings.more) == (20, found.rows - 20)


@pytest.fixture
def town(database_url: str) -> Iterator[Town]:
    with closing(Town(database_url, seed=3)) as town:
        Walker(town).play(steps(3, 300))
        yield town


def test_any_life_replays_to_itself(town: Town, database_url: str) -> None:
    """Refunds, disputes, subscriptions, debts: whatever happened, wherever the readers stand."""
    assert same(replay(database_url))
    come_to_rest(town)
    found = replay(database_url)
    assert same(found)
    assert found.rows > 500
    assert [report.name for report in asked(database_url) if not report.passed] == []


def test_identifiers_may_hold_whatever_they_like() -> None:
    assert _field("a\tb\\c\nd\re") == r"a\tb\\c\nd\re"
