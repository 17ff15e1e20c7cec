"""The sealed tree: it has every committed event once, whoever seals, however often."""

import threading
from collections.abc import Iterator

import psycopg
import pytest
from history import happen, root_by_hand, store_of, tampering

from eventstore.errors import ConstraintBroken, NotStorable
from eventstore.store import EventStore
from mywork.ledger.proof import sealing, tree
from mywork.ledger.proof.sealing import seal
from mywork.ledger.proof.tiles import TILE, StoredTree


@pytest.fixture
def store(database_url: str) -> Iterator[EventStore]:
    with store_of(database_url) as store:
        yield store


def sealed_root(store: EventStore, size: int) -> bytes:
    with store.connection() as connection:
        return tree.root(StoredTree(connection.cursor()).nodes, size)


def rows_by_level(store: EventStore) -> dict[int, tuple[int, int]]:
    """For each level the number of rows and of hashes."""
    query = "SELECT level, count(*), sum(octet_length(hashes)) / 32 FROM ledger.tiles GROUP BY 1"
    with store.connection() as connection:
        return {level: (rows, hashes) for level, rows, hashes in connection.execute(query)}


def test_nothing_is_sealed_of_an_empty_history(store: EventStore) -> None:
    assert seal(store) == 0
    assert rows_by_level(store) == {}


def test_a_history_of_three_levels_is_sealed_in_pages(store: EventStore) -> None:
    happen(store.url, 66_000)
    reported: list[tuple[int, int]] = []
    assert seal(store, progress=lambda *done: reported.append(done)) == 66_000
    assert reported[0] == (sealing.PAGE, 66_000)
    assert reported[-1] == (66_000, 66_000)
    assert rows_by_level(store) == {0: (258, 66_000), 1: (257, 257), 2: (1, 1)}
    for size in (66_000, 65_536, 65_537, 300, 256, 1):
        assert sealed_root(store, size) == root_by_hand(store, size)


def test_what_came_since_is_added_and_nothing_twice(store: EventStore) -> None:
    for events in (1, 2, 300, 0, 209, 1):
        happen(store.url, events)
        seal(store)
        assert seal(store) == store.head()
    size = store.head()
    assert size == 513
    assert rows_by_level(store)[0][1] == 513
    assert rows_by_level(store)[1][1] == 2
    assert all(sealed_root(store, n) == root_by_hand(store, n) for n in (1, 3, 303, 512, 513))


def test_sealers_take_turns(store: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PAGE", TILE)
    happen(store.url, 3_000)
    threads = [threading.Thread(target=seal, args=(store,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows_by_level(store)[0] == (12, 3_000)
    assert sealed_root(store, 3_000) == root_by_hand(store, 3_000)


def test_a_sealer_that_dies_leaves_whole_pages(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "PAGE", TILE)
    happen(store.url, 1_000)

    def die(done: int, _: int) -> None:
        if done > 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seal(store, progress=die)
    assert rows_by_level(store) == {0: (2, 512), 1: (2, 2)}
    assert seal(store) == 1_000
    assert sealed_root(store, 1_000) == root_by_hand(store, 1_000)


def test_what_is_not_committed_is_not_sealed(store: EventStore) -> None:
    happen(store.url, 10)
    with psycopg.connect(store.url) as writer:
        writer.execute(
            "INSERT INTO eventstore.events SELECT 'late', 1, topic, state, 11, now()"
            " FROM eventstore.events LIMIT 1"
        )
        assert seal(store) == 10
    assert seal(store) == 11


def test_a_deleted_event_stops_the_sealer(store: EventStore) -> None:
    happen(store.url, 600)
    for missing in (600, 300, 1):  # at the end nobody can see it yet; then in the middle, at first
        with tampering(store.url) as connection:
            connection.execute(
                "DELETE FROM eventstore.events WHERE notification_id = %s", (missing,)
            )
        if missing < 600:
            with pytest.raises(ConstraintBroken, match="does not continue the tree"):
                seal(store)
    assert rows_by_level(store) == {}


def test_an_unreadable_event_stops_the_sealer(store: EventStore) -> None:
    happen(store.url, 3)
    with tampering(store.url) as connection:
        connection.execute("UPDATE eventstore.events SET state = '\\xff' WHERE notification_id = 2")
    with pytest.raises(NotStorable):
        seal(store)
    assert rows_by_level(store) == {}


@pytest.mark.parametrize("table", ["tiles", "heads", "signing_keys", "published_notes"])
@pytest.mark.parametrize("verb", ["DELETE FROM", "TRUNCATE"])
def test_what_is_sealed_is_never_removed(store: EventStore, table: str, verb: str) -> None:
    with psycopg.connect(store.url) as connection, pytest.raises(psycopg.DatabaseError) as caught:
        connection.execute(f"{verb} ledger.{table} {'CASCADE' * (verb == 'TRUNCATE')}")
    assert caught.value.sqlstate == "ES002"


def test_what_is_sealed_is_never_changed(store: EventStore) -> None:
    with psycopg.connect(store.url) as connection, pytest.raises(psycopg.DatabaseError) as caught:
        connection.execute("UPDATE ledger.tiles SET first = 7")
    assert caught.value.sqlstate == "ES002"


@pytest.mark.parametrize(
    ("first", "hashes", "sqlstate"),
    [(4, 1, "MW021"), (2, 1, "MW021"), (3, 254, "23514"), (0, 1, "23505")],
    ids=["a gap", "an overlap", "beyond its tile", "again"],
)
def test_the_application_can_add_only_what_continues_the_tree(
    store: EventStore, first: int, hashes: int, sqlstate: str
) -> None:
    happen(store.url, 3)
    seal(store)
    row = (first, b"\0" * 32 * hashes)
    with psycopg.connect(store.url) as connection:
        connection.execute("SET ROLE mywork_app")
        with pytest.raises(psycopg.DatabaseError) as caught:
            connection.execute("INSERT INTO ledger.tiles VALUES (0, %s, %s)", row)
    assert caught.value.sqlstate == sqlstate


def test_nothing_is_booked_to_an_event_that_is_sealed(store: EventStore) -> None:
    happen(store.url, 1)
    booking = (
        "INSERT INTO ledger.entries"
        " SELECT notification_id, now(), recorded_at, ledger.period_of(now(), NULL), 2"
        " FROM eventstore.events WHERE notification_id = 1"
    )
    with psycopg.connect(store.url) as connection:
        connection.execute(booking)
        connection.rollback()
        seal(store)
        with pytest.raises(psycopg.DatabaseError) as caught:
            connection.execute(booking)
    assert caught.value.sqlstate == "MW023"


def test_a_subtree_that_is_not_sealed_has_no_root(store: EventStore) -> None:
    happen(store.url, 3)
    seal(store)
    with pytest.raises(LookupError):
        sealed_root(store, 4)
