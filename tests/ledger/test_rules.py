"""Every posting rule as an example: which accounts, which side, how much, which object."""

from dataclasses import replace
from typing import Any

import pytest
from events import EXAMPLES

from mywork.domain.catalogue import EVENTS
from mywork.ledger.rules import post

Lines = dict[str, int]  # debit-positive, in cents
PAID, SETTLED = EXAMPLES["order.paid.v1"], EXAMPLES["order.payment_settled.v1"]
TRANSFERRED = EXAMPLES["payout.transfer_settled.v1"]
OPENED, BREAK_SETTLED = EXAMPLES["break.opened.v1"], EXAMPLES["break.settled.v1"]
MOVED = EXAMPLES["movement.recorded.v1"]
RESOLVED = EXAMPLES["break.resolved.v1"]
UNEXPLAINED = replace(OPENED, kind="unexplained_transaction", amount_minor=5_000, fee_minor=20)
LATER = SETTLED.available_on

RULES: list[tuple[str, Any, Lines]] = [
    (
        "a sale",
        PAID,
        {
            "stripe:uncleared": 29_900,
            "seller:ada:pending": -26_013,
            "revenue:commission": -2_990,
            "recovery:processing": -897,
        },
    ),
    (
        "its settlement, with the fee that Stripe took",
        replace(SETTLED, fee_minor=900),
        {"stripe:pending": 29_000, "expense:processing": 900, "stripe:uncleared": -29_900},
    ),
    (
        "a settlement without a fee",
        replace(SETTLED, fee_minor=0),
        {"stripe:pending": 29_900, "stripe:uncleared": -29_900},
    ),
    (
        "Stripe's funds become available",
        EXAMPLES["order.funds_available.v1"],
        {"stripe:available": 29_003, "stripe:pending": -29_003},
    ),
    (
        "the hold ends",
        EXAMPLES["order.funds_released.v1"],
        {"seller:ada:pending": 26_013, "seller:ada:available": -26_013},
    ),
    (
        "a payout is requested",
        EXAMPLES["payout.requested.v1"],
        {"seller:ada:available": 26_013, "seller:ada:in_payout": -26_013},
    ),
    (
        "its transfer is made",
        EXAMPLES["payout.sent.v1"],
        {"seller:ada:in_payout": 26_013, "stripe:uncleared": -26_013},
    ),
    (
        "the transfer's settlement",
        TRANSFERRED,
        {"stripe:uncleared": 26_013, "stripe:available": -26_013},
    ),
    (
        "a transfer that cost a fee",
        replace(TRANSFERRED, fee_minor=25),
        {"stripe:uncleared": 26_013, "expense:stripe_fees": 25, "stripe:available": -26_038},
    ),
    (
        "a payout that Stripe refused",
        EXAMPLES["payout.refused.v1"],
        {"seller:ada:in_payout": 26_013, "seller:ada:available": -26_013},
    ),
    (
        "a top-up from the bank",
        replace(MOVED, available_on=None),
        {"stripe:available": 50_000, "bank": -50_000},
    ),
    (
        "a top-up that Stripe makes available later",
        MOVED,
        {"stripe:pending": 50_000, "bank": -50_000},
    ),
    (
        "its funds become available",
        EXAMPLES["movement.funds_available.v1"],
        {"stripe:available": 50_000, "stripe:pending": -50_000},
    ),
    (
        "a payout to the platform's bank, with a fee",
        replace(MOVED, category="payout", amount_minor=-40_000, fee_minor=25, available_on=None),
        {"bank": 40_000, "expense:stripe_fees": 25, "stripe:available": -40_025},
    ),
    (
        "a fee of Stripe's without a charge",
        replace(MOVED, kind="stripe_fee", amount_minor=-500, fee_minor=25, available_on=None),
        {"expense:stripe_fees": 525, "stripe:available": -525},
    ),
    (
        "what Stripe sets aside",
        replace(MOVED, kind="reserve", amount_minor=-2_000, available_on=None),
        {"stripe:reserved": 2_000, "stripe:available": -2_000},
    ),
    (
        "money that no order asked for",
        OPENED,
        {"stripe:uncleared": 29_900, "suspense:stripe": -29_900},
    ),
    (
        "a movement without a fact, available at once",
        UNEXPLAINED,
        {"stripe:available": 4_980, "expense:stripe_fees": 20, "suspense:stripe": -5_000},
    ),
    (
        "a movement without a fact, available later",
        replace(UNEXPLAINED, available_on=LATER),
        {"stripe:pending": 4_980, "expense:stripe_fees": 20, "suspense:stripe": -5_000},
    ),
    (
        "money that went without a fact",
        replace(UNEXPLAINED, amount_minor=-5_000, fee_minor=0),
        {"suspense:stripe": 5_000, "stripe:available": -5_000},
    ),
    (
        "the settlement of unexpected money",
        BREAK_SETTLED,
        {"stripe:pending": 29_003, "expense:processing": 897, "stripe:uncleared": -29_900},
    ),
    (
        "its funds become available",
        EXAMPLES["break.funds_available.v1"],
        {"stripe:available": 29_003, "stripe:pending": -29_003},
    ),
    ("an explanation", RESOLVED, {"suspense:stripe": 29_900, "bank": -29_900}),
    (
        "an explanation of money that went",
        replace(RESOLVED, suspense_minor=-500, account="expense:stripe_fees"),
        {"expense:stripe_fees": 500, "suspense:stripe": -500},
    ),
]


@pytest.mark.parametrize(
    ("event", "expected"), [rule[1:] for rule in RULES], ids=[r[0] for r in RULES]
)
def test_an_event_posts_exactly_this(event: Any, expected: Lines) -> None:
    entry = post(event)
    assert entry is not None
    assert {line.account: line.amount_minor for line in entry.postings} == expected
    assert len(entry.postings) == len(expected)
    assert {line.currency for line in entry.postings} == {"USD"}


def test_every_other_event_posts_nothing() -> None:
    posting = {type(event) for _, event, _ in RULES}
    assert [name for name, kind in EVENTS.items() if post(EXAMPLES[name]) is None] == [
        name for name, kind in EVENTS.items() if kind not in posting
    ]
    undeliverable = replace(OPENED, kind="undeliverable_fact", amount_minor=0, currency="")
    assert post(undeliverable) is None
    assert post(replace(UNEXPLAINED, kind="foreign_balance")) is None


def test_what_concerns_a_stripe_object_names_it() -> None:
    named = {
        (line.account, line.object_id)
        for _, event, _ in RULES
        for line in (post(event) or pytest.fail("no entry")).postings
    }
    by_account: dict[str, set[str]] = {}
    for account, object_id in named:
        by_account.setdefault(account, set()).add(object_id)
    assert by_account["stripe:uncleared"] == {"ch_1", "tr_1", "ch_9"}
    assert by_account["suspense:stripe"] == {"ch_9"}
    assert by_account["seller:ada:pending"] == {""}


def test_only_a_payout_needs_a_balance_that_is_there() -> None:
    needing = {type(event).__name__: post(event).not_negative for _, event, _ in RULES}  # type: ignore[union-attr]
    assert {name: accounts for name, accounts in needing.items() if accounts} == {
        "PayoutRequested": ("seller:ada:available",)
    }
