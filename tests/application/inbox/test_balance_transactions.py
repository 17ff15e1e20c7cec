"""Which command a Stripe balance transaction means: pure, so one line each."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fakes import START

from mywork.application.inbox.balance_transactions import ADJUSTMENTS, meaning_of
from mywork.application.ports.meaning import Commands, Ignored
from mywork.domain.balance_adjustment import RecordAdjustment
from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.breaks.explanation_messages import OpenBreak
from mywork.domain.breaks.settlement_messages import SettleBreak
from mywork.domain.errors import PredecessorMissing
from mywork.domain.identifiers import OrderId, SellerId, UserId
from mywork.domain.order.settlement_messages import SettleOrder
from mywork.domain.payout.transfer_messages import SettlePayout
from mywork.domain.subscription.settlement_messages import SettleSubscription

AVAILABLE = START + timedelta(days=2)


def transaction(category: str = "charge", amount_minor: int = 29_900, **changes: Any) -> Any:
    return BalanceTransaction(
        id="txn_1",
        category=category,
        object_id=changes.pop("object_id", "ch_1"),
        currency="USD",
        amount_minor=amount_minor,
        fee_minor=changes.pop("fee_minor", 0),
        available_on=changes.pop("available_on", AVAILABLE),
        exchange_rate="",
        created=START,
    )


def meaning(found: BalanceTransaction, stream: str = "", *, retry: bool = True) -> Any:
    """The one command, or why there is none."""
    found_meaning = meaning_of(found, stream, retry=retry)
    if not isinstance(found_meaning, Commands):
        return found_meaning
    (command,) = found_meaning.commands
    return command


def test_a_charge_of_an_order_settles_its_payment() -> None:
    command = meaning(transaction(fee_minor=897), "order-1-2")
    assert command == SettleOrder(OrderId("1-2"), transaction(fee_minor=897))


def test_money_that_is_available_at_once_is_usable_when_it_was_made() -> None:
    assert transaction().usable_at == AVAILABLE
    assert transaction(available_on=None).usable_at == START


def test_a_transfer_of_a_payout_settles_it_with_what_left_the_balance() -> None:
    command = meaning(transaction("transfer", -26_013), "payouts-user-with-hyphens-USD")
    seller_id = SellerId(UserId("user-with-hyphens"))
    assert command == SettlePayout(seller_id, "USD", transaction("transfer", -26_013))


def test_a_charge_of_a_subscription_settles_its_invoice() -> None:
    command = meaning(transaction(fee_minor=114), "subscription-user-with-hyphens")
    user_id = UserId("user-with-hyphens")
    assert command == SettleSubscription(user_id, transaction(fee_minor=114))


@pytest.mark.parametrize(("category", "amount"), [("refund", -2_900), ("refund_failure", 2_900)])
def test_a_refund_of_a_subscription_settles_going_out_and_coming_back(
    category: str, amount: int
) -> None:
    gone = transaction(category, amount, object_id="re_1")
    settled = SettleSubscription(UserId("bo"), gone)
    assert meaning(gone, "subscription-bo") == settled
    assert gone.subject == "refund"


@pytest.mark.parametrize(("category", "amount"), [("dispute", -2_900), ("dispute_reversal", 2_900)])
def test_a_dispute_of_a_subscription_settles_with_its_fee(category: str, amount: int) -> None:
    moved = transaction(category, amount, fee_minor=1_500, object_id="dp_1")
    settled = SettleSubscription(UserId("bo"), moved)
    assert meaning(moved, "subscription-bo") == settled
    assert moved.subject == "dispute"


def test_a_charge_in_a_break_settles_the_break() -> None:
    command = meaning(transaction(), "break-ch_1")
    assert isinstance(command, SettleBreak)
    assert command.break_id == "ch_1"


def test_what_moves_an_object_that_is_not_explained_is_a_break_of_its_own() -> None:
    """The bank gives back what it took of a payment that was itself unexpected."""
    command = meaning(transaction("dispute_reversal", object_id="du_1"), "break-txn_0")
    assert isinstance(command, OpenBreak)
    assert (command.break_id, command.object_id) == ("txn_1", "du_1")


@pytest.mark.parametrize("category", ["charge", "transfer"])
def test_a_movement_before_its_fact_is_waited_for_and_then_a_break(category: str) -> None:
    with pytest.raises(PredecessorMissing, match="ch_1"):
        meaning(transaction(category))
    command = meaning(transaction(category), retry=False)
    assert isinstance(command, OpenBreak)
    assert command.kind == "unexplained_transaction"


@pytest.mark.parametrize("category", ["other_adjustment", "contribution", "new"])
def test_a_movement_that_no_fact_could_explain_is_a_break_at_once(category: str) -> None:
    command = meaning(transaction(category, -250, object_id=""), "order-1")
    assert isinstance(command, OpenBreak)
    assert (command.break_id, command.object_id, command.amount_minor) == ("txn_1", "txn_1", -250)
    assert category in command.detail


@pytest.mark.parametrize("category", ADJUSTMENTS)
def test_a_movement_that_explains_itself_needs_no_fact_and_never_waits(category: str) -> None:
    own = transaction(category, -250, fee_minor=5)
    assert meaning(own, "order-1") == RecordAdjustment(ADJUSTMENTS[category], own)


def test_a_reserve_is_read_from_the_balance_that_it_left() -> None:
    twin = replace(transaction("risk_reserved_funds", 250), balance="risk_reserved")
    assert isinstance(meaning(twin), Ignored)


def test_a_balance_that_we_do_not_keep_is_a_break_that_never_ripens() -> None:
    command = meaning(replace(transaction("fee", -250), balance="issuing"))
    assert isinstance(command, OpenBreak)
    assert (command.kind, command.available_on) == ("foreign_balance", None)
