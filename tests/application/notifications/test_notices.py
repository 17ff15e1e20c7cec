"""Who is told what: the whole text of every notice, since people act on it."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from events import EXAMPLES, ORDER_ID, PAYOUT_ID

from mywork.application.notifications.notice import FINANCE, Notice, last
from mywork.application.notifications.notices import NOTICES, notices_of
from mywork.documents.wording import day, minute
from mywork.domain.breaks.difference_messages import DifferenceKind
from mywork.domain.breaks.explanation_messages import Kind
from mywork.domain.charge.state import DisputeOutcome
from mywork.domain.identifiers import SellerId, UserId
from mywork.domain.order.refund_messages import RefundAsker
from mywork.domain.payout.transfer_messages import PayoutSent

TERMS = EXAMPLES["order.placed.v1"]
SENT = EXAMPLES["payout.sent.v1"]
OPENED = EXAMPLES["break.opened.v1"]

REQUESTED = EXAMPLES["order.refund_requested.v1"]
DISPUTED = EXAMPLES["order.dispute_opened.v1"]
CLOSED = EXAMPLES["order.dispute_closed.v1"]
FAILED = EXAMPLES["subscription.invoice_failed.v1"]
NUMBER = "order MW-2026-00001"


def ada(subject: str, text: str) -> Notice:
    return Notice(SellerId(UserId("ada")), subject, text)


def bo(subject: str, text: str) -> Notice:
    return Notice(UserId("bo"), subject, text)


# An event, what came before it, and who is told what.
TOLD: list[tuple[Any, list[Any], list[Notice]]] = [
    (
        EXAMPLES["order.paid.v1"],
        [TERMS],
        [
            bo(
                f"Receipt for {NUMBER}",
                "You paid 299.00 USD for SaaS starter (standard licence).\n"
                "Order MW-2026-00001. It is yours to download now.",
            ),
            ada(
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
            bo(
                "Order MW-2026-00001",
                "SaaS starter is free: it is yours to download now.\n"
                "Order MW-2026-00001, standard licence.",
            )
        ],
    ),
    (
        REQUESTED,
        [TERMS],
        [
            ada(
                f"Refund requested: {NUMBER}",
                f"The buyer asks for a refund of 299.00 USD for SaaS starter, {NUMBER}. "
                "They say: it does not run here\n"
                "Your share of it, 269.10 USD, is set aside until the refund is made or declined.",
            )
        ],
    ),
    (
        EXAMPLES["order.refund_declined.v1"],
        [TERMS, REQUESTED],
        [
            bo(
                f"Refund declined: {NUMBER}",
                f"Your refund for SaaS starter, {NUMBER}, was declined.\nThe reason: it was used",
            )
        ],
    ),
    (
        EXAMPLES["order.refund_refused.v1"],
        [TERMS, REQUESTED],
        [
            bo(
                f"Refund not made: {NUMBER}",
                f"The refund for SaaS starter, {NUMBER}, could not be made (charge_disputed). "
                "You keep access to what you bought.",
            ),
            ada(
                f"Refund not made: {NUMBER}",
                f"The refund for SaaS starter, {NUMBER}, could not be made (charge_disputed). "
                "Your share of 269.10 USD is yours again.",
            ),
        ],
    ),
    (
        EXAMPLES["order.refund_created.v1"],
        [TERMS, REQUESTED],
        [
            bo(
                f"Refund of 299.00 USD: {NUMBER}",
                f"299.00 USD for SaaS starter, {NUMBER}, goes back to your card. "
                "Banks take five to ten days to show it.",
            )
        ],
    ),
    (
        EXAMPLES["order.refund_failed.v1"],
        [TERMS, REQUESTED],
        [
            bo(
                f"Refund failed: {NUMBER}",
                f"The refund of 299.00 USD for SaaS starter, {NUMBER}, "
                "failed (expired_or_canceled_card). You have your access again. "
                "Write to us, and we refund you another way.",
            ),
            ada(
                f"Refund failed: {NUMBER}",
                f"The refund of 299.00 USD for SaaS starter, {NUMBER}, "
                "failed (expired_or_canceled_card). Your share of 269.10 USD is yours again.",
            ),
        ],
    ),
    (
        DISPUTED,
        [TERMS],
        [
            ada(
                f"Dispute: {NUMBER}",
                f"The buyer's bank disputes 299.00 USD of SaaS starter, {NUMBER} (fraudulent).\n"
                "Send your evidence before 19 November 2026, 12:00 UTC.\n"
                "Until it is decided, this money is neither released nor paid out.\n"
                "Dispute dp_1.",
            )
        ],
    ),
    (
        CLOSED,
        [TERMS],
        [
            ada(
                f"Dispute lost: {NUMBER}",
                f"The case about SaaS starter, {NUMBER}, was decided for the buyer. "
                "The money went back to them. Your share of it was 269.10 USD.\nDispute dp_1.",
            )
        ],
    ),
    (
        EXAMPLES["order.fraud_warned.v1"],
        [TERMS],
        [
            Notice(
                FINANCE,
                f"Early fraud warning: {NUMBER}",
                f"The issuer reports fraud (unauthorized_use_of_card) on ch_1, {NUMBER}. "
                "A refund now may prevent a dispute.\nWarning issfr_1.",
            )
        ],
    ),
    (
        SENT,
        [],
        [
            ada(
                "Payout of 260.13 USD sent",
                "260.13 USD was sent to your Stripe account, and goes on to your bank from there.\n"
                f"Payout {PAYOUT_ID}.",
            )
        ],
    ),
    (
        EXAMPLES["payout.refused.v1"],
        [],
        [
            ada(
                "Payout of 260.13 USD refused",
                "Stripe refused the payout of 260.13 USD (account_invalid).\n"
                "The money is back in your available balance. "
                f"Look at your Stripe account, then ask again.\nPayout {PAYOUT_ID}.",
            )
        ],
    ),
    (
        EXAMPLES["payout.bank_payout_failed.v1"],
        [replace(SENT, payout_id="older", amount_minor=1), SENT],
        [
            ada(
                "Payout of 260.13 USD failed",
                "Your bank did not take the payout of 260.13 USD (account_closed).\n"
                "We try again where that may help; otherwise the money comes back to your "
                "balance. Check the bank account that Stripe knows of you."
                f"\nPayout {PAYOUT_ID}.",
            )
        ],
    ),
    (
        EXAMPLES["payout.cancelled.v1"],
        [],
        [
            ada(
                "Payout of 260.13 USD cancelled",
                "The payout of 260.13 USD was called off: changed my mind\n"
                f"The money is back in your available balance.\nPayout {PAYOUT_ID}.",
            )
        ],
    ),
    (
        EXAMPLES["payout.transfer_reversed.v1"],
        [SENT],
        [
            ada(
                "260.13 USD came back",
                "260.13 USD of a payout came back from your Stripe account to your available "
                "balance.\nCheck the bank account that Stripe knows of you before you ask again."
                f"\nPayout {PAYOUT_ID}.",
            )
        ],
    ),
    (
        EXAMPLES["payout.reversal_failed.v1"],
        [SENT],
        [
            Notice(
                FINANCE,
                "Payout of 260.13 USD is blocked",
                "Stripe refused to reverse the payout of 260.13 USD to ada "
                "(balance_insufficient).\n"
                f"It is blocked until somebody decides.\nPayout {PAYOUT_ID}.",
            )
        ],
    ),
    (
        EXAMPLES["seller.payouts_paused.v1"],
        [],
        [
            ada(
                "Your payouts are paused",
                "Your payouts are paused: an identity check is open\n"
                "They go on when we have released them.",
            )
        ],
    ),
    (
        EXAMPLES["seller.payouts_released.v1"],
        [],
        [ada("Your payouts go on", "Your payouts go on: the identity check passed")],
    ),
    (
        OPENED,
        [],
        [
            Notice(
                FINANCE,
                "Money that no order asked for: ch_9",
                "the order expired before ch_9 was paid\n\nAmount: 299.00 USD\n"
                f"Stripe object: ch_9\nConcerns: order-{ORDER_ID}\n"
                "Explain it: POST /api/finance/breaks/ch_9/resolve",
            )
        ],
    ),
    (
        EXAMPLES["break.reopened.v1"],
        [OPENED],
        [
            Notice(
                FINANCE,
                "A break was opened again: ch_9",
                "The break of ch_9 is open again: it was never refunded\n"
                "Explain it: POST /api/finance/breaks/ch_9/resolve",
            )
        ],
    ),
    (
        EXAMPLES["break.difference_found.v1"],
        [],
        [
            Notice(
                FINANCE,
                "Stripe and the books say different fees: ch_1",
                "Stripe says that txn_1 cost 8.97 USD, the books 17.94 USD\n\nBy: 8.97 USD\n"
                f"Concerns: order-{ORDER_ID}\n"
                "Both sides: GET /api/finance/breaks/fee_differs-txn_1\n"
                "Explain it: POST /api/finance/breaks/fee_differs-txn_1/resolve",
            )
        ],
    ),
    (
        EXAMPLES["break.return_failed.v1"],
        [OPENED],
        [
            Notice(
                FINANCE,
                "A returned payment came back: ch_9",
                "The refund re_9 of ch_9 came back: 299.00 USD lie in suspense again.\n"
                "Explain it: POST /api/finance/breaks/ch_9/resolve",
            )
        ],
    ),
    (
        EXAMPLES["subscription.refused.v1"],
        [],
        [
            bo(
                "Your subscription was not started",
                "Your subscription could not be started (resource_missing). Nothing was charged.",
            )
        ],
    ),
    (
        EXAMPLES["subscription.plan_change_refused.v1"],
        [],
        [
            bo(
                "Your plan was not changed",
                "Your plan could not be changed (card_declined). It goes on as before.",
            )
        ],
    ),
    (
        EXAMPLES["subscription.invoice_paid.v1"],
        [],
        [
            bo(
                "Receipt for your subscription: 29.00 USD",
                "You paid 29.00 USD for your subscription.\nInvoice in_1.",
            )
        ],
    ),
    (
        FAILED,
        [],
        [
            bo(
                "Your subscription could not be charged",
                "Your card could not be charged for your subscription (attempt 1).\n"
                "We try again on 11 December 2026. Check the card that Stripe knows of you.\n"
                "Invoice in_4.",
            )
        ],
    ),
    (
        EXAMPLES["subscription.grace_ended.v1"],
        [],
        [
            bo(
                "Your subscription is overdue",
                "Your subscription is overdue, and what it includes is off until it is paid.",
            )
        ],
    ),
    (
        EXAMPLES["subscription.cancellation_scheduled.v1"],
        [],
        [
            bo(
                "Your subscription will end",
                "Your subscription ends on 10 December 2026. Until then you can resume it.",
            )
        ],
    ),
    (
        EXAMPLES["subscription.cancellation_withdrawn.v1"],
        [],
        [
            bo(
                "Your subscription goes on",
                "Your subscription does not end after all: it is renewed as before.",
            )
        ],
    ),
    (
        EXAMPLES["subscription.ended.v1"],
        [],
        [
            bo(
                "Your subscription has ended",
                "Your subscription ended on 10 December 2026. You may subscribe anew at any time.",
            )
        ],
    ),
    (
        EXAMPLES["debt.reclassified.v1"],
        [],
        [
            ada(
                "You owe us 50.00 USD",
                "Your balance has been below zero since 10 October 2026: you owe us 50.00 USD.\n"
                "What you sell from now on pays it first; nothing else is asked of you.",
            )
        ],
    ),
    (
        EXAMPLES["debt.write_off_proposed.v1"],
        [],
        [
            Notice(
                FINANCE,
                "Give up 30.00 USD?",
                "user_fin proposes to give up 30.00 USD that ada owes us: the seller has gone\n"
                "Another person must agree.",
            )
        ],
    ),
    (
        EXAMPLES["subscription.invoice_refund_failed.v1"],
        [],
        [
            bo(
                "Refund of 29.00 USD failed",
                "The refund of 29.00 USD of your subscription failed (expired_or_canceled_card). "
                "Write to us, and we refund you another way.\nInvoice in_1.",
            )
        ],
    ),
    (
        EXAMPLES["subscription.invoice_disputed.v1"],
        [],
        [
            Notice(
                FINANCE,
                "A subscription is disputed: in_1",
                "The bank of bo disputes 29.00 USD of ch_2, invoice in_1 (fraudulent).\n"
                "Answer it at Stripe.\nDispute dp_2.",
            )
        ],
    ),
    (
        EXAMPLES["subscription.invoice_dispute_closed.v1"],
        [],
        [
            Notice(
                FINANCE,
                "A subscription's dispute ended: in_1",
                "Dispute dp_2 of invoice in_1 ended: lost. 29.00 USD are gone.",
            )
        ],
    ),
    (
        EXAMPLES["subscription.invoice_refunded.v1"],
        [],
        [
            bo(
                "Refund of 29.00 USD",
                "29.00 USD of your subscription goes back to your card. Banks take five to ten "
                "days to show it.\nInvoice in_1.",
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


def test_nobody_is_told_what_they_did_themselves() -> None:
    assert notices_of(replace(REQUESTED, asked_by="seller"), [TERMS]) == ()


@pytest.mark.parametrize("asker", get_args(RefundAsker))
def test_every_asker_of_a_refund_has_words(asker: Any) -> None:
    for told in notices_of(replace(REQUESTED, asked_by=asker, reason=""), [TERMS]):
        assert told.text.startswith(("The buyer asks", "We asked", "Stripe reports"))
        assert "They say" not in told.text


def test_a_refund_in_another_currency_names_what_the_buyer_paid_and_what_it_costs() -> None:
    converted = replace(REQUESTED, asked_currency="EUR", asked_minor=27_685)
    (told,) = notices_of(converted, [TERMS])
    assert "a refund of 276.85 EUR" in told.text
    assert "269.10 USD" in told.text


def test_an_inquiry_is_not_called_a_dispute() -> None:
    (told,) = notices_of(replace(DISPUTED, inquiry=True, evidence_due_by=None), [TERMS])
    assert told.subject == f"Inquiry: {NUMBER}"
    assert "inquires about 299.00 USD" in told.text
    assert "evidence" not in told.text


@pytest.mark.parametrize("outcome", get_args(DisputeOutcome))
def test_every_end_of_a_dispute_has_words(outcome: Any) -> None:
    (told,) = notices_of(replace(CLOSED, outcome=outcome, seller_minor=0), [TERMS])
    assert told.subject.endswith(f": {NUMBER}")
    assert "Your share" not in told.text


def test_a_warning_that_comes_too_late_advises_nothing() -> None:
    warned = replace(EXAMPLES["order.fraud_warned.v1"], actionable=False)
    assert "Nothing can be done." in notices_of(warned, [TERMS])[0].text


def test_an_invoice_paid_from_credit_alone_has_no_receipt() -> None:
    assert notices_of(replace(EXAMPLES["subscription.invoice_paid.v1"], amount_minor=0), []) == ()


def test_a_charge_that_is_not_tried_again_says_so() -> None:
    assert "We do not try again." in notices_of(replace(FAILED, next_attempt_at=None), [])[0].text


def test_amounts_have_the_digits_of_their_currency() -> None:
    yen = replace(SENT, currency="JPY", amount_minor=26_013)
    assert notices_of(yen, [])[0].subject == "Payout of 26013 JPY sent"


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_of_break_has_a_subject(kind: Any) -> None:
    (told,) = notices_of(replace(OPENED, kind=kind), [])
    assert told.subject.endswith(": ch_9")


@pytest.mark.parametrize("kind", get_args(DifferenceKind))
def test_every_kind_of_difference_has_a_subject(kind: Any) -> None:
    (told,) = notices_of(replace(EXAMPLES["break.difference_found.v1"], kind=kind), [])
    assert told.subject.endswith(": ch_1")
    assert "/api/finance/breaks/fee_differs-txn_1" in told.text


def test_a_receipt_that_was_given_up_has_no_amount() -> None:
    dead = replace(OPENED, kind="undeliverable_fact", currency="", amount_minor=0, concerns="")
    (told,) = notices_of(dead, [])
    assert "Amount" not in told.text
    assert "Concerns" not in told.text


def test_a_replay_that_differs_points_at_its_drill() -> None:
    differs = replace(
        OPENED, kind="history_differs", object_id="drill-1", currency="", amount_minor=0
    )
    (told,) = notices_of(differs, [])
    assert "replay drill" in told.subject
    assert "/api/audit/drills/drill-1" in told.text
    assert "Stripe object" not in told.text


def test_the_latest_of_a_kind_is_found_by_its_fields() -> None:
    first, second = replace(SENT, payout_id="1"), replace(SENT, payout_id="2")
    assert last(PayoutSent, [first, second]) == second
    assert last(PayoutSent, [first, second], payout_id="1") == first
    with pytest.raises(LookupError, match="PayoutSent"):
        last(PayoutSent, [TERMS])


def test_times_are_written_in_utc() -> None:
    at = TERMS.expires_at
    assert (day(at), minute(at)) == ("11 November 2026", "11 November 2026, 12:00 UTC")
