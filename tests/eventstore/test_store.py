"""Append, read and follow on a real PostgreSQL, and everything that must be refused."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from committing import die_while_committing
from waiting import GUARD_SECONDS, wait_until

from eventstore.catalogue import Catalogue, Upcaster
from eventstore.envelope import Metadata, NewEvent
from eventstore.errors import (
    AppendOutcomeUnknown,
    BrokenHistory,
    ConstraintBroken,
    StoreUnavailable,
    StreamConflict,
    UnknownEventName,
    UnsafeConfiguration,
)
from eventstore.follow import Follower, Overtaken, Runner
from eventstore.store import EventStore

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Counted:
    number: int
    note: str = ""


CATALOGUE = Catalogue({"test.counted.v1": Counted})


def counted(stream: str, version: int, number: int = 0, note: str = "") -> NewEvent:
    metadata = Metadata("tester", f"{stream}:{version}", NOW)
    return NewEvent(stream, version, Counted(number, note), metadata)


@pytest.fixture
def store(database_url: str) -> Iterator[EventStore]:
    with EventStore(database_url, CATALOGUE) as store:
        yield store


def test_what_was_appended_is_read_again(store: EventStore) -> None:
    note = 'quotes " \\ { } , NULL and ünïcode'
    positions = store.append([counted("a", 1, 7, note), counted("b", 1), counted("a", 2)])
    assert list(positions) == [1, 2, 3]
    found = store.read(["a", "b", "nothing"])
    assert [recorded.version for recorded in found["a"]] == [1, 2]
    assert found["a"][0].event == Counted(7, note)
    assert found["a"][0].metadata == Metadata("tester", "a:1", NOW)
    assert found["a"][0].name == "test.counted.v1"
    assert found["nothing"] == []


def test_a_snapshot_sees_one_state_and_changes_nothing(store: EventStore) -> None:
    count = "SELECT count(*) FROM eventstore.events"
    with store.snapshot() as connection:
        assert connection.execute(count).fetchone() == (0,)
        store.append([counted("a", 1)])
        assert connection.execute(count).fetchone() == (0,)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), connection.transaction():
            connection.execute("CREATE TABLE nothing ()")
    with store.snapshot() as connection:
        assert connection.execute(count).fetchone() == (1,)


def test_a_version_that_is_taken_is_a_conflict_that_names_the_stream(store: EventStore) -> None:
    store.append([counted("a", 1)])
    with pytest.raises(StreamConflict) as caught:
        store.append([counted("b", 1), counted("a", 1)])
    assert caught.value.stream == "a"
    assert store.read(["b"])["b"] == []


def test_a_refused_append_leaves_no_gap(store: EventStore) -> None:
    store.append([counted("a", 1)])
    with pytest.raises(StreamConflict):
        store.append([counted("a", 1)])
    assert store.append([counted("a", 2)]) == [2]


def test_positions_are_dense_and_a_tailing_reader_misses_nothing(store: EventStore) -> None:
    writers, batches = 8, 12
    seen: list[int] = []
    done = threading.Event()

    def write(writer: int) -> None:
        for batch in range(batches):
            events = [counted(f"{writer}-{batch}-{n}", 1) for n in range(1 + batch % 5)]
            store.append(events)

    def tail() -> None:
        while not done.is_set() or store.head() > len(seen):
            seen.extend(recorded.position for recorded in store.page(len(seen), 50))

    with ThreadPoolExecutor(writers + 1) as pool:
        reader = pool.submit(tail)
        try:
            for writing in [pool.submit(write, writer) for writer in range(writers)]:
                writing.result()
        finally:
            done.set()
        reader.result()
    assert seen == list(range(1, store.head() + 1))
    times = [recorded.recorded_at for recorded in store.page(0, 10_000)]
    assert times == sorted(times)


def test_listeners_are_told_of_every_append_that_was_committed(store: EventStore) -> None:
    with psycopg.connect(store.url, autocommit=True) as listener:
        listener.execute("LISTEN events")
        store.append([counted("a", 1)])
        with pytest.raises(StreamConflict):
            store.append([counted("a", 1)])
        store.append([counted("b", 1)])
        notices = listener.notifies(timeout=GUARD_SECONDS, stop_after=2)
        told = [notice.channel for notice in notices]
        assert told == ["events", "events"]
        assert list(listener.notifies(timeout=0)) == []


def test_recorded_at_never_decreases_even_when_a_clock_does(store: EventStore) -> None:
    late, early = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    store.append([counted("a", 1)], recorded_at=late)
    store.append([counted("a", 2)], recorded_at=early)
    assert [recorded.recorded_at for recorded in store.page(0)] == [late, late]


# The same transaction -----------------------------------------------------------------------


def test_the_hook_commits_with_the_events(store: EventStore) -> None:
    told: list[int] = []
    store.append([counted("a", 1)], alongside=lambda _, positions: told.extend(positions))
    assert told == [1]


@pytest.mark.parametrize("fault", ["python", "sql"])
def test_a_hook_that_fails_rolls_everything_back(store: EventStore, fault: str) -> None:
    def fail(cursor: psycopg.Cursor[Any], _: object) -> None:
        if fault == "python":
            raise RuntimeError("no")
        cursor.execute("SELECT 1 / 0")

    with pytest.raises(Exception, match=r"no|division"):
        store.append([counted("a", 1)], alongside=fail)
    assert store.head() == 0


def test_a_constraint_of_the_hook_is_not_a_conflict(store: EventStore) -> None:
    def violate(cursor: psycopg.Cursor[Any], _: object) -> None:
        cursor.execute("INSERT INTO operations.cursors VALUES ('x', 'y'), ('x', 'z')")

    with pytest.raises(ConstraintBroken) as caught:
        store.append([counted("a", 1)], alongside=violate)
    assert caught.value.sqlstate == "23505"
    assert caught.value.constraint == "cursors_pkey"


def test_a_connection_lost_while_committing_has_an_unknown_outcome(
    store: EventStore, database_url: str
) -> None:
    def die(cursor: psycopg.Cursor[Any], _: object) -> None:
        die_while_committing(cursor, database_url)

    with pytest.raises(AppendOutcomeUnknown):
        store.append([counted("a", 1)], alongside=die)
    assert store.append([counted("a", 1)]) == [1]


def test_an_append_lock_that_is_never_had_is_said_once(
    store: EventStore, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventstore.recorder.LOCK_TIMEOUT_SECONDS", "0.2")
    with psycopg.connect(database_url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (0x4D79576F726B,))
        with pytest.raises(StoreUnavailable, match="lock timeout"):
            store.append([counted("a", 1)])


# Append-only --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    ["UPDATE eventstore.events SET topic = 'x'", "DELETE FROM eventstore.events",
     "TRUNCATE eventstore.events"],
)  # fmt: skip
@pytest.mark.parametrize("role", ["", "mywork_app", "mywork_auditor", "mywork_reader"])
def test_history_cannot_be_changed(
    store: EventStore, database_url: str, change: str, role: str
) -> None:
    store.append([counted("a", 1)])
    with psycopg.connect(database_url) as connection:
        if role:
            connection.execute(f"SET LOCAL ROLE {role}")
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.DatabaseError)) as caught:
            connection.execute(change)
        assert caught.value.sqlstate in ({"42501"} if role else {"ES002"})


def test_the_store_itself_writes_as_the_least_privileged_role(store: EventStore) -> None:
    roles: list[str] = []

    def note(cursor: psycopg.Cursor[Any], _: object = None) -> None:
        roles.extend(row[0] for row in cursor.execute("SELECT current_user"))

    store.append([counted("a", 1)], alongside=note)
    with store.transaction() as cursor:
        note(cursor)
    assert roles == ["mywork_app", "mywork_app"]


def test_only_the_writing_role_may_append(store: EventStore, database_url: str) -> None:
    insert = "INSERT INTO eventstore.events VALUES ('a', 1, 'x', '', 1, now())"
    with psycopg.connect(database_url) as connection:
        connection.execute("SET LOCAL ROLE mywork_auditor")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(insert)


@pytest.mark.parametrize("position", [3, 5])
def test_a_gap_in_the_positions_is_refused(
    store: EventStore, database_url: str, position: int
) -> None:
    store.append([counted("a", 1)])
    insert = "INSERT INTO eventstore.events VALUES ('b', 1, 'x', '', %s, now())"
    with psycopg.connect(database_url) as connection, pytest.raises(psycopg.DatabaseError) as got:
        connection.execute(insert, (position,))
    assert got.value.sqlstate == "ES001"


@pytest.mark.parametrize(
    "rows",
    ["('b', 1, 'x', '', 2, '2020-01-01'::timestamptz)",
     "('b', 1, 'x', '', 2, now()), ('b', 2, 'x', '', 4, now())"],
    ids=["earlier than the last", "a gap within"],
)  # fmt: skip
def test_a_batch_that_does_not_continue_the_history_is_refused(
    store: EventStore, database_url: str, rows: str
) -> None:
    store.append([counted("a", 1)])
    with psycopg.connect(database_url) as connection, pytest.raises(psycopg.DatabaseError) as got:
        connection.execute(f"INSERT INTO eventstore.events VALUES {rows}")
    assert got.value.sqlstate == "ES001"


def test_the_history_view_shows_json(store: EventStore, database_url: str) -> None:
    store.append([counted("a", 1, 7)])
    query = "SELECT position, name, effective_at, data, metadata->>'actor' FROM eventstore.history"
    with psycopg.connect(database_url) as connection:
        connection.execute("SET LOCAL ROLE mywork_auditor")
        row = connection.execute(query).fetchone()
    assert row == (1, "test.counted.v1", NOW, {"number": 7, "note": ""}, "tester")


# Names and bytes ----------------------------------------------------------------------------


def test_database_functions_are_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", "y")
    with pytest.raises(UnsafeConfiguration, match="unset"):
        EventStore(database_url, CATALOGUE)


def test_an_event_without_a_name_is_refused(store: EventStore) -> None:
    stray = NewEvent("a", 1, object(), Metadata("tester", "1", NOW))
    with pytest.raises(UnknownEventName):
        store.append([stray])


def test_bytes_that_do_not_decode_name_their_event() -> None:
    row = (9, "a", 1, "test.counted.v1", b'{"data":{"number":"seven"},"meta":{}}', NOW)
    with pytest.raises(BrokenHistory, match=r"event 9 \(test.counted.v1 in a\)"):
        CATALOGUE.decode(row)


def test_an_old_version_is_read_through_its_upcasters() -> None:
    catalogue = Catalogue(
        {"test.counted.v3": Counted},
        (
            Upcaster("test.counted.v1", "test.counted.v2", lambda data: {"number": data["n"]}),
            Upcaster("test.counted.v2", "test.counted.v3", lambda data: data | {"note": "old"}),
        ),
    )
    meta = b'{"actor":"t","command_id":"c","effective_at":"2026-11-24T12:00:00Z"}'
    row = (1, "a", 1, "test.counted.v1", b'{"data":{"n":5},"meta":' + meta + b"}", NOW)
    assert catalogue.decode(row).event == Counted(5, "old")
    assert catalogue.decode(row).name == "test.counted.v3"
    with pytest.raises(UnknownEventName, match="no upcaster"):
        catalogue.decode((1, "a", 1, "test.other.v1", b'{"data":{},"meta":{}}', NOW))


def test_an_upcaster_that_leads_nowhere_is_refused() -> None:
    catalogue = Catalogue({"a.v1": Counted}, (Upcaster("a.v0", "a.v7", lambda data: data),))
    with pytest.raises(UnknownEventName, match=r"unknown a\.v7"):
        catalogue.complete()


# Followers ----------------------------------------------------------------------------------


def collecting(name: str, into: list[int]) -> Follower:
    return Follower(name, lambda _, page: into.extend(r.position for r in page))


def test_a_page_and_its_position_commit_together(store: EventStore) -> None:
    store.append([counted("a", n + 1) for n in range(5)])
    attempts: list[int] = []

    def fail_once(_: object, page: Any) -> None:
        attempts.append(len(page))
        if len(attempts) == 1:
            raise RuntimeError("crash after the position was moved")

    follower = Follower("f", fail_once)
    with pytest.raises(RuntimeError):
        Runner(store, [follower]).step(follower)
    assert Runner(store, [follower]).catch_up() == 5
    assert attempts == [5, 5]


def test_a_runner_that_was_overtaken_applies_nothing_twice(store: EventStore) -> None:
    store.append([counted("a", 1)])
    seen: list[int] = []
    follower = collecting("f", seen)
    slow, fast = Runner(store, [follower]), Runner(store, [follower])
    assert slow._position("f") == 0
    fast.catch_up()
    with pytest.raises(Overtaken):
        slow.step(follower)
    slow.catch_up()
    assert seen == [1]


def test_one_runner_is_active_and_another_takes_over_when_it_dies(
    store: EventStore, database_url: str
) -> None:
    seen: list[int] = []
    stop = threading.Event()
    runners = [Runner(store, [collecting("f", seen)]) for _ in range(3)]
    threads = [threading.Thread(target=runner.run, args=(stop,)) for runner in runners]
    for thread in threads:
        thread.start()
    try:
        for number in range(20):
            store.append([counted("a", number + 1)])
            if number == 10:
                wait_until(lambda: _kill_holder_of_runner_lock(database_url), *threads)
        wait_until(lambda: len(seen) == 20, *threads)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert seen == list(range(1, 21))


def _kill_holder_of_runner_lock(database_url: str) -> bool:
    query = """
        SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
         WHERE l.locktype = 'advisory' AND l.classid = %s AND d.datname = current_database()"""
    with psycopg.connect(database_url, autocommit=True) as connection:
        return connection.execute(query, (0x52554E,)).rowcount == 1
