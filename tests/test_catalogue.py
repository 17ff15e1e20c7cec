"""Every event, whatever it holds, is read as it was stored, and posts in balance or not at all."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore import Catalogue, Metadata, NewEvent, NotStorable
from mywork.application.commands import DECIDERS, Command
from mywork.domain import breaks, catalogue, order, subscription
from mywork.domain.catalogue import EVENTS
from mywork.ledger.entry import EntryUnbalanced
from mywork.ledger.rules import post

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CATALOGUE = Catalogue(EVENTS)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
times = st.datetimes(timezones=st.just(UTC))
st.register_type_strategy(str, texts)
st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))
st.register_type_strategy(datetime, times)
st.register_type_strategy(Mapping, st.dictionaries(texts, st.integers(0, 10**15)))

DIVIDING = {
    order.OrderPaid,
    order.PaymentConverted,
    order.RefundRequested,
    order.RefundDeclined,
    order.RefundRefused,
    order.RefundCreated,
    order.RefundFailed,
    order.RefundSettled,
    order.DisputeWithdrawn,
    order.DisputeReinstated,
    order.DisputeClosed,
    subscription.InvoiceRefunded,
    subscription.InvoiceRefundFailed,
    subscription.InvoiceRefundSettled,
    subscription.InvoiceConverted,
    subscription.InvoiceDisputeClosed,
    breaks.PaymentReturnSettled,
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


def test_every_event_of_the_domain_has_a_name() -> None:
    assert set(EVENTS.values()) == set(get_args(catalogue.Event))
    assert set(DECIDERS) == set(get_args(Command))


@pytest.mark.parametrize("name", EVENTS)
def test_a_name_says_what_happened_and_in_which_version(name: str) -> None:
    concept, happened, version = name.split(".")
    assert concept in {
        "user",
        "seller",
        "product",
        "order",
        "payout",
        "subscription",
        "reconciliation",
        "debt",
        "movement",
        "break",
        "period",
    }
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
