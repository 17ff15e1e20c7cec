"""What PostgreSQL cannot keep is refused before it becomes a part of history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore import arrays
from eventstore.catalogue import Catalogue
from eventstore.envelope import Metadata, NewEvent
from eventstore.errors import NotStorable
from eventstore.store import EventStore

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Noted:
    note: str


CATALOGUE = Catalogue({"test.noted.v1": Noted})


def noted(note: str, reason: str = "") -> NewEvent:
    return NewEvent("a", 1, Noted(note), Metadata("tester", "1", NOW, reason))


@pytest.fixture
def store(database_url: str) -> Iterator[EventStore]:
    with EventStore(database_url, CATALOGUE) as store:
        yield store


@pytest.mark.parametrize("event", [noted("a\0b"), noted("\\\0"), noted("a", reason="\0")])
def test_a_text_that_would_break_the_history_view_is_refused(
    store: EventStore, event: NewEvent
) -> None:
    with pytest.raises(NotStorable, match="NUL"):
        store.append([event])
    assert store.head() == 0


@pytest.mark.parametrize("note", ["\\u0000", "\\\\u0000", "\u0001 \u001f", "\U0001f600", "'\"{}"])
def test_texts_that_only_look_alike_are_kept_and_shown(store: EventStore, note: str) -> None:
    store.append([noted(note)])
    assert store.read(["a"])["a"][0].event == Noted(note)
    with psycopg.connect(store.url) as connection:
        row = connection.execute("SELECT data ->> 'note' FROM eventstore.history").fetchone()
    assert row == (note,)


@given(st.text())
def test_any_text_is_encoded_and_read_again_or_has_a_nul(note: str) -> None:
    event = noted(note)
    if "\0" in note:
        with pytest.raises(NotStorable):
            CATALOGUE.encode(event)
        return
    state = CATALOGUE.encode(event).state
    assert CATALOGUE.decode((1, "a", 1, "test.noted.v1", state, NOW)).event == Noted(note)


def test_array_literals_arrive_as_they_were(store: EventStore) -> None:
    texts = ["", "NULL", "a,b", '"', "\\", "{}", " ", "\n", "\u2028", "'; --", '\\"', "\U0001f600"]
    with psycopg.connect(store.url) as connection:
        query = "SELECT %s::text[], %s::bytea[], %s::bigint[]"
        columns = arrays.texts(texts), arrays.byte_strings([b"", b"\x00\xff"]), arrays.integers([])
        row = connection.execute(query, columns).fetchone()
    assert row == (texts, [b"", b"\x00\xff"], [])


def test_a_stream_that_postgresql_cannot_name_is_refused(store: EventStore) -> None:
    metadata = Metadata("tester", "1", NOW)
    with pytest.raises(NotStorable):
        store.append([NewEvent("a\0", 1, Noted(""), metadata)])
    with pytest.raises(NotStorable):
        store.append([NewEvent("a", 2**63, Noted(""), metadata)])
