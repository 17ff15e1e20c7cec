"""Refunds of the stand-in: what Stripe refuses, who is told, and where the money goes."""

from typing import Any

import pytest
import stripe
from stand_in import Sandbox, checked


def refund(sandbox: Sandbox, charge: str, **params: Any) -> Any:
    return sandbox.v1.refunds.create({"charge": charge, **params})


def refusal(sandbox: Sandbox, **params: Any) -> Any:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sandbox.v1.refunds.create(params)
    return caught.value


# Asking -------------------------------------------------------------------------------------


def test_a_refund_leaves_the_available_balance_at_once(sandbox: Sandbox) -> None:
    charge = sandbox.charged()
    before = sandbox.available()
    first = refund(sandbox, charge, amount=4_000, reason="requested_by_customer")
    checked(first)
    assert (first.status, first.amount, "failure_reason" in first) == ("succeeded", 4_000, False)
    assert sandbox.transactions(first.id) == [("refund", -4_000, 0)]
    assert sandbox.available() == before - 4_000
    found = sandbox.v1.charges.retrieve(charge)
    assert (found.amount_refunded, found.refunded) == (4_000, False)
    rest = sandbox.v1.refunds.create({"payment_intent": found.payment_intent})
    assert rest.amount == 6_000
    assert sandbox.v1.charges.retrieve(charge).refunded is True
    assert sandbox.told()[-4:] == ["refund.created", "charge.refunded"] * 2


def test_refunds_are_found_by_charge_and_intent_and_take_metadata(sandbox: Sandbox) -> None:
    charge, other = sandbox.charged(), sandbox.charged()
    made = [refund(sandbox, charge, amount=100).id for _ in range(3)]
    refund(sandbox, other, amount=100)
    intent = sandbox.v1.charges.retrieve(charge).payment_intent
    for wanted in ({"charge": charge}, {"payment_intent": intent}):
        assert [row.id for row in sandbox.v1.refunds.list(wanted).data] == made[::-1]
    changed = sandbox.v1.refunds.update(made[0], {"metadata": {"case": "7"}})
    assert changed.to_dict()["metadata"] == {"case": "7"}
    expanded = sandbox.v1.refunds.retrieve(made[0], {"expand": ["charge", "balance_transaction"]})
    assert (expanded.charge.id, expanded.balance_transaction.net) == (charge, -100)


def test_what_stripe_refuses_is_refused_in_its_words(sandbox: Sandbox) -> None:
    charge = sandbox.charged()
    assert refusal(sandbox, charge=charge, amount=0).code == "parameter_invalid_integer"
    assert "must be one of duplicate" in str(refusal(sandbox, charge=charge, reason="whim"))
    assert "should be provided" in str(refusal(sandbox, amount=5))
    assert refusal(sandbox, charge="ch_none").code == "resource_missing"
    refund(sandbox, charge, amount=7_000)
    too_much = refusal(sandbox, charge=charge, amount=4_000)
    assert too_much.param == "amount"
    assert "($40.00) is greater than unrefunded amount on charge ($30.00)" in str(too_much)
    refund(sandbox, charge)
    assert refusal(sandbox, charge=charge).code == "charge_already_refunded"
    unpaid = sandbox.intent()
    assert "does not have a successful" in str(refusal(sandbox, payment_intent=unpaid.id))


def test_a_charge_that_was_charged_back_cannot_be_refunded_until_it_is_won(
    sandbox: Sandbox,
) -> None:
    charge, _ = sandbox.charged(), sandbox.charged()
    dispute = sandbox.decide("charges", charge, "dispute")
    assert refusal(sandbox, charge=charge).code == "charge_disputed"
    sandbox.decide("disputes", dispute["id"], "won")
    assert refund(sandbox, charge).status == "succeeded"


# A short balance ----------------------------------------------------------------------------


def test_a_refund_waits_for_the_available_balance(sandbox: Sandbox) -> None:
    charge = sandbox.charged("pm_card_visa")  # its money is pending for two days
    made = refund(sandbox, charge)
    assert (made.status, made.pending_reason) == ("pending", "insufficient_funds")
    assert (made.balance_transaction, sandbox.transactions(made.id)) == (None, [])
    assert sandbox.v1.charges.retrieve(charge).amount_refunded == 10_000
    sandbox.advance(days=2)
    assert sandbox.v1.refunds.retrieve(made.id).status == "pending"  # the fee is missing
    sandbox.charged(amount=1_000)
    paid = sandbox.v1.refunds.retrieve(made.id)
    assert (paid.status, "pending_reason" in paid) == ("succeeded", False)
    assert sandbox.transactions(made.id) == [("refund", -10_000, 0)]
    assert sandbox.told()[-2:] == ["refund.updated", "charge.refund.updated"]


def test_what_waits_is_paid_in_the_order_it_was_asked_for(sandbox: Sandbox) -> None:
    charges = [sandbox.charged("pm_card_visa") for _ in range(2)]
    waiting = [refund(sandbox, charge).id for charge in charges]
    sandbox.charged(amount=11_000)
    assert [sandbox.v1.refunds.retrieve(one).status for one in waiting] == ["succeeded", "pending"]
    sandbox.decide("refunds", waiting[1], "canceled")
    found = sandbox.v1.refunds.retrieve(waiting[1])
    assert (found.status, "failure_balance_transaction" in found) == ("canceled", False)
    sandbox.advance(days=3)
    assert sandbox.transactions(waiting[1]) == []


def test_the_balance_may_go_below_zero_where_the_terms_say_so(sandbox: Sandbox) -> None:
    sandbox.terms(refunds_wait_for_balance=False, refund_fee={"usd": 25})
    made = refund(sandbox, sandbox.charged("pm_card_visa"))
    assert made.status == "succeeded"
    assert sandbox.available() == -10_025
    assert sandbox.transactions(made.id) == [("refund", -10_000, 25)]


# Outcomes -----------------------------------------------------------------------------------


def test_the_test_cards_decide_a_while_later(sandbox: Sandbox) -> None:
    late = refund(sandbox, sandbox.charged("pm_card_pendingRefund"))
    sandbox.advance(days=2)
    sandbox.charged()
    fails = refund(sandbox, sandbox.charged("pm_card_refundFail"), amount=500)
    assert fails.status == "succeeded"
    assert sandbox.v1.refunds.retrieve(late.id).pending_reason == "processing"
    sandbox.advance(minutes=1)
    assert sandbox.v1.refunds.retrieve(late.id).status == "succeeded"
    failed = sandbox.v1.refunds.retrieve(fails.id)
    checked(failed)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert sandbox.transactions(fails.id) == [("refund", -500, 0), ("refund_failure", 500, 0)]
    assert sandbox.v1.charges.retrieve(failed.charge).amount_refunded == 0
    assert sandbox.told()[-3:] == ["refund.updated", "charge.refund.updated", "refund.failed"]


def test_every_outcome_can_be_decided(sandbox: Sandbox) -> None:
    sandbox.terms(refunds_begin="pending")
    charge = sandbox.charged()
    made = refund(sandbox, charge, amount=1_000)
    assert (made.status, made.pending_reason) == ("pending", "processing")
    assert sandbox.decide("refunds", made.id, "succeeded")["status"] == "succeeded"
    assert sandbox.decide("refunds", made.id, "pending")["status"] == "pending"
    with pytest.raises(stripe.InvalidRequestError, match="unsupported"):
        sandbox.v1.refunds.cancel(made.id)
    assert sandbox.decide("refunds", made.id, "requires_action")["status"] == "requires_action"
    canceled = sandbox.v1.refunds.cancel(made.id)
    assert (canceled.status, bool(canceled.failure_balance_transaction)) == ("canceled", True)
    other = refund(sandbox, charge, amount=2_000)
    failed = sandbox.decide("refunds", other.id, "failed", reason="declined")
    assert (failed["status"], failed["failure_reason"]) == ("failed", "declined")
    told = sandbox.told()
    sandbox.decide("refunds", other.id, "failed")
    sandbox.decide("refunds", other.id, "succeeded")
    sandbox.decide("refunds", other.id, "canceled")
    assert sandbox.told() == told
    assert sandbox.v1.charges.retrieve(charge).amount_refunded == 0


def test_a_refund_under_way_fails_when_its_charge_is_charged_back(sandbox: Sandbox) -> None:
    sandbox.terms(refunds_begin="pending")
    charge = sandbox.charged()
    made = refund(sandbox, charge, amount=1_000)
    dispute = sandbox.decide("charges", charge, "dispute")
    found = sandbox.v1.refunds.retrieve(made.id)
    assert (found.status, found.failure_reason) == (
        "failed",
        "charge_for_pending_refund_disputed",
    )
    assert dispute["amount"] == 10_000
