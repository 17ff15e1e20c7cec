"""Errors planted between Stripe, the books and the bank: each is exactly one break, rightly named.

Errors in the books are planted as the owner of the tables could, with every trigger off.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from audited import asked
from marketplace import ADA, START, Marketplace
from transactions import moved

from mywork.adapters.bank.csv import read_bank_csv
from mywork.application.commands import envelope
from mywork.domain.balance_adjustment import RecordAdjustment
from mywork.domain.breaks.explanation_messages import AssignBreak, ReopenBreak, ResolveBreak
from mywork.domain.decider import Command
from mywork.domain.errors import SellerHasOpenBreak
from mywork.domain.identifiers import BreakId
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
    town.core.stripe_reconciliation.with_stripe(SINCE)
    town.runner.catch_up()
    first = open_breaks(town)
    events = town.core.store.head()
    town.core.stripe_reconciliation.with_stripe(SINCE)
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


def charge(town: Marketplace) -> dict[str, Any]:
    """The transaction of a sale."""
    return next(item for item in transactions(town) if item["reporting_category"] == "charge")


def change(town: Marketplace, transaction: dict[str, Any], **fields: Any) -> None:
    """Stripe says something else from now on, and its balance agrees with itself."""
    transaction.update(fields)
    town.world.totals.clear()


def forget(town: Marketplace, transaction: dict[str, Any]) -> None:
    town.world.remove(PLATFORM, stripe_balance.TRANSACTIONS, transaction["id"])
    town.world.totals.clear()


# Adds to the line of an account in the first entry that has one.
POST_MORE = """
UPDATE ledger.postings SET amount_minor = amount_minor + %(change)s
 WHERE (position, line) = (SELECT p.position, p.line FROM ledger.postings p
                             JOIN ledger.accounts a ON a.id = p.account_id
                            WHERE a.code = %(code)s ORDER BY 1, 2 LIMIT 1)
"""


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
    town.core.stripe_reconciliation.with_stripe(SINCE)
    town.runner.catch_up()
    assert open_breaks(town) == [("missing_here", f"missing_here-{fee['id']}", -500)]
    assert reconciled(town) == []  # it went to the inbox, was posted, and the break has ended
    assert town.balances("expense:stripe_fees") == (500,)


def test_a_transaction_that_stripe_does_not_have_is_missing_there(town: Marketplace) -> None:
    lost = charge(town)
    forget(town, lost)
    ((kind, break_id, amount_minor),) = reconciled(town)
    assert (kind, break_id) == ("missing_there", f"missing_there-{lost['id']}")
    assert amount_minor == 29_900


def test_a_fee_that_was_posted_twice_is_a_fee_that_differs(town: Marketplace) -> None:
    with tampering(town) as connection:
        for code, change in (("expense:processing", 897), ("stripe:pending", -897)):
            connection.execute(POST_MORE, {"code": code, "change": change})
    ((kind, _, amount_minor),) = reconciled(town)
    assert (kind, amount_minor) == ("fee_differs", 897 - 1_794)


def test_a_fee_that_stripe_took_twice_is_a_fee_that_differs(town: Marketplace) -> None:
    change(town, charge(town), fee=1_794, net=29_900 - 1_794)
    ((kind, _, amount_minor),) = reconciled(town)
    assert (kind, amount_minor) == ("fee_differs", 897)


def test_a_wrong_amount_differs(town: Marketplace) -> None:
    change(town, charge(town), amount=29_800, net=28_903)
    ((kind, _, amount_minor),) = reconciled(town)
    assert (kind, amount_minor) == ("amount_differs", -100)


def test_a_row_that_was_edited_differs_by_its_amount(town: Marketplace) -> None:
    with tampering(town) as connection:
        connection.execute(POST_MORE, {"code": "stripe:pending", "change": 1})
    ((kind, _, amount_minor),) = reconciled(town)
    assert (kind, amount_minor) == ("amount_differs", -1)


def test_a_wrong_currency_differs(town: Marketplace) -> None:
    change(town, charge(town), currency="eur")
    ((kind, _, _),) = reconciled(town)
    assert kind == "currency_differs"


def test_a_wrong_date_differs(town: Marketplace) -> None:
    found = charge(town)
    change(town, found, created=found["created"] - 60)
    ((kind, _, amount_minor),) = reconciled(town)
    assert (kind, amount_minor) == ("date_differs", 0)


def test_a_transaction_that_was_posted_twice_is_a_duplicate(town: Marketplace) -> None:
    found = charge(town)
    again: Any = RecordAdjustment(
        "stripe_fee",
        moved(found["id"], "fee", found["id"], -700, datetime.fromtimestamp(found["created"], UTC)),
    )
    town.core.handler.handle(envelope(again, actor="somebody"))
    ((kind, break_id, amount_minor),) = reconciled(town)
    assert (kind, break_id) == ("duplicate", f"duplicate-{found['id']}")
    assert amount_minor == 700


def test_a_transfer_that_we_never_made_is_explained_by_nothing(town: Marketplace) -> None:
    stripe_balance.record(
        town.world, "", amount=-5_000, currency="usd", source="tr_foreign", category="transfer"
    )
    town.settle()
    ((kind, _, amount_minor),) = reconciled(town)
    assert (kind, amount_minor) == ("unexplained_transaction", -5_000)


def test_a_movement_that_nobody_told_us_of_is_explained_by_nothing(town: Marketplace) -> None:
    stripe_balance.record(
        town.world, "", amount=-77, currency="usd", source="", category="other_adjustment"
    )
    town.settle()
    ((kind, _, amount_minor),) = reconciled(town)
    assert (kind, amount_minor) == ("unexplained_transaction", -77)


def test_a_balance_that_no_transaction_explains_differs(town: Marketplace) -> None:
    stripe_balance._totals(town.world, PLATFORM).available["usd"] = 12
    ((kind, break_id, amount_minor),) = reconciled(town)
    assert (kind, break_id, amount_minor) == ("balance_differs", "balance_differs-USD", 12)
    stripe_balance._totals(town.world, PLATFORM).available["usd"] = 0
    assert reconciled(town) == []


# The bank ------------------------------------------------------------------------------------


@pytest.fixture
def banking(town: Marketplace) -> Marketplace:
    """Two payouts of 100.00 and 200.00 to the platform's own bank."""
    for name, amount in (("po_1", -10_000), ("po_2", -20_000)):
        stripe_balance.record(
            town.world, "", amount=amount, currency="usd", source=name, category="payout"
        )
    town.settle()
    return town


def banked(town: Marketplace, *rows: str) -> list[tuple[str, str, int]]:
    """Every open break after a statement, twice, that reaches three weeks beyond the payouts."""
    text = "\n".join(["date,amount,currency,reference", *rows]).encode()
    for _ in range(2):
        statement = replace(read_bank_csv(text), last=(START + timedelta(days=21)).date())
        town.core.bank_reconciliation.with_statement(statement)
        town.runner.catch_up()
    return open_breaks(town)


LINES = ("2026-11-11,100.00,USD,STRIPE PAYOUT", "2026-11-12,200.00,USD,STRIPE po_2")


def test_a_bank_that_agrees_leaves_nothing_open(banking: Marketplace) -> None:
    assert banked(banking, *LINES) == []


def test_a_bank_line_without_a_payout_is_explained_by_nothing(banking: Marketplace) -> None:
    ((kind, _, amount_minor),) = banked(banking, *LINES, "2026-11-13,-12.50,USD,account fee")
    assert (kind, amount_minor) == ("bank_line_unexplained", -1_250)


def test_a_payout_without_a_bank_line_is_not_at_the_bank(banking: Marketplace) -> None:
    ((kind, _, amount_minor),) = banked(banking, "2026-11-10,200.00,USD,STRIPE po_2")
    assert (kind, amount_minor) == ("payout_not_at_bank", 10_000)
    assert banked(banking, "2026-11-10,200.00,USD,STRIPE po_2", LINES[0]) == []


def test_a_payout_that_the_bank_booked_with_another_amount_differs(banking: Marketplace) -> None:
    lines = (LINES[0], "2026-11-12,199.00,USD,STRIPE po_2")
    ((kind, _, amount_minor),) = banked(banking, *lines)
    assert (kind, amount_minor) == ("bank_amount_differs", -100)


# What follows --------------------------------------------------------------------------------


def test_the_seller_of_a_sale_that_differs_is_not_paid_until_it_ends(town: Marketplace) -> None:
    found = charge(town)
    town.advance(days=8)
    town.settle()
    change(town, found, fee=1_794, net=29_900 - 1_794)
    assert [kind for kind, _, _ in reconciled(town)] == ["fee_differs"]
    with pytest.raises(SellerHasOpenBreak, match=f"we are looking into fee_differs-{found['id']}"):
        town.core.paying_out.request(ADA, "USD", request_id="1")
    (decision,) = town.core.paying_out.run(dry_run=True)
    assert isinstance(decision.refusal, SellerHasOpenBreak)
    change(town, found, fee=897, net=29_900 - 897)
    assert reconciled(town) == []
    town.core.paying_out.request(ADA, "USD", request_id="1")


def test_a_correction_brings_the_books_to_what_stripe_says(town: Marketplace) -> None:
    change(town, charge(town), fee=1_794, net=29_900 - 1_794)
    ((_, break_id, _),) = reconciled(town)
    resolve = ResolveBreak(
        BreakId(break_id), "expense:processing", "Stripe took it twice", town.clock.now()
    )
    town.core.handler.handle(envelope(resolve, actor="user_fin"))
    assert reconciled(town) == []
    run = town.core.stripe_reconciliation.with_stripe(SINCE)
    assert [item.unexplained_minor for item in run.completed.balances] == [0]
    town.check()


def test_what_a_person_explains_stays_explained(town: Marketplace) -> None:
    change(town, charge(town), fee=1_794, net=29_900 - 1_794)
    ((_, break_id, _),) = reconciled(town)
    resolve = ResolveBreak(BreakId(break_id), "", "they give it back", town.clock.now())
    town.core.handler.handle(envelope(resolve, actor="user_fin"))
    assert reconciled(town) == []
    assert town.core.stripe_reconciliation.with_stripe(town.clock.now()).differences == []


def test_breaks_that_people_work_on_stand_as_the_history_says(town: Marketplace) -> None:
    """Each step is a page of its own: between them the evidence lies in the database."""
    change(town, charge(town), fee=1_794, net=29_900 - 1_794)
    ((_, name, _),) = reconciled(town)
    break_id, now = BreakId(name), town.clock.now()
    commands: tuple[Command, ...] = (
        AssignBreak(break_id, "user_fin", now),
        ResolveBreak(break_id, "", "they give it back", now),
        ReopenBreak(break_id, "they do not", now),
    )
    for command in commands:
        town.core.handler.handle(envelope(command, actor="user_fin"))
        town.runner.catch_up()
        assert [report.name for report in asked(town.core.store.url) if not report.passed] == []
    assert town.core.replay_verification.run("user_fin").status == "passed"


def test_what_waits_in_the_inbox_is_under_way_and_no_break(town: Marketplace) -> None:
    stripe_balance.record(
        town.world, "", amount=-5_000, currency="usd", source="tr_soon", category="transfer"
    )
    run = town.core.stripe_reconciliation.with_stripe(SINCE)
    assert (run.completed.in_flight, run.differences) == (1, [])
    assert [item.unexplained_minor for item in run.completed.balances] == [0]
