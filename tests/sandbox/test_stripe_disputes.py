"""Disputes and early fraud warnings of the stand-in: money, deadlines, evidence, decisions."""

from typing import Any

import pytest
import stripe
from stand_in import Sandbox, checked

from mywork.sandbox.stripe.errors import StripeFault


def disputed(sandbox: Sandbox, card: str = "pm_card_createDispute") -> Any:
    sandbox.charged(card)
    (found, *_) = sandbox.v1.disputes.list().data
    return found


def answer(sandbox: Sandbox, dispute: Any, text: str, **params: Any) -> Any:
    given = {"evidence": {"uncategorized_text": text}, **params}
    return sandbox.v1.disputes.update(dispute.id, given)


# Opening ------------------------------------------------------------------------------------


def test_a_chargeback_takes_amount_and_fee_in_one_transaction(sandbox: Sandbox) -> None:
    dispute = disputed(sandbox)
    checked(dispute)
    (withdrawn,) = dispute.balance_transactions
    checked(withdrawn)
    assert (withdrawn.amount, withdrawn.fee, withdrawn.net) == (-10_000, 1_500, -11_500)
    assert (withdrawn.reporting_category, withdrawn.type) == ("dispute", "adjustment")
    assert withdrawn.fee_details[0].description == "Dispute fee"
    assert (dispute.status, dispute.reason, dispute.network_reason_code) == (
        *("needs_response", "fraudulent"),
        "10.4",
    )
    assert dispute.is_charge_refundable is False
    assert sandbox.v1.charges.retrieve(dispute.charge).disputed is True
    assert sandbox.available() == -11_500
    assert sandbox.told()[-3:] == [
        "charge.updated",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ]
    for wanted in ({"charge": dispute.charge}, {"payment_intent": dispute.payment_intent}):
        assert sandbox.v1.disputes.list(wanted).data[0].id == dispute.id


@pytest.mark.parametrize(
    ("card", "statuses", "reasons"),
    [
        ("pm_card_createDisputeProductNotReceived", ["needs_response"], ["product_not_received"]),
        ("pm_card_createDisputeInquiry", ["warning_needs_response"], ["fraudulent"]),
        ("pm_card_createMultipleDisputes", ["needs_response"] * 2, ["fraudulent"] * 2),
    ],
)
def test_the_test_cards_dispute(
    sandbox: Sandbox, card: str, statuses: list[str], reasons: list[str]
) -> None:
    sandbox.charged(card, amount=10_001)
    found = sandbox.v1.disputes.list().data
    assert [dispute.status for dispute in found] == statuses
    assert [dispute.reason for dispute in found] == reasons
    assert sum(dispute.amount for dispute in found) == 10_001


def test_a_dispute_of_any_part_is_opened_on_purpose(sandbox: Sandbox) -> None:
    charge = sandbox.charged()
    sandbox.v1.refunds.create({"charge": charge, "amount": 6_000})
    rest = sandbox.decide("charges", charge, "dispute", reason="duplicate")
    assert (rest["amount"], rest["reason"]) == (4_000, "duplicate")
    beyond = sandbox.decide("charges", charge, "dispute", amount=10_000)
    assert beyond["amount"] == 10_000  # banks do that too
    for wrong in (
        {"amount": 0},
        {"amount": 10_001},
        {"amount": "5"},
        {"reason": "whim"},
        {"nonsense": 1},
    ):
        with pytest.raises(StripeFault):
            sandbox.decide("charges", charge, "dispute", **wrong)


# Inquiries ----------------------------------------------------------------------------------


def test_an_inquiry_takes_nothing_until_it_is_escalated(sandbox: Sandbox) -> None:
    inquiry = disputed(sandbox, "pm_card_createDisputeInquiry")
    assert (inquiry.balance_transactions, inquiry.is_charge_refundable) == ([], True)
    assert inquiry.payment_method_details.card.case_type == "inquiry"
    assert sandbox.told()[-1] == "charge.dispute.created"
    with pytest.raises(StripeFault, match="inquiry"):
        sandbox.decide("disputes", inquiry.id, "won")
    assert answer(sandbox, inquiry, "escalate_inquiry_evidence").status == "warning_under_review"
    sandbox.advance(minutes=1)
    found = sandbox.v1.disputes.retrieve(inquiry.id)
    checked(found)
    assert (found.status, found.is_charge_refundable) == ("needs_response", False)
    assert [row.amount for row in found.balance_transactions] == [-10_000]
    assert sandbox.told()[-2:] == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]
    with pytest.raises(StripeFault, match="chargeback"):
        sandbox.decide("disputes", inquiry.id, "closed")
    sandbox.advance(days=9)
    assert sandbox.v1.disputes.retrieve(inquiry.id).status == "lost"


def test_an_inquiry_into_what_was_refunded_closes_instead_of_escalating(sandbox: Sandbox) -> None:
    charge = sandbox.charged()
    inquiry = sandbox.decide("charges", charge, "dispute", inquiry=True)
    sandbox.charged()
    sandbox.v1.refunds.create({"charge": charge})
    assert sandbox.decide("disputes", inquiry["id"], "escalated")["status"] == "warning_closed"
    assert sandbox.transactions(inquiry["id"]) == []
    with pytest.raises(StripeFault, match="has to name its amount"):
        sandbox.decide("charges", charge, "dispute")


@pytest.mark.parametrize("text", ["winning_evidence", "losing_evidence"])
def test_an_inquiry_that_is_answered_closes(sandbox: Sandbox, text: str) -> None:
    inquiry = disputed(sandbox, "pm_card_createDisputeInquiry")
    answer(sandbox, inquiry, text)
    sandbox.advance(minutes=1)
    assert sandbox.v1.disputes.retrieve(inquiry.id).status == "warning_closed"
    assert sandbox.transactions(inquiry.id) == []


def test_an_inquiry_that_nobody_answers_closes_after_120_days(sandbox: Sandbox) -> None:
    inquiry = disputed(sandbox, "pm_card_createDisputeInquiry")
    sandbox.advance(days=119)
    assert sandbox.v1.disputes.retrieve(inquiry.id).status == "warning_needs_response"
    sandbox.advance(days=2)
    assert sandbox.v1.disputes.retrieve(inquiry.id).status == "warning_closed"


# Evidence and decisions ---------------------------------------------------------------------


def test_winning_evidence_brings_the_money_back(sandbox: Sandbox) -> None:
    dispute = disputed(sandbox)
    submitted = answer(sandbox, dispute, "winning_evidence")
    assert submitted.status == "under_review"
    assert submitted.evidence_details.submission_count == 1
    assert sandbox.told()[-1] == "charge.dispute.updated"
    sandbox.advance(minutes=1)
    won = sandbox.v1.disputes.retrieve(dispute.id)
    checked(won)
    assert (won.status, won.is_charge_refundable) == ("won", True)
    assert sandbox.transactions(dispute.id) == [
        ("dispute", -10_000, 1_500),
        ("dispute_reversal", 10_000, 0),
    ]
    assert [row.amount for row in won.balance_transactions] == [-10_000, 10_000]
    assert sandbox.told()[-2:] == ["charge.dispute.funds_reinstated", "charge.dispute.closed"]


def test_the_fee_comes_back_where_the_terms_say_so(sandbox: Sandbox) -> None:
    sandbox.terms(dispute_fee_returned=True, dispute_fee={"usd": 700})
    dispute = disputed(sandbox)
    won = sandbox.decide("disputes", dispute.id, "won", amount=9_000)
    assert [row["net"] for row in won["balance_transactions"]] == [-10_700, 9_700]


def test_losing_evidence_and_silence_lose(sandbox: Sandbox) -> None:
    dispute = disputed(sandbox)
    answer(sandbox, dispute, "losing_evidence")
    silent = disputed(sandbox)
    sandbox.advance(minutes=1)
    assert sandbox.v1.disputes.retrieve(dispute.id).status == "lost"
    assert sandbox.v1.disputes.retrieve(silent.id).status == "needs_response"
    sandbox.advance(days=9)
    lost = sandbox.v1.disputes.retrieve(silent.id)
    assert (lost.status, lost.evidence_details.submission_count) == ("lost", 0)
    assert len(lost.balance_transactions) == 1
    assert sandbox.told()[-1] == "charge.dispute.closed"


def test_evidence_is_staged_until_it_is_submitted(sandbox: Sandbox) -> None:
    dispute = disputed(sandbox)
    staged = answer(sandbox, dispute, "downloaded twice", submit=False)
    assert (staged.status, staged.evidence_details.has_evidence) == ("needs_response", True)
    assert staged.evidence_details.submission_count == 0
    only_metadata = sandbox.v1.disputes.update(dispute.id, {"metadata": {"case": "7"}})
    assert only_metadata.status == "needs_response"
    submitted = sandbox.v1.disputes.update(dispute.id, {"submit": True})
    assert submitted.status == "under_review"
    assert submitted.evidence.uncategorized_text == "downloaded twice"
    sandbox.advance(days=9)
    assert sandbox.v1.disputes.retrieve(dispute.id).status == "under_review"
    assert sandbox.decide("disputes", dispute.id, "lost")["status"] == "lost"


def test_a_closed_dispute_stays_closed(sandbox: Sandbox) -> None:
    dispute = disputed(sandbox)
    assert sandbox.v1.disputes.close(dispute.id).status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        answer(sandbox, dispute, "winning_evidence")
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        sandbox.v1.disputes.close(dispute.id)
    with pytest.raises(StripeFault, match="already closed"):
        sandbox.decide("disputes", dispute.id, "won")


def test_evidence_that_stripe_does_not_know_or_that_is_too_long_is_refused(
    sandbox: Sandbox,
) -> None:
    dispute = disputed(sandbox)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sandbox.v1.disputes.update(dispute.id, {"evidence": {"hearsay": "he said"}})
    assert caught.value.code == "parameter_unknown"
    with pytest.raises(stripe.InvalidRequestError, match="150,000"):
        answer(sandbox, dispute, "x" * 150_001)
    assert sandbox.v1.disputes.retrieve(dispute.id).evidence.uncategorized_text is None


# Early fraud warnings -----------------------------------------------------------------------


def test_an_early_fraud_warning_moves_nothing_and_is_actionable_until_refunded(
    sandbox: Sandbox,
) -> None:
    charge = sandbox.charged("pm_card_createIssuerFraudRecord")
    sandbox.charged(amount=20_000)
    (warning,) = sandbox.v1.radar.early_fraud_warnings.list({"charge": charge}).data
    checked(warning)
    assert (warning.actionable, sandbox.transactions(warning.id)) == (True, [])
    assert "radar.early_fraud_warning.created" in sandbox.told()
    sandbox.v1.refunds.create({"charge": charge})
    found = sandbox.v1.radar.early_fraud_warnings.retrieve(warning.id)
    assert found.actionable is False
    assert "radar.early_fraud_warning.updated" in sandbox.told()


def test_a_warning_is_given_on_purpose_and_ends_with_a_dispute(sandbox: Sandbox) -> None:
    charge = sandbox.charged()
    warning = sandbox.decide("charges", charge, "fraud_warning", fraud_type="misc")
    assert (warning["actionable"], warning["fraud_type"]) == (True, "misc")
    sandbox.decide("charges", charge, "dispute")
    assert sandbox.v1.radar.early_fraud_warnings.retrieve(warning["id"]).actionable is False
