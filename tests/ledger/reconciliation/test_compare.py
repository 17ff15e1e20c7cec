"""Both sides of every transaction, compared by PostgreSQL on what was really posted."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from events import EXAMPLES
from fakes import START
from shop import Shop
from transactions import moved

from mywork.application.commands import envelope
from mywork.domain.balance_adjustment import RecordAdjustment
from mywork.ledger.reconciliation.compare import (
    CORRECTING,
    SETTLING,
    Compared,
    Comparison,
    Span,
    comparison,
)
from mywork.ledger.reconciliation.sides import StatementSide
from mywork.ledger.rules.posting import post

SPAN = Span(START - timedelta(days=1))
CHARGE = StatementSide("txn_1", "charge", "ch_1", "USD", 29_900, 897, START)
BALANCE = {"stripe:pending", "stripe:available"}


@pytest.fixture
def settled(shop: Shop) -> Shop:
    """A sale that Stripe has settled."""
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.core.inbox.store([shop.moved("txn_1", "ch_1")])
    shop.core.inbox_worker.drain()
    return shop


@pytest.fixture
def session(settled: Shop) -> Iterator[Comparison]:
    with comparison(settled.core.store.url) as found:
        yield found


def test_every_event_that_moves_stripes_balance_is_known() -> None:
    """Funds that become available move nothing between them; all others must be looked at."""
    unexplained = replace(EXAMPLES["break.opened.v1"], kind="unexplained_transaction")
    moving = []
    for name, event in (EXAMPLES | {"break.opened.v1": unexplained}).items():
        entry = post(event)
        lines = entry.postings if entry else ()
        if sum(line.amount_minor for line in lines if line.account in BALANCE):
            moving.append(name)
    assert set(SETTLING) <= set(moving) <= {*SETTLING, *CORRECTING}
    for name in {*SETTLING, *CORRECTING} - {"break.opened.v1"}:
        assert "transaction_id" in {field.name for field in fields(EXAMPLES[name])}


def test_what_agrees_is_counted_and_does_not_come_out(session: Comparison) -> None:
    assert session.add([CHARGE]) == 1
    assert session.compare(SPAN) == Compared({"charge": 1}, [], {"USD": 29_003}, position(session))


def position(session: Comparison) -> int:
    query = "SELECT max(notification_id) FROM eventstore.events"
    ((found,),) = session.connection.execute(query).fetchall()
    return int(found)


def test_what_only_one_side_knows_comes_out(session: Comparison) -> None:
    foreign = replace(CHARGE, id="txn_9", object_id="ch_9")
    session.add([foreign])
    found = session.compare(SPAN)
    assert found.matched == {}
    assert [
        (pair.transaction_id, len(pair.statement), len(pair.ledger)) for pair in found.unequal
    ] == [
        ("txn_9", 1, 0),
        ("txn_1", 0, 1),
    ]
    (line,) = found.unequal[1].ledger
    assert (line.stream, line.net_minor, line.expense_minor) == ("order-1", 29_003, 897)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_minor": 29_901, "fee_minor": 898},  # the same net
        {"fee_minor": 898},
        {"currency": "EUR"},
        {"at": START + timedelta(seconds=1)},
    ],
    ids="-".join,
)
def test_whatever_differs_comes_out(session: Comparison, changes: dict[str, Any]) -> None:
    session.add([replace(CHARGE, **changes)])
    (pair,) = session.compare(SPAN).unequal
    assert (len(pair.statement), len(pair.ledger)) == (1, 1)


def test_a_transaction_that_is_told_twice_comes_out(session: Comparison) -> None:
    session.add([CHARGE, CHARGE])
    (pair,) = session.compare(SPAN).unequal
    assert (len(pair.statement), len(pair.ledger)) == (2, 1)


def test_what_was_posted_outside_the_span_is_found_by_its_object(session: Comparison) -> None:
    session.add([CHARGE])
    later = Span(START + timedelta(days=1))
    assert session.compare(later).matched == {"charge": 1}


def test_what_was_posted_outside_the_span_is_found_by_its_stream(settled: Shop) -> None:
    fee: Any = RecordAdjustment("stripe_fee", moved("txn_5", "fee", "txn_5", -500, START))
    settled.core.handler.handle(envelope(fee, actor="test"))
    with comparison(settled.core.store.url) as session:
        session.add([StatementSide("txn_5", "fee", "", "USD", -500, 0, START)])
        found = session.compare(Span(START + timedelta(days=1)))
    assert (found.matched, found.unequal) == ({"fee": 1}, [])


def test_the_span_ends_before_its_end(session: Comparison) -> None:
    assert session.compare(Span(START - timedelta(days=1), START)).unequal == []


def test_a_source_may_tell_minutes_only(settled: Shop) -> None:
    settled.clock.advance(seconds=30)
    settled.place("2")
    settled.handle(settled.paying("2"))
    settled.core.inbox.store([settled.moved("txn_2", "ch_2")])
    settled.core.inbox_worker.drain()
    with comparison(settled.core.store.url) as session:
        session.add([CHARGE, replace(CHARGE, id="txn_2", object_id="ch_2")])
        assert session.compare(replace(SPAN, unit="minute")).matched == {"charge": 2}


def test_a_doubled_posting_is_seen_though_the_event_says_otherwise(settled: Shop) -> None:
    with psycopg.connect(settled.core.store.url) as connection:
        connection.execute("SET session_replication_role = replica")  # no trigger refuses
        connection.execute(
            """INSERT INTO ledger.postings
               SELECT position, line + 10, account_id, p.currency, amount_minor, object_id
                 FROM ledger.postings p JOIN ledger.accounts a ON a.id = p.account_id
                WHERE a.code = 'expense:processing'"""
        )
    with comparison(settled.core.store.url) as session:
        session.add([CHARGE])
        ((line,),) = [pair.ledger for pair in session.compare(SPAN).unequal]
    assert (line.net_minor, line.expense_minor) == (29_003, 1_794)
