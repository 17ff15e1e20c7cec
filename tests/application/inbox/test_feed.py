"""Reading Stripe: every page once, and what an outage lost."""

from datetime import timedelta

import pytest
from fakes import START
from shop import Shop

from mywork.application.inbox.feed import OVERLAP, STRIPE_KEEPS_EVENTS_FOR
from mywork.application.ports.faults import VendorUnavailable


def cursor(shop: Shop) -> str:
    query = "SELECT value FROM operations.cursors WHERE name = 'stripe_balance_transactions'"
    return str(shop.rows(query)[0][0])


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """With five transactions at Stripe, in pages of two."""
    shop.payments.transactions = [shop.moved(f"txn_{n}", f"ch_{n}") for n in range(5)]
    return shop


def test_every_transaction_is_stored_and_the_cursor_stands_at_the_last(shop: Shop) -> None:
    assert shop.core.feed.read_transactions() == 5
    assert cursor(shop) == "txn_4"
    assert shop.core.feed.read_transactions() == 0


def test_only_what_is_new_is_asked_for(shop: Shop) -> None:
    shop.core.feed.read_transactions()
    shop.payments.calls.clear()
    shop.payments.transactions.append(shop.moved("txn_5", "ch_5"))
    assert shop.core.feed.read_transactions() == 1
    assert len(shop.payments.calls) == 1


def test_a_page_and_the_cursor_behind_it_are_kept_when_the_next_fails(shop: Shop) -> None:
    shop.payments.refuses = [VendorUnavailable("no answer")]
    with pytest.raises(VendorUnavailable):
        shop.core.feed.read_transactions()
    assert (cursor(shop), shop.core.inbox.counts()["waiting"]) == ("txn_1", 2)
    assert shop.core.feed.read_transactions() == 3


def test_the_cursor_does_not_move_without_its_page(shop: Shop) -> None:
    shop.change("ALTER TABLE operations.cursors ADD CONSTRAINT broken CHECK (value = '')")
    with pytest.raises(Exception, match="broken"):
        shop.core.feed.read_transactions()
    assert shop.core.inbox.counts()["waiting"] == 0


def test_reading_from_the_beginning_again_stores_nothing_twice(shop: Shop) -> None:
    shop.core.feed.read_transactions()
    shop.change("DELETE FROM operations.cursors")
    assert shop.core.feed.read_transactions() == 0
    assert shop.core.inbox.counts()["waiting"] == 5


def test_events_that_never_arrived_are_found_and_the_others_left_alone(shop: Shop) -> None:
    shop.payments.events = [shop.paid("1"), shop.paid("2")]
    shop.core.inbox.store([shop.paid("1")])
    assert shop.core.feed.repair_events(START) == 1
    assert shop.core.feed.repair_events(START + timedelta(hours=6)) == 0
    assert shop.payments.asked_since == [START - STRIPE_KEEPS_EVENTS_FOR, START - OVERLAP]
