"""Who is told what: the whole text of every notice, since people act on it."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from events import EXAMPLES, ORDER, PAYOUT

from mywork.application.notices import FINANCE, NOTICES, Notice, notices_of
from mywork.application.notices.notice import day, last, minute
from mywork.domain import breaks, order, payout

TERMS = EXAMPLES["order.placed.v1"]
SENT = EXAMPLES["payout.sent.v1"]
OPENED = EXAMPLES["break.opened.v1"]

TOLD: list[tuple[Any, list[Any], list[Notice]]] = [
    (
        EXAMPLES["order.paid.v1"],
        [TERMS],
        [
            Notice(
                "bo",  # type: ignore[arg-type]
                "Receipt for order MW-2026-00001",
                "You paid 299.00 USD for SaaS starter (standard licence).\n"
                "Order MW-2026-00001. It is yours to download now.",
            ),
            Notice(
                "ada",  # type: ignore[arg-type]
                "Sold: SaaS starter",
                "SaaS starter (standard licence) was sold for 299.00 USD.\n"
                "Order MW-2026-00001.\n\n"
                "Your share is 260.13 USD: the price less 29.90 USD commission and 8.97 USD for "
                "processing.\n"
                "It is on hold until 17 November 2026, then it can be paid out.",
            ),
        ],
    ),
    (
        EXAMPLES["order.granted.v1"],
        [TERMS],
        [
            Notice(
                "bo",  # type: ignore[arg-type]
                "Order MW-2026-00001",
                "SaaS starter is free: it is yours to download now.\n"
                "Order MW-2026-00001, standard licence.",
            )
        ],
    ),
    (
        SENT,
        [],
        [
            Notice(
                "ada",  # type: ignore[arg-type]
                "Payout of 260.13 USD sent",
                "260.13 USD was sent to your Stripe account, and goes on to your bank from there.\n"
                f"Payout {PAYOUT}.",
            )
        ],
    ),
    (
        EXAMPLES["payout.refused.v1"],
        [],
        [
            Notice(
                "ada",  # type: ignore[arg-type]
                "Payout of 260.13 USD refused",
                "Stripe refused the payout of 260.13 USD (account_invalid).\n"
                "The money is back in your available balance. "
                f"Look at your Stripe account, then ask again.\nPayout {PAYOUT}.",
            )
        ],
    ),
    (
        EXAMPLES["payout.bank_payout_failed.v1"],
        [replace(SENT, payout_id="older", amount_minor=1), SENT],
        [
            Notice(
                "ada",  # type: ignore[arg-type]
                "Payout of 260.13 USD failed",
                "Your bank did not take the payout of 260.13 USD (account_closed).\n"
                "The money lies in your Stripe account. "
                f"Check the bank account that Stripe knows of you.\nPayout {PAYOUT}.",
            )
        ],
    ),
    (
        OPENED,
        [],
        [
            Notice(
                FINANCE,
                "Money that no order asked for: ch_9",
                "the order expired before ch_9 was paid\n\nAmount: 299.00 USD\n"
                f"Stripe object: ch_9\nConcerns: order-{ORDER}\n"
                "Explain it: POST /api/finance/breaks/ch_9/resolve",
            )
        ],
    ),
]


@pytest.mark.parametrize(
    ("event", "earlier", "notices"), TOLD, ids=[type(row[0]).__name__ for row in TOLD]
)
def test_an_event_is_told_in_these_words(event: Any, earlier: Any, notices: Any) -> None:
    assert list(notices_of(event, earlier)) == notices


def test_every_notice_has_its_words_tested() -> None:
    assert {type(event) for event, _, _ in TOLD} == set(NOTICES)


def test_amounts_have_the_digits_of_their_currency() -> None:
    yen = replace(SENT, currency="JPY", amount_minor=26_013)
    assert notices_of(yen, [])[0].subject == "Payout of 26013 JPY sent"


@pytest.mark.parametrize("kind", get_args(breaks.Kind))
def test_every_kind_of_break_has_a_subject(kind: Any) -> None:
    (told,) = notices_of(replace(OPENED, kind=kind), [])
    assert told.subject.endswith(": ch_9")


def test_a_receipt_that_was_given_up_has_no_amount() -> None:
    dead = replace(OPENED, kind="undeliverable_fact", currency="", amount_minor=0, concerns="")
    (told,) = notices_of(dead, [])
    assert "Amount" not in told.text
    assert "Concerns" not in told.text


def test_the_latest_of_a_kind_is_found_by_its_fields() -> None:
    first, second = replace(SENT, payout_id="1"), replace(SENT, payout_id="2")
    assert last(payout.PayoutSent, [first, second]) == second
    assert last(payout.PayoutSent, [first, second], payout_id="1") == first
    with pytest.raises(LookupError, match="PayoutSent"):
        last(payout.PayoutSent, [TERMS])


def test_times_are_written_in_utc() -> None:
    at = TERMS.expires_at
    assert (day(at), minute(at)) == ("11 November 2026", "11 November 2026, 12:00 UTC")
    assert isinstance(TERMS, order.OrderPlaced)
