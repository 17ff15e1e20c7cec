"""Payouts: one in flight, from the request to the bank."""

from dataclasses import replace
from typing import Any

from events import AT, EXAMPLES, PAYOUT
from scenario import Scenario

from mywork.domain import payout
from mywork.domain.errors import (
    NothingToPayOut,
    PayoutBelowMinimum,
    PayoutInFlight,
    PredecessorMissing,
    SellerNotOnboarded,
)

REQUESTED: Any = EXAMPLES["payout.requested.v1"]
SENT: Any = EXAMPLES["payout.sent.v1"]
SETTLED: Any = EXAMPLES["payout.transfer_settled.v1"]
REFUSED: Any = EXAMPLES["payout.refused.v1"]
BEGUN: Any = EXAMPLES["payout.bank_payout_begun.v1"]
COMPLETED: Any = EXAMPLES["payout.completed.v1"]
FAILED: Any = EXAMPLES["payout.bank_payout_failed.v1"]

empty = Scenario(payout.decider)
requested = empty.given(REQUESTED)
sent = requested.given(SENT)
begun = sent.given(BEGUN)

REQUEST: Any = payout.RequestPayout(
    "ada", "USD", PAYOUT, "acct_1", True, 26_013, 26_013, 1_000, "weekly", AT
)  # fmt: skip
SEND: Any = payout.SendPayout("ada", "USD", PAYOUT, "tr_1", AT)
SETTLE: Any = payout.SettleTransfer("ada", "USD", "txn_2", "tr_1", 26_013, 0, AT)
REFUSE: Any = payout.RefusePayout("ada", "USD", PAYOUT, "account_invalid", AT)
BEGIN: Any = payout.BeginBankPayout("ada", "USD", PAYOUT, "po_1", AT)
PAID: Any = payout.RecordBankOutcome("ada", "USD", PAYOUT, "po_1", True, "", AT)
RETURNED: Any = replace(PAID, paid=False, failure_code="account_closed")


def test_requesting_takes_what_is_released() -> None:
    empty.when(REQUEST).then(REQUESTED)
    (event,) = empty.when(replace(REQUEST, released_minor=5_000)).events()
    assert event.amount_minor == 5_000


def test_requesting_is_refused_with_the_reason() -> None:
    empty.when(replace(REQUEST, payouts_enabled=False)).refused(SellerNotOnboarded)
    empty.when(replace(REQUEST, available_minor=0)).refused(NothingToPayOut)
    empty.when(replace(REQUEST, available_minor=-500)).refused(NothingToPayOut)
    empty.when(replace(REQUEST, available_minor=999)).refused(PayoutBelowMinimum, "10.00 USD")
    requested.when(replace(REQUEST, payout_id="another")).refused(PayoutInFlight)


def test_the_same_request_is_one_payout() -> None:
    requested.when(REQUEST).nothing_new()
    begun.given(COMPLETED).when(REQUEST).nothing_new()
    begun.given(COMPLETED).when(replace(REQUEST, payout_id="next")).events()


def test_sending() -> None:
    requested.when(SEND).then(SENT)
    empty.when(SEND).refused(PredecessorMissing)
    sent.when(SEND).nothing_new()


def test_settling_the_transfer() -> None:
    sent.when(SETTLE).then(SETTLED)
    requested.when(SETTLE).refused(PredecessorMissing)
    sent.given(SETTLED).when(SETTLE).nothing_new()
    begun.given(COMPLETED).when(SETTLE).then(SETTLED)


def test_a_transfer_refused_for_good() -> None:
    requested.when(REFUSE).then(REFUSED)
    sent.when(REFUSE).refused(PayoutInFlight)
    empty.when(REFUSE).refused(PredecessorMissing)
    requested.given(REFUSED).when(REFUSE).nothing_new()


def test_the_bank_payout_begins_once() -> None:
    sent.when(BEGIN).then(BEGUN)
    requested.when(BEGIN).refused(PredecessorMissing)
    begun.when(BEGIN).nothing_new()


def test_the_banks_outcome() -> None:
    begun.when(PAID).then(COMPLETED)
    begun.when(RETURNED).then(FAILED)
    begun.given(COMPLETED).when(RETURNED).then(FAILED)
    sent.when(PAID).refused(PredecessorMissing)
    begun.given(COMPLETED).when(PAID).nothing_new()
    begun.given(FAILED).when(RETURNED).nothing_new()
