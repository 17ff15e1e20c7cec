"""Every event that touches a seller's money has words that a seller understands."""

from dataclasses import replace
from typing import Any

import pytest
from events import EXAMPLES, PAYOUT_ID, REFUND

from mywork.domain.order.sale_messages import OrderDownloaded
from mywork.ledger.rules.posting import post
from mywork.ledger.statements.words import Words, words

TERMS = EXAMPLES["order.placed.v1"]
SALE = "MW-2026-00001"
PAID = EXAMPLES["order.paid.v1"]

SAID: dict[str, Words] = {
    "order.paid.v1": Words(
        "Sale of SaaS starter (standard licence): 299.00 USD less 29.90 USD commission, "
        "8.97 USD processing",
        SALE,
    ),
    "order.funds_released.v1": Words("Hold over: free to be paid out", SALE),
    "order.payment_converted.v1": Words("Stripe settled 299.00 EUR as 322.92 USD", SALE),
    "order.reserve_kept.v1": Words("Kept in reserve until 2026-12-17", SALE),
    "order.reserve_released.v1": Words("Reserve over: free to be paid out", SALE),
    "order.refund_requested.v1": Words(
        "Refund of 299.00 USD requested: your share is set aside", SALE, REFUND
    ),
    "order.refund_declined.v1": Words("Refund declined: your share is yours again", SALE, REFUND),
    "order.refund_refused.v1": Words(
        "Refund refused by Stripe: your share is yours again", SALE, REFUND
    ),
    "order.refund_created.v1": Words("Refund made to the buyer", SALE, REFUND),
    "order.refund_failed.v1": Words("Refund failed: your share is yours again", SALE, REFUND),
    "order.dispute_withdrawn.v1": Words(
        "Dispute: the buyer's bank took 299.00 USD, with a fee of 15.00 USD; "
        "your share waits for the end",
        SALE,
        "dp_1",
    ),
    "order.dispute_reinstated.v1": Words("Dispute: 299.00 USD came back", SALE, "dp_1"),
    "order.dispute_closed.v1": Words("Dispute lost: your share is gone", SALE, "dp_1"),
    "debt.reclassified.v1": Words("Below zero since 2026-10-10: now owed to us", ""),
    "debt.recouped.v1": Words("Paid what was owed to us", ""),
    "debt.written_off.v1": Words("What was owed to us is given up", ""),
    "debt.write_off_recovered.v1": Words("Paid what had been given up", ""),
    "payout.requested.v1": Words("Payout begun", PAYOUT_ID, PAYOUT_ID),
    "payout.sent.v1": Words("Payout sent to your Stripe account", PAYOUT_ID, PAYOUT_ID),
    "payout.cancelled.v1": Words("Payout cancelled: back in your balance", PAYOUT_ID, PAYOUT_ID),
    "payout.transfer_reversed.v1": Words(
        "Payout came back from your Stripe account", PAYOUT_ID, PAYOUT_ID
    ),
    "payout.refused.v1": Words(
        "Payout refused by Stripe: back in your balance", PAYOUT_ID, PAYOUT_ID
    ),
}


def touches_a_seller(event: Any) -> bool:
    entry = post(event)
    return entry is not None and any(line.account.startswith("seller:") for line in entry.postings)


def test_each_event_that_touches_a_seller_has_words_of_its_own() -> None:
    touching = {name for name, event in EXAMPLES.items() if touches_a_seller(event)}
    assert touching == set(SAID)


@pytest.mark.parametrize("name", SAID)
def test_these_are_the_words(name: str) -> None:
    terms = TERMS if name.startswith("order") else None
    assert words(EXAMPLES[name], terms, name) == SAID[name]


def test_a_sale_whose_terms_are_not_at_hand_is_still_a_sale() -> None:
    assert words(PAID, None, "order.paid.v1").text.startswith("Sale of a product: 299.00 USD")


def test_a_cancelled_refund_did_not_fail() -> None:
    cancelled = replace(EXAMPLES["order.refund_failed.v1"], cancelled=True)
    assert words(cancelled, TERMS, "").text == "Refund cancelled: your share is yours again"


def test_a_dispute_without_a_fee_names_none() -> None:
    free = replace(EXAMPLES["order.dispute_withdrawn.v1"], fee_minor=0)
    assert "fee" not in words(free, TERMS, "").text


def test_an_event_that_is_new_is_named_plainly() -> None:
    unknown = OrderDownloaded(TERMS.order_id)
    assert words(unknown, None, "payout.turned_round.v1").text == "Payout: turned round"
