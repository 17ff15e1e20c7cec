"""Every event, whatever it holds, is read as it was stored, and posts in balance or not at all."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore.catalogue import Catalogue
from eventstore.envelope import Metadata, NewEvent
from eventstore.errors import NotStorable
from mywork.domain.breaks.return_messages import PaymentReturnSettled
from mywork.domain.catalogue import CONCEPTS, EVENTS, concept, concepts, deciders
from mywork.domain.order.dispute_messages import DisputeClosed, DisputeReinstated, DisputeWithdrawn
from mywork.domain.order.refund_messages import (
    RefundCreated,
    RefundDeclined,
    RefundFailed,
    RefundRefused,
    RefundRequested,
    RefundSettled,
)
from mywork.domain.order.sale_messages import OrderPaid
from mywork.domain.order.settlement_messages import PaymentConverted
from mywork.domain.subscription.dispute_messages import InvoiceDisputeClosed
from mywork.domain.subscription.invoice_messages import InvoiceRefunded, InvoiceRefundFailed
from mywork.domain.subscription.settlement_messages import InvoiceConverted, InvoiceRefundSettled
from mywork.ledger.entry import EntryUnbalanced
from mywork.ledger.rules.posting import MONEY, post

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CATALOGUE = Catalogue(EVENTS)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
times = st.datetimes(timezones=st.just(UTC))
st.register_type_strategy(str, texts)
st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))
st.register_type_strategy(datetime, times)
st.register_type_strategy(Mapping, st.dictionaries(texts, st.integers(0, 10**15)))

DIVIDING = {
    OrderPaid,
    PaymentConverted,
    RefundRequested,
    RefundDeclined,
    RefundRefused,
    RefundCreated,
    RefundFailed,
    RefundSettled,
    DisputeWithdrawn,
    DisputeReinstated,
    DisputeClosed,
    InvoiceRefunded,
    InvoiceRefundFailed,
    InvoiceRefundSettled,
    InvoiceConverted,
    InvoiceDisputeClosed,
    PaymentReturnSettled,
}

events = st.sampled_from(list(EVENTS.values())).flatmap(st.builds)
metadata = st.builds(Metadata)


@settings(max_examples=300)
@given(events, metadata)
def test_an_event_is_read_as_it_was_stored(event: Any, metadata: Metadata) -> None:
    stored = CATALOGUE.encode(NewEvent("s", 1, event, metadata))
    recorded = CATALOGUE.decode((1, "s", 1, stored.topic, stored.state, NOW))
    assert (recorded.event, recorded.metadata) == (event, metadata)
    assert recorded.name == stored.topic
    again = CATALOGUE.encode(NewEvent("s", 1, recorded.event, recorded.metadata))
    assert again.state == stored.state


@settings(max_examples=300)
@given(events)
def test_an_event_posts_in_balance_or_nothing(event: Any) -> None:
    try:
        entry = post(event)
    except EntryUnbalanced:
        assert type(event) in DIVIDING  # whose parts, made up here, need not sum up
        return
    if entry is not None:
        assert all(line.amount_minor for line in entry.postings)
        for currency in {line.currency for line in entry.postings}:
            lines = [line for line in entry.postings if line.currency == currency]
            assert sum(line.amount_minor for line in lines) == 0


def test_whatever_evolves_a_state_has_a_name() -> None:
    for found in concepts():
        folded = get_type_hints(found.evolve)["event"]
        assert set(found.events.values()) == set(get_args(folded) or (folded,))


def test_whatever_tells_of_amounts_moves_money_or_says_why_not() -> None:
    for found in concepts():
        telling = {
            event
            for event in found.events.values()
            if any("minor" in field.name for field in fields(event))
        }
        assert not set(found.money) & set(found.still)
        assert telling == set(found.money) | set(found.still)
        assert all(found.still.values())


def test_nothing_is_registered_twice() -> None:
    assert len(set(EVENTS.values())) == len(set(EVENTS)) == len(EVENTS)
    assert len(deciders()) == sum(len(found.decisions) for found in concepts())


def test_what_moves_money_is_posted() -> None:
    assert {event for found in concepts() for event in found.money} == MONEY


@pytest.mark.parametrize("word", CONCEPTS)
def test_a_concept_is_found_by_the_names_of_its_events(word: str) -> None:
    assert {name.partition(".")[0] for name in concept(word).events} == {word}


def test_a_name_of_no_event_is_not_found() -> None:
    for name in ("order.paid.v0", "orders.paid.v1", ""):
        assert EVENTS.get(name) is None


@pytest.mark.parametrize("name", EVENTS)
def test_a_name_says_what_happened_and_in_which_version(name: str) -> None:
    _, happened, version = name.split(".")
    assert happened == happened.lower()
    assert version == "v1"


def test_a_time_of_effect_has_a_time_zone() -> None:
    event = EVENTS["product.published.v1"]("p")
    naive = Metadata("a", "c", NOW.replace(tzinfo=None))
    with pytest.raises(NotStorable, match="time zone"):
        CATALOGUE.encode(NewEvent("s", 1, event, naive))
    elsewhere = Metadata("a", "c", NOW.astimezone(timezone(timedelta(hours=9))))
    stored = CATALOGUE.encode(NewEvent("s", 1, event, elsewhere))
    recorded = CATALOGUE.decode((1, "s", 1, stored.topic, stored.state, NOW))
    assert recorded.metadata.effective_at == NOW
