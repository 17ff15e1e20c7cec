"""Transfers, bank payouts and restrictions of connected accounts in the stand-in."""

from typing import Any

import pytest
import stripe
from stand_in import Sandbox, checked

from mywork.sandbox.stripe.errors import StripeFault


@pytest.fixture
def account(sandbox: Sandbox) -> str:
    """An onboarded account; the platform has 96.80 available."""
    sandbox.charged()
    return sandbox.account()


def refusal(call: Any, *arguments: Any) -> Any:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*arguments)
    return caught.value


# Transfers ----------------------------------------------------------------------------------


def test_a_transfer_moves_both_balances(sandbox: Sandbox, account: str) -> None:
    made = sandbox.transfer(account, 5_000, transfer_group="g")
    checked(made)
    assert (sandbox.available(), sandbox.available(account=account)) == (4_680, 5_000)
    assert sandbox.transactions(made.id) == [("transfer", -5_000, 0)]
    assert sandbox.transactions(made.destination_payment, account) == [("charge", 5_000, 0)]
    sandbox.transfer(account, 100)
    assert [row.id for row in sandbox.v1.transfers.list({"transfer_group": "g"}).data] == [made.id]


def test_transfers_need_capability_and_money(sandbox: Sandbox, account: str) -> None:
    closed = sandbox.account(onboarded=False)
    error = refusal(sandbox.transfer, closed, 100)
    assert error.code == "insufficient_capabilities_for_transfer"
    assert refusal(sandbox.transfer, account, 99_999).code == "balance_insufficient"
    assert refusal(sandbox.transfer, "acct_none", 1).code == "resource_missing"
    assert sandbox.available() == 9_680


def test_a_transfer_is_reversed_in_parts_and_never_twice(sandbox: Sandbox, account: str) -> None:
    made = sandbox.transfer(account, 5_000)
    reversals = sandbox.v1.transfers.reversals
    first = reversals.create(made.id, {"amount": 2_000, "metadata": {"why": "bank"}})
    checked(first)
    assert sandbox.transactions(first.id) == [("transfer_reversal", 2_000, 0)]
    out = sandbox.transactions(first.destination_payment_refund, account)
    assert out == [("refund", -2_000, 0)]
    assert "greater than" in str(refusal(reversals.create, made.id, {"amount": 3_001}))
    second = reversals.create(made.id)
    assert second.amount == 3_000
    assert "already fully reversed" in str(refusal(reversals.create, made.id))
    found = sandbox.v1.transfers.retrieve(made.id)
    checked(found)
    assert (found.reversed, found.amount_reversed) == (True, 5_000)
    assert [row.id for row in found.reversals.data] == [second.id, first.id]
    assert [row.id for row in reversals.list(made.id).data] == [second.id, first.id]
    assert reversals.retrieve(made.id, first.id).metadata["why"] == "bank"
    other = sandbox.transfer(account, 100)
    assert refusal(reversals.retrieve, other.id, first.id).code == "resource_missing"
    assert sandbox.told()[-3:] == ["transfer.reversed", "transfer.reversed", "transfer.created"]


def test_money_that_has_left_cannot_be_reversed(sandbox: Sandbox, account: str) -> None:
    made = sandbox.transfer(account, 5_000)
    there = {"stripe_account": account}
    sandbox.v1.payouts.create({"amount": 4_000, "currency": "usd"}, there)
    error = refusal(sandbox.v1.transfers.reversals.create, made.id)
    assert error.code == "balance_insufficient"
    assert sandbox.v1.transfers.reversals.create(made.id, {"amount": 1_000}).amount == 1_000


# Bank payouts -------------------------------------------------------------------------------


def paid_out(sandbox: Sandbox, account: str, amount: int = 2_000) -> Any:
    sandbox.transfer(account, 5_000)
    wanted = {"amount": amount, "currency": "usd", "metadata": {"payout_id": "p"}}
    return sandbox.v1.payouts.create(wanted, {"stripe_account": account})


def test_a_bank_payout_arrives_and_may_still_come_back(sandbox: Sandbox, account: str) -> None:
    there = {"stripe_account": account}
    made = paid_out(sandbox, account)
    checked(made)
    statuses = []
    for _ in range(2):
        sandbox.advance(days=1)
        statuses.append(sandbox.v1.payouts.retrieve(made.id, None, there).status)
    assert statuses == ["in_transit", "paid"]
    sandbox.decide("payouts", made.id, "failed", code="no_account")
    found = sandbox.v1.payouts.retrieve(made.id, None, there)
    checked(found)
    assert (found.status, found.failure_code) == ("failed", "no_account")
    assert sandbox.available(account=account) == 5_000
    assert sandbox.transactions(made.id, account) == [
        ("payout", -2_000, 0),
        ("payout_reversal", 2_000, 0),
    ]
    events = sandbox.world.all(account, "event")
    told = [(row["type"], row["data"].get("previous_attributes")) for row in events][-3:]
    assert told == [
        ("payout.updated", {"status": "pending"}),
        ("payout.paid", {"status": "in_transit"}),
        ("payout.failed", {"status": "paid"}),
    ]
    assert {event["account"] for event in events} == {account}
    sandbox.decide("payouts", made.id, "failed")
    sandbox.decide("payouts", made.id, "paid")
    assert len(sandbox.world.all(account, "event")) == len(events)


def test_a_bank_payout_that_fails_before_it_arrives_never_arrives(
    sandbox: Sandbox, account: str
) -> None:
    made = paid_out(sandbox, account)
    sandbox.decide("payouts", made.id, "failed")
    sandbox.advance(days=3)
    assert sandbox.told(account)[-2:] == ["payout.created", "payout.failed"]


def test_a_pending_bank_payout_can_be_called_off(sandbox: Sandbox, account: str) -> None:
    there = {"stripe_account": account}
    made = paid_out(sandbox, account)
    canceled = sandbox.v1.payouts.cancel(made.id, None, there)
    assert (canceled.status, bool(canceled.failure_balance_transaction)) == ("canceled", True)
    assert sandbox.available(account=account) == 5_000
    assert sandbox.told(account)[-1] == "payout.canceled"
    assert "only while they are pending" in str(
        refusal(sandbox.v1.payouts.cancel, made.id, None, there)
    )
    listed = sandbox.v1.payouts.list({"status": "canceled"}, there).data
    assert [row.id for row in listed] == [made.id]


def test_a_bank_payout_needs_money_and_whole_units(sandbox: Sandbox, account: str) -> None:
    there = {"stripe_account": account}
    create = sandbox.v1.payouts.create
    wanted = {"amount": 100, "currency": "usd"}
    assert refusal(create, wanted, there).code == "balance_insufficient"
    error = refusal(create, {"amount": 1_050, "currency": "huf"}, there)
    assert (error.code, error.param) == ("parameter_invalid_integer", "amount")


def test_the_platform_pays_itself_and_its_bank_sends_it_back(
    sandbox: Sandbox, account: str
) -> None:
    made = sandbox.v1.payouts.create({"amount": 9_680, "currency": "usd"})
    assert sandbox.available() == 0
    sandbox.decide("payouts", made.id, "failed")
    assert sandbox.transactions(made.id) == [
        ("payout", -9_680, 0),
        ("payout_reversal", 9_680, 0),
    ]


# Restrictions -------------------------------------------------------------------------------


def test_a_restricted_account_gets_and_pays_nothing_until_it_is_open_again(
    sandbox: Sandbox, account: str
) -> None:
    paid_out(sandbox, account)
    sandbox.decide("accounts", account, "restrict")
    found = sandbox.v1.accounts.retrieve(account)
    checked(found)
    assert (found.payouts_enabled, found.requirements.disabled_reason) == (
        *(False,),
        "requirements.past_due",
    )
    assert found.requirements.currently_due == ["individual.verification.document"]
    last = sandbox.world.all(account, "event")[-1]
    assert last["type"] == "account.updated"
    assert last["data"]["previous_attributes"]["payouts_enabled"] is True
    error = refusal(sandbox.transfer, account, 100)
    assert error.code == "insufficient_capabilities_for_transfer"
    there = {"stripe_account": account}
    create = sandbox.v1.payouts.create
    assert refusal(create, {"amount": 1, "currency": "usd"}, there).code == "payouts_not_allowed"
    sandbox.decide("accounts", account, "onboard")
    assert sandbox.transfer(account, 100).amount == 100


def test_a_rejected_account_stays_closed(sandbox: Sandbox, account: str) -> None:
    sandbox.decide("accounts", account, "restrict", reason="rejected.fraud")
    assert sandbox.v1.accounts.retrieve(account).requirements.currently_due == []
    with pytest.raises(StripeFault, match="rejected"):
        sandbox.decide("accounts", account, "onboard")


def test_only_known_outcomes_of_known_objects_are_decided(sandbox: Sandbox) -> None:
    for kind, identifier, outcome in (
        ("payouts", "po_none", "paid"),
        ("payouts", "po_none", "lost"),
        ("unicorns", "u_1", "found"),
    ):
        with pytest.raises(StripeFault):
            sandbox.decide(kind, identifier, outcome)
