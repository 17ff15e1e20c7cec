"""Movements of Stripe's balance that explain themselves: what happens, and when nothing does."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from events import AT, EXAMPLES
from scenario import Scenario
from transactions import moved, otherwise

from mywork.domain.balance_adjustment import ADJUSTMENT, MakeAdjustmentAvailable, RecordAdjustment
from mywork.domain.errors import AdjustmentNotFound, HoldNotOver

LATER = AT + timedelta(days=2)
RECORDED, AVAILABLE = EXAMPLES["movement.recorded.v1"], EXAMPLES["movement.funds_available.v1"]
RECORD: Any = RecordAdjustment(
    "bank", moved("txn_3", "topup", "tu_1", 50_000, AT, available_on=LATER)
)
RIPEN: Any = MakeAdjustmentAvailable("txn_3", LATER)  # type: ignore[arg-type]

unknown = Scenario(ADJUSTMENT)
recorded = unknown.given(RECORDED)


def test_a_transaction_is_one_movement_however_often_it_is_read() -> None:
    unknown.when(RECORD).then(RECORDED)
    recorded.when(RECORD).nothing_new()
    nameless = replace(RECORDED, object_id="txn_3")
    unknown.when(otherwise(RECORD, object_id="")).then(nameless)
    unknown.when(otherwise(RECORD, available_on=None)).then(replace(RECORDED, available_on=None))


def test_its_funds_become_available_when_stripe_says_so() -> None:
    recorded.when(RIPEN).then(AVAILABLE)
    recorded.when(replace(RIPEN, at=AT)).refused(HoldNotOver)
    unknown.when(RIPEN).refused(AdjustmentNotFound, "txn_3")
    recorded.given(AVAILABLE).when(RIPEN).nothing_new()


def test_what_was_available_at_once_ripens_no_more() -> None:
    at_once = unknown.given(replace(RECORDED, available_on=None))
    at_once.when(RIPEN).nothing_new()
    at_once.when(RECORD).nothing_new()


def test_a_fee_of_the_movement_is_not_among_the_funds() -> None:
    with_fee = unknown.given(replace(RECORDED, fee_minor=500))
    with_fee.when(RIPEN).then(replace(AVAILABLE, net_minor=49_500))
