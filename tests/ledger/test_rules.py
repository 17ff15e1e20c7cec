"""Every posting rule as an example: which accounts, which side, how much, which object."""

from dataclasses import replace
from typing import Any

import pytest
from events import AT, EXAMPLES

from mywork.domain.catalogue import EVENTS
from mywork.ledger.entry import Posting
from mywork.ledger.rules.posting import post

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
        "a payout that was cancelled",
        EXAMPLES["payout.cancelled.v1"],
        {"seller:ada:in_payout": 26_013, "seller:ada:available": -26_013},
    ),
    (
        "a transfer that was reversed",
        EXAMPLES["payout.transfer_reversed.v1"],
        {"stripe:uncleared": 26_013, "seller:ada:available": -26_013},
    ),
    (
        "the reversal's settlement, with a fee",
        replace(EXAMPLES["payout.reversal_settled.v1"], fee_minor=25),
        {"stripe:available": 25_988, "expense:stripe_fees": 25, "stripe:uncleared": -26_013},
    ),
    (
        "a balance that was below zero for thirty days",
        EXAMPLES["debt.reclassified.v1"],
        {"seller:ada:receivable": 5_000, "seller:ada:available": -5_000},
    ),
    (
        "a debt that later money pays",
        EXAMPLES["debt.recouped.v1"],
        {"seller:ada:available": 2_000, "seller:ada:receivable": -2_000},
    ),
    (
        "a debt that is given up",
        EXAMPLES["debt.written_off.v1"],
        {"expense:bad_debt": 3_000, "seller:ada:receivable": -3_000},
    ),
    (
        "later money after that",
        EXAMPLES["debt.write_off_recovered.v1"],
        {"seller:ada:available": 1_000, "expense:bad_debt": -1_000},
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
    (
        "a settlement in another currency, two halves",
        EXAMPLES["order.payment_converted.v1"],
        {
            "stripe:uncleared": -29_900,
            "seller:ada:pending": 26_013,
            "revenue:commission": 2_990,
            "recovery:processing": 897,
            "stripe:uncleared USD": 32_292,
            "seller:ada:pending USD": -28_094,
            "revenue:commission USD": -3_229,
            "recovery:processing USD": -969,
        },
    ),
    (
        "a reserve",
        EXAMPLES["order.reserve_kept.v1"],
        {"seller:ada:pending": 2_601, "seller:ada:reserve": -2_601},
    ),
    (
        "the end of a reserve",
        EXAMPLES["order.reserve_released.v1"],
        {"seller:ada:reserve": 2_601, "seller:ada:available": -2_601},
    ),
    (
        "a refund that is asked for: the seller ends at minus the processing fee",
        EXAMPLES["order.refund_requested.v1"],
        {
            "seller:ada:pending": 26_013,
            "seller:ada:available": 897,
            "seller:ada:refunding": -26_910,
        },
    ),
    (
        "a refund that a person declined",
        EXAMPLES["order.refund_declined.v1"],
        {"seller:ada:refunding": 26_910, "seller:ada:pending": -26_910},
    ),
    (
        "a refund that Stripe refused, after the hold",
        replace(EXAMPLES["order.refund_refused.v1"], to_pending_minor=0, to_available_minor=26_910),
        {"seller:ada:refunding": 26_910, "seller:ada:available": -26_910},
    ),
    (
        "a refund in full",
        EXAMPLES["order.refund_created.v1"],
        {
            "seller:ada:refunding": 26_910,
            "revenue:commission": 2_990,
            "stripe:uncleared": -29_900,
        },
    ),
    (
        "a refund whose processing fee we bear, beyond what is left",
        replace(
            EXAMPLES["order.refund_created.v1"],
            seller_minor=26_013,
            processing_minor=897,
            commission_minor=2_890,
            excess_minor=100,
        ),
        {
            "seller:ada:refunding": 26_013,
            "recovery:processing": 897,
            "revenue:commission": 2_890,
            "suspense:stripe": 100,
            "stripe:uncleared": -29_900,
        },
    ),
    (
        "a refund that failed",
        EXAMPLES["order.refund_failed.v1"],
        {
            "stripe:uncleared": 29_900,
            "seller:ada:pending": -26_910,
            "revenue:commission": -2_990,
        },
    ),
    (
        "a refund's transaction",
        EXAMPLES["order.refund_settled.v1"],
        {"stripe:uncleared": 29_900, "stripe:available": -29_900},
    ),
    (
        "a refund's transaction with a fee and at a worse rate, not due yet",
        replace(
            EXAMPLES["order.refund_settled.v1"],
            moved_minor=30_000,
            exchange_loss_minor=100,
            fee_minor=25,
            available_on=AT,
        ),
        {
            "stripe:uncleared": 29_900,
            "fx:gain_loss": 100,
            "expense:dispute": 25,
            "stripe:pending": -30_025,
        },
    ),
    (
        "a dispute: the seller bears its share and the fee",
        EXAMPLES["order.dispute_withdrawn.v1"],
        {
            "disputes:held": 29_900,
            "seller:ada:pending": 26_013,
            "seller:ada:available": 2_397,
            "stripe:uncleared": -29_900,
            "seller:ada:disputed": -26_910,
            "recovery:dispute": -1_500,
        },
    ),
    (
        "a dispute that was won, with its fee",
        EXAMPLES["order.dispute_reinstated.v1"],
        {
            "stripe:uncleared": 29_900,
            "seller:ada:disputed": 26_910,
            "recovery:dispute": 1_500,
            "disputes:held": -29_900,
            "seller:ada:available": -28_410,
        },
    ),
    (
        "a dispute that was lost",
        EXAMPLES["order.dispute_closed.v1"],
        {
            "seller:ada:disputed": 26_910,
            "revenue:commission": 2_990,
            "disputes:held": -29_900,
        },
    ),
    (
        "a dispute that took more than was left, at a worse rate",
        replace(
            EXAMPLES["order.dispute_closed.v1"],
            held_minor=30_000,
            commission_minor=1_990,
            exchange_loss_minor=100,
            excess_minor=1_000,
        ),
        {
            "seller:ada:disputed": 26_910,
            "revenue:commission": 1_990,
            "fx:gain_loss": 100,
            "suspense:stripe": 1_000,
            "disputes:held": -30_000,
        },
    ),
    (
        "a dispute's transaction",
        EXAMPLES["order.dispute_settled.v1"],
        {"stripe:uncleared": 29_900, "expense:dispute": 1_500, "stripe:available": -31_400},
    ),
    (
        "a subscription is paid in advance",
        EXAMPLES["subscription.invoice_paid.v1"],
        {"stripe:uncleared": 2_900, "subscriptions:deferred": -2_900},
    ),
    (
        "unused time is given back",
        EXAMPLES["subscription.credit_granted.v1"],
        {"subscriptions:deferred": 3_500, "customer:bo:credit": -3_500},
    ),
    (
        "credit pays a later invoice",
        EXAMPLES["subscription.credit_applied.v1"],
        {"customer:bo:credit": 2_900, "subscriptions:deferred": -2_900},
    ),
    (
        "a subscription is earned with the days",
        EXAMPLES["subscription.revenue_recognised.v1"],
        {"subscriptions:deferred": 1_933, "revenue:subscriptions": -1_933},
    ),
    (
        "more was given back than charged",
        replace(EXAMPLES["subscription.revenue_recognised.v1"], amount_minor=-400),
        {"subscriptions:deferred": -400, "revenue:subscriptions": 400},
    ),
    (
        "a subscription's payment is settled",
        EXAMPLES["subscription.invoice_settled.v1"],
        {"stripe:pending": 2_786, "expense:processing": 114, "stripe:uncleared": -2_900},
    ),
    (
        "its funds become available",
        EXAMPLES["subscription.funds_available.v1"],
        {"stripe:available": 2_786, "stripe:pending": -2_786},
    ),
    (
        "it is settled in another currency",
        EXAMPLES["subscription.invoice_converted.v1"],
        {
            "stripe:uncleared": -2_900,
            "subscriptions:deferred": 967,
            "revenue:subscriptions": 1_933,
            "stripe:uncleared USD": 3_190,
            "subscriptions:deferred USD": -1_064,
            "revenue:subscriptions USD": -2_126,
        },
    ),
    (
        "a subscription is refunded",
        EXAMPLES["subscription.invoice_refunded.v1"],
        {
            "subscriptions:deferred": 967,
            "revenue:subscriptions": 1_933,
            "stripe:uncleared": -2_900,
        },
    ),
    (
        "that refund fails",
        EXAMPLES["subscription.invoice_refund_failed.v1"],
        {
            "subscriptions:deferred": -967,
            "revenue:subscriptions": -1_933,
            "stripe:uncleared": 2_900,
        },
    ),
    (
        "that refund is settled, with a fee, at another rate",
        replace(
            EXAMPLES["subscription.invoice_refund_settled.v1"],
            fee_minor=20,
            moved_minor=2_950,
            exchange_loss_minor=50,
        ),
        {
            "stripe:uncleared": 2_900,
            "fx:gain_loss": 50,
            "expense:dispute": 20,
            "stripe:available": -2_970,
        },
    ),
    (
        "a bank takes a subscription's payment back",
        EXAMPLES["subscription.invoice_dispute_moved.v1"],
        {"disputes:held": 2_900, "stripe:uncleared": -2_900},
    ),
    (
        "it comes back at another rate",
        replace(
            EXAMPLES["subscription.invoice_dispute_moved.v1"],
            amount_minor=-2_850,
            held_minor=-2_900,
        ),
        {"disputes:held": -2_900, "fx:gain_loss": 50, "stripe:uncleared": 2_850},
    ),
    (
        "that dispute is won, and the money comes back",
        replace(
            EXAMPLES["subscription.invoice_dispute_moved.v1"],
            amount_minor=-2_900,
            held_minor=-2_900,
        ),
        {"disputes:held": -2_900, "stripe:uncleared": 2_900},
    ),
    (
        "that dispute is lost",
        EXAMPLES["subscription.invoice_dispute_closed.v1"],
        {
            "subscriptions:deferred": 967,
            "revenue:subscriptions": 1_933,
            "disputes:held": -2_900,
        },
    ),
    (
        "more than was left is lost, at another rate",
        replace(
            EXAMPLES["subscription.invoice_dispute_closed.v1"],
            revenue_minor=933,
            excess_minor=900,
            exchange_loss_minor=100,
        ),
        {
            "subscriptions:deferred": 967,
            "revenue:subscriptions": 933,
            "suspense:stripe": 900,
            "fx:gain_loss": 100,
            "disputes:held": -2_900,
        },
    ),
    (
        "that dispute's transaction, with its fee",
        EXAMPLES["subscription.invoice_dispute_settled.v1"],
        {"stripe:uncleared": 2_900, "expense:dispute": 1_500, "stripe:available": -4_400},
    ),
    (
        "an unexpected payment that settled in another currency",
        EXAMPLES["break.converted.v1"],
        {
            "suspense:stripe": 29_900,
            "stripe:uncleared": -29_900,
            "stripe:uncleared USD": 32_394,
            "suspense:stripe USD": -32_394,
        },
    ),
    (
        "an unexpected payment that goes back",
        EXAMPLES["break.returned.v1"],
        {"suspense:stripe": 29_900, "stripe:uncleared": -29_900},
    ),
    (
        "a return that failed",
        EXAMPLES["break.return_failed.v1"],
        {"stripe:uncleared": 29_900, "suspense:stripe": -29_900},
    ),
    (
        "a return's transaction",
        EXAMPLES["break.return_settled.v1"],
        {"stripe:uncleared": 29_900, "stripe:available": -29_900},
    ),
    (
        "a fact that Stripe will never settle",
        EXAMPLES["break.fact_written_off.v1"],
        {"expense:bad_debt": 29_900, "stripe:uncleared": -29_900},
    ),
    (
        "an explanation that was wrong",
        EXAMPLES["break.reopened.v1"],
        {"bank": 29_900, "suspense:stripe": -29_900},
    ),
    (
        "books that a person corrects",
        EXAMPLES["break.difference_corrected.v1"],
        {"stripe:available": 897, "expense:processing": -897},
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
    assert {_name(line, event): line.amount_minor for line in entry.postings} == expected
    assert len(entry.postings) == len(expected)


def _name(line: Posting, event: Any) -> str:
    """Its account, with the currency where that is not the event's."""
    return line.account if line.currency == event.currency else f"{line.account} {line.currency}"


def test_every_other_event_posts_nothing() -> None:
    posting = {type(event) for _, event, _ in RULES}
    assert [name for name, kind in EVENTS.items() if post(EXAMPLES[name]) is None] == [
        name for name, kind in EVENTS.items() if kind not in posting
    ]
    for kind in ("undeliverable_fact", "history_differs"):
        assert post(replace(OPENED, kind=kind, amount_minor=0, currency="")) is None
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
    assert by_account["stripe:uncleared"] == {
        "ch_1", "tr_1", "ch_9", "re_1", "dp_1", "trr_1", "ch_2", "re_2", "ch_3", "dp_2", "re_9",
    }  # fmt: skip

    assert by_account["suspense:stripe"] == {"ch_9", "re_1", "dp_1", "dp_2"}
    assert by_account["seller:ada:pending"] == {""}


def test_payouts_and_debts_need_a_balance_that_is_there() -> None:
    needing = {type(event).__name__: post(event).not_negative for _, event, _ in RULES}  # type: ignore[union-attr]
    assert {name: accounts for name, accounts in needing.items() if accounts} == {
        "PayoutRequested": ("seller:ada:available",),
        "DebtRecouped": ("seller:ada:available",),
        "WriteOffRecovered": ("seller:ada:available",),
    }
