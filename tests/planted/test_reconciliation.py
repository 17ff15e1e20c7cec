"""Errors planted between Stripe, the books and the bank: each is exactly one break, rightly named.

Errors in the books are planted as the owner of the tables could, with every trigger off.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from marketplace import START, Marketplace

from mywork.sandbox.stripe import balance as stripe_balance
from mywork.sandbox.stripe.world import PLATFORM

SINCE = START - timedelta(days=1)


@pytest.fixture
def town(marketplace: Marketplace) -> Marketplace:
    """Two sales of one seller, settled, and nothing that differs."""
    marketplace.onboarded_seller()
    product = marketplace.published_product()
    for _ in range(2):
        marketplace.pay(marketplace.placed_order(product))
    marketplace.settle()
    marketplace.advance(minutes=10)
    marketplace.settle()
    assert reconciled(marketplace) == []
    return marketplace


def reconciled(town: Marketplace) -> list[tuple[str, str, int]]:
    """Every open break after a run, and after another that must say the same."""
    town.core.reconciling.with_stripe(SINCE)
    town.runner.catch_up()
    first = open_breaks(town)
    events = town.core.store.head()
    town.core.reconciling.with_stripe(SINCE)
    town.runner.catch_up()
    assert open_breaks(town) == first
    assert town.core.store.head() == events + 1  # the run itself, and nothing twice
    return first


def open_breaks(town: Marketplace) -> list[tuple[str, str, int]]:
    query = "SELECT kind, break_id, amount_minor FROM read.breaks WHERE status = 'open'"
    with town.core.store.connection() as connection:
        return connection.execute(query).fetchall()


def transactions(town: Marketplace) -> list[dict[str, Any]]:
    return list(town.world.all(PLATFORM, stripe_balance.TRANSACTIONS))


@contextmanager
def tampering(town: Marketplace) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(town.core.store.url) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def test_a_missing_webhook_leaves_a_transaction_that_nothing_explains(town: Marketplace) -> None:
    town.pay(town.placed_order(town.published_product()))
    town._delivered |= {event["id"] for event in town.undelivered()}  # lost on the way
    town.advance(minutes=10)
    town.settle()
    ((kind, _, amount_minor),) = reconciled(town)
    assert (kind, amount_minor) == ("unexplained_transaction", 29_900)


def test_a_transaction_that_the_feed_has_lost_is_missing_here(town: Marketplace) -> None:
    fee = stripe_balance.record(
        town.world, "", amount=-500, currency="usd", source="fee_1", category="fee"
    )
    with town.core.store.transaction() as cursor:  # the cursor goes on, without what it passed
        cursor.execute(
            "UPDATE operations.cursors SET value = %s WHERE name = 'stripe_balance_transactions'",
            (fee["id"],),
        )
    town.core.reconciling.with_stripe(SINCE)
    town.runner.catch_up()
    assert open_breaks(town) == [("missing_here", f"missing_here-{fee['id']}", -500)]
    assert reconciled(town) == []  # it went to the inbox, was posted, and the break has ended
    assert town.balances("expense:stripe_fees") == (500,)
