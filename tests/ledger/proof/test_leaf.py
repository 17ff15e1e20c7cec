"""A leaf in PostgreSQL and in Python are the same bytes, whatever an event holds."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from history import tampering
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marketplace import Marketplace

from eventstore.catalogue import Catalogue
from eventstore.store import EventStore
from mywork.domain.catalogue import EVENTS
from mywork.ledger.proof.records import Record, line, stream_records
from mywork.ledger.proof.verify_history import leaf_bytes, leaf_hash

Connection = psycopg.Connection[tuple[Any, ...]]
_EVENT = "INSERT INTO eventstore.events VALUES (%s, %s, %s, %s, %s, %s)"
_ENTRY = "INSERT INTO ledger.entries VALUES (%s, %s, %s, %s, %s)"
_ACCOUNT = """
INSERT INTO ledger.accounts (code, currency, kind, bound_sign) VALUES (%s, %s, 'asset', 0)
ON CONFLICT (code, currency) DO UPDATE SET kind = 'asset' RETURNING id
"""
_POSTINGS = """
INSERT INTO ledger.postings
SELECT %s, line, account, %s, amount, object
  FROM unnest(%s::integer[], %s::bigint[], %s::text[]) WITH ORDINALITY AS l(account, amount, object, line)
"""  # noqa: E501

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
first, last = datetime(1970, 1, 2), datetime(2400, 1, 1)  # noqa: DTZ001
moments = st.datetimes(first, last, timezones=zones)
amounts = st.integers(1, 2**62)
lines = st.tuples(texts, texts, amounts, st.none() | texts)  # two accounts, an amount, an object
events = st.fixed_dictionaries(
    {
        "stream": texts,
        "version": st.integers(1, 2**63 - 1),
        "name": texts,
        "data": st.dictionaries(texts, texts | st.integers(), max_size=3),
        "effective_at": moments,
        "recorded_at": moments,
        "entry": st.none() | st.tuples(texts, moments, st.lists(lines, min_size=1, max_size=1)),
    }
)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with tampering(database_url) as connection:
        yield connection


def insert(connection: Connection, event: dict[str, Any]) -> None:
    """As event 1 of an empty history; no trigger looks, so the rows may hold anything."""
    state = {"data": event["data"], "meta": {"effective_at": event["effective_at"].isoformat()}}
    stored = json.dumps(state, ensure_ascii=False).encode()
    about = event["stream"], event["version"], event["name"], stored, 1, event["recorded_at"]
    connection.execute(_EVENT, about)
    if event["entry"] is None:
        return
    period, effective_at, moved = event["entry"]
    connection.execute(_ENTRY, (1, effective_at, event["recorded_at"], period, 2))
    for debit, credit, amount, object_id in moved:
        accounts = [
            connection.execute(_ACCOUNT, (code, "USD")).fetchone()[0]  # type: ignore[index]
            for code in (debit, credit)
        ]
        postings = accounts, [amount, -amount], [object_id, object_id]
        connection.execute(_POSTINGS, (1, "USD", *postings))


def recorded(connection: Connection) -> Record:
    query = "SELECT row_to_json(r)::jsonb, encode(leaf, 'hex') FROM ledger.records(1, 1) r"
    found = connection.execute(query).fetchone()
    assert found is not None
    record: Record = found[0] | {"leaf": found[1]}
    return record


def fields_in(leaf: bytes) -> list[bytes]:
    """Read a leaf back; there is but one way, so two records never share a leaf."""
    fields = []
    while leaf:
        length, _, rest = leaf.partition(b":")
        size = int(length)
        assert rest[size : size + 1] == b","
        fields.append(rest[:size])
        leaf = rest[size + 1 :]
    return fields


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@given(event=events)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_postgresql_and_python_agree_on_any_leaf(
    connection: Connection, event: dict[str, Any]
) -> None:
    with connection.transaction(force_rollback=True):
        insert(connection, event)
        record = recorded(connection)
    assert leaf_hash(record).hex() == record["leaf"]
    assert record["recorded_at"] == utc(event["recorded_at"])
    assert record["effective_at"] == utc(event["effective_at"])


@given(event=events)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_leaf_can_be_read_back_in_one_way_only(
    connection: Connection, event: dict[str, Any]
) -> None:
    with connection.transaction(force_rollback=True):
        insert(connection, event)
        record = recorded(connection)
    names = ("position", "name", "stream", "version", "recorded_at", "effective_at")
    fields = fields_in(leaf_bytes(record))
    assert fields[1:7] == [str(record[name]).encode() for name in names]  # type: ignore[literal-required]
    postings = fields[11:]
    if event["entry"] is None:
        assert len(fields) == 8
    else:
        assert fields[8:11] == [
            utc(event["entry"][1]).encode(), utc(event["recorded_at"]).encode(),
            event["entry"][0].encode(),
        ]  # fmt: skip
        [(debit, credit, amount, object_id)] = event["entry"][2]
        name = (object_id or "").encode()
        assert postings == [
            debit.encode(), b"USD", b"%d" % amount, name,
            credit.encode(), b"USD", b"-%d" % amount, name,
        ]  # fmt: skip


def test_every_event_of_a_marketplace_has_its_record(marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    store = marketplace.core.store
    head = store.head()
    records = list(stream_records(store, until=head))
    assert [record["position"] for record in records] == list(range(1, head + 1))
    assert [leaf_hash(record).hex() for record in records] == [r["leaf"] for r in records]
    posted = [record["entry"] for record in records if record["entry"]]
    assert [sum(p["amount_minor"] for p in entry["postings"]) for entry in posted] == [
        0 for _ in posted
    ]
    assert posted
    paid = next(record for record in records if record["name"] == "order.paid.v1")
    with store.connection() as connection:
        query = "SELECT state FROM eventstore.events WHERE notification_id = %s"
        row = connection.execute(query, (paid["position"],)).fetchone()
    assert row == (paid["state"].encode(),)


def test_records_come_by_pages_and_from_any_position(
    marketplace: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mywork.ledger.proof.records.PAGE", 3)
    marketplace.published_product()
    store = marketplace.core.store
    marketplace.published_product(), marketplace.published_product()
    head = store.head()
    positions = [record["position"] for record in stream_records(store, after=1, until=head - 1)]
    assert positions == list(range(2, head))
    assert list(stream_records(store, after=head, until=head)) == []


@given(event=events)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_line_is_the_only_way_to_write_its_record(
    connection: Connection, event: dict[str, Any]
) -> None:
    """Python's own JSON writes the same bytes, so a verifier can compare them."""
    with connection.transaction(force_rollback=True):
        insert(connection, event)
        record = recorded(connection)
    written = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    assert line(record) == written.encode() + b"\n"


def test_an_event_that_was_made_unreadable_is_not_passed_over(database_url: str) -> None:
    from eventstore.errors import NotStorable

    with psycopg.connect(database_url) as connection:
        row = ("order-1", 1, "order.paid.v1", b"\xff", 1, datetime.now(UTC))
        connection.execute(_EVENT, row)
    with EventStore(database_url, Catalogue(EVENTS)) as store, pytest.raises(NotStorable):
        list(stream_records(store, until=1))
