"""Payouts: one in flight, from the request to the bank, and back when the bank says no."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from events import AT, EXAMPLES, PAYOUT_ID
from scenario import Scenario
from transactions import moved, otherwise

from mywork.domain.errors import (
    BalanceNegative,
    NothingToPayOut,
    PaymentDisagrees,
    PayoutBelowMinimum,
    PayoutInFlight,
    PayoutNotFound,
    PayoutUnderWay,
    PredecessorMissing,
    SellerHasOpenBreak,
    SellerNotOnboarded,
    SellerPaused,
)
from mywork.domain.payout.bank_decisions import MAY_PASS, RETRY_AFTER
from mywork.domain.payout.bank_messages import (
    BankRetryScheduled,
    BeginBankPayout,
    RecordBankOutcome,
    RefuseBankPayout,
    RetryBankPayout,
)
from mywork.domain.payout.decider import PAYOUT
from mywork.domain.payout.reversal_messages import FailReversal, RecordReversal, ReversePayout
from mywork.domain.payout.state import WORDS, Stage
from mywork.domain.payout.transfer_messages import (
    CancelPayout,
    DispatchPayout,
    HoldPayout,
    QueuePayout,
    RefusePayout,
    RequestPayout,
    SendPayout,
    SettlePayout,
)

REQUESTED: Any = EXAMPLES["payout.requested.v1"]
QUEUED: Any = EXAMPLES["payout.queued.v1"]
HELD: Any = EXAMPLES["payout.held.v1"]
DISPATCHED: Any = EXAMPLES["payout.dispatched.v1"]
SENT: Any = EXAMPLES["payout.sent.v1"]
SETTLED: Any = EXAMPLES["payout.transfer_settled.v1"]
REFUSED: Any = EXAMPLES["payout.refused.v1"]
CANCELLED: Any = EXAMPLES["payout.cancelled.v1"]
BEGUN: Any = EXAMPLES["payout.bank_payout_begun.v1"]
COMPLETED: Any = EXAMPLES["payout.completed.v1"]
FAILED: Any = EXAMPLES["payout.bank_payout_failed.v1"]
SCHEDULED: Any = EXAMPLES["payout.bank_retry_scheduled.v1"]
RETRIED: Any = EXAMPLES["payout.bank_payout_retried.v1"]
ASKED_BACK: Any = EXAMPLES["payout.reversal_requested.v1"]
REVERSED: Any = EXAMPLES["payout.transfer_reversed.v1"]
REVERSAL_SETTLED: Any = EXAMPLES["payout.reversal_settled.v1"]
REVERSAL_FAILED: Any = EXAMPLES["payout.reversal_failed.v1"]
PASSING: Any = replace(FAILED, failure_code="could_not_process")

empty = Scenario(PAYOUT)
requested = empty.given(REQUESTED)
queued = requested.given(QUEUED)
held = requested.given(HELD)
dispatched = requested.given(DISPATCHED)
sent = dispatched.given(SENT)
begun = sent.given(BEGUN)
completed = begun.given(COMPLETED)
waiting = begun.given(PASSING, SCHEDULED)
retried = waiting.given(RETRIED)
reversing = begun.given(FAILED, ASKED_BACK)
blocked = reversing.given(REVERSAL_FAILED)
back = reversing.given(REVERSED)

REQUEST: Any = RequestPayout(
    "ada", "USD", PAYOUT_ID, "acct_1", True, 26_013, 26_013, 1_000, "weekly", AT
)  # fmt: skip
QUEUE: Any = QueuePayout("ada", "USD", PAYOUT_ID, AT)
HOLD: Any = HoldPayout("ada", "USD", PAYOUT_ID, "an identity check is open", AT)
DISPATCH: Any = DispatchPayout("ada", "USD", PAYOUT_ID, AT)
SEND: Any = SendPayout("ada", "USD", PAYOUT_ID, "tr_1", AT)
SETTLE: Any = SettlePayout("ada", "USD", moved("txn_2", "transfer", "tr_1", -26_013, AT))
REFUSE: Any = RefusePayout("ada", "USD", PAYOUT_ID, "account_invalid", AT)
CANCEL: Any = CancelPayout("ada", "USD", PAYOUT_ID, "changed my mind", AT)
BEGIN: Any = BeginBankPayout("ada", "USD", PAYOUT_ID, "po_1", AT)
REFUSE_BANK: Any = RefuseBankPayout("ada", "USD", PAYOUT_ID, 1, "payouts_not_allowed", AT)
PAID: Any = RecordBankOutcome("ada", "USD", PAYOUT_ID, "po_1", True, "", AT)
RETURNED: Any = replace(PAID, paid=False, failure_code="account_closed")
RETRY: Any = RetryBankPayout("ada", "USD", PAYOUT_ID, 2, AT)
REVERSE: Any = ReversePayout("ada", "USD", PAYOUT_ID, "account_closed", AT)
RECORD: Any = RecordReversal("ada", "USD", "tr_1", "trr_1", 26_013, AT)
SETTLE_REVERSAL: Any = SettlePayout(
    "ada", "USD", moved("txn_3", "transfer_reversal", "trr_1", 26_013, AT)
)
FAIL_REVERSAL: Any = FailReversal("ada", "USD", PAYOUT_ID, 1, "balance_insufficient", AT)
BY_A_PERSON: Any = replace(RETRY, attempt=0)


def test_every_stage_has_its_words() -> None:
    assert set(WORDS) == set(get_args(Stage))


# The request --------------------------------------------------------------------------------


def test_requesting_takes_what_is_released() -> None:
    empty.when(REQUEST).then(REQUESTED)
    (event,) = empty.when(replace(REQUEST, released_minor=5_000)).events()
    assert event.amount_minor == 5_000


def test_what_debts_claim_is_not_paid_out() -> None:
    (event,) = empty.when(replace(REQUEST, claimed_minor=1_013)).events()
    assert event.amount_minor == 25_000
    everything = replace(REQUEST, claimed_minor=26_013)
    empty.when(everything).refused(NothingToPayOut, r"260\.13 USD is owed to us first")


def test_requesting_is_refused_with_the_reason() -> None:
    empty.when(replace(REQUEST, payouts_enabled=False)).refused(SellerNotOnboarded, "finish")
    empty.when(replace(REQUEST, available_minor=0)).refused(NothingToPayOut)
    empty.when(replace(REQUEST, available_minor=-500)).refused(BalanceNegative, r"-5\.00 USD")
    empty.when(replace(REQUEST, available_minor=999)).refused(PayoutBelowMinimum, "10.00 USD")
    empty.when(replace(REQUEST, paused_because="fraud")).refused(SellerPaused, "fraud")
    empty.when(replace(REQUEST, open_breaks=("ch_9",))).refused(SellerHasOpenBreak, "ch_9")


@pytest.mark.parametrize(
    "open_payout", [requested, queued, held, dispatched, sent, begun, waiting, reversing, blocked]
)
def test_nothing_is_requested_while_one_is_in_flight(open_payout: Scenario) -> None:
    open_payout.when(replace(REQUEST, payout_id="another")).refused(PayoutInFlight, PAYOUT_ID)


def test_the_same_request_is_one_payout() -> None:
    requested.when(REQUEST).nothing_new()
    completed.when(REQUEST).nothing_new()
    back.when(REQUEST).nothing_new()


@pytest.mark.parametrize(
    "ended", [completed, back, requested.given(CANCELLED), dispatched.given(REFUSED)]
)
def test_the_next_is_requested_once_the_last_has_ended(ended: Scenario) -> None:
    (event,) = ended.when(replace(REQUEST, payout_id="next")).events()
    assert event.payout_id == "next"


# Taking turns -------------------------------------------------------------------------------


def test_queueing() -> None:
    for state in (requested, held, dispatched):
        state.when(QUEUE).then(QUEUED)
    empty.when(QUEUE).refused(PayoutNotFound)
    for state in (queued, sent, completed, requested.given(CANCELLED)):
        state.when(QUEUE).nothing_new()


def test_holding() -> None:
    for state in (requested, queued, dispatched):
        state.when(HOLD).then(HELD)
    empty.when(HOLD).refused(PayoutNotFound)
    for state in (held, sent, completed):
        state.when(HOLD).nothing_new()


def test_dispatching() -> None:
    for state in (requested, queued, held):
        state.when(DISPATCH).then(DISPATCHED)
    again = dispatched.given(QUEUED)
    again.when(DISPATCH).then(replace(DISPATCHED, number=2))
    empty.when(DISPATCH).refused(PayoutNotFound)
    for state in (dispatched, sent, requested.given(CANCELLED)):
        state.when(DISPATCH).nothing_new()


def test_cancelling_only_what_nobody_has_asked_of_stripe() -> None:
    for state in (requested, queued, held):
        state.when(CANCEL).then(CANCELLED)
    for state in (dispatched, sent, completed, reversing):
        state.when(CANCEL).refused(PayoutUnderWay, "only what has not been sent")
    empty.when(CANCEL).refused(PayoutNotFound)
    requested.given(CANCELLED).when(CANCEL).nothing_new()


# The transfer -------------------------------------------------------------------------------


def test_sending() -> None:
    dispatched.when(SEND).then(SENT)
    requested.when(SEND).then(SENT)  # of a history from before payouts were dispatched
    empty.when(SEND).refused(PredecessorMissing)
    requested.given(CANCELLED).when(SEND).refused(PaymentDisagrees, "tr_1")
    sent.when(replace(SEND, transfer_id="tr_2")).refused(PaymentDisagrees, "tr_2")
    sent.when(SEND).nothing_new()


def test_settling_the_transfer() -> None:
    sent.when(SETTLE).then(SETTLED)
    completed.when(SETTLE).then(SETTLED)
    back.when(SETTLE).then(SETTLED)
    requested.when(SETTLE).refused(PredecessorMissing)
    sent.given(SETTLED).when(otherwise(SETTLE, id="txn_9")).refused(PaymentDisagrees)
    sent.given(SETTLED).when(SETTLE).nothing_new()


def test_a_transfer_refused_for_good() -> None:
    dispatched.when(REFUSE).then(REFUSED)
    sent.when(REFUSE).refused(PayoutUnderWay)
    empty.when(REFUSE).refused(PredecessorMissing)
    dispatched.given(REFUSED).when(REFUSE).nothing_new()


# The bank -----------------------------------------------------------------------------------


def test_the_bank_payout_begins_once() -> None:
    sent.when(BEGIN).then(BEGUN)
    retried.when(replace(BEGIN, bank_payout_id="po_2")).then(replace(BEGUN, bank_payout_id="po_2"))
    requested.when(BEGIN).refused(PredecessorMissing)
    begun.when(BEGIN).nothing_new()


def test_the_banks_outcome() -> None:
    begun.when(PAID).then(COMPLETED)
    begun.when(RETURNED).then(FAILED, ASKED_BACK)
    sent.when(PAID).refused(PredecessorMissing)
    completed.when(PAID).nothing_new()
    reversing.when(RETURNED).nothing_new()


def test_what_was_paid_may_still_come_back_and_reopens_the_payout() -> None:
    completed.when(RETURNED).then(FAILED, ASKED_BACK)
    reopened = completed.given(FAILED, ASKED_BACK)
    reopened.when(replace(REQUEST, payout_id="next")).refused(PayoutInFlight, "being reversed")


def test_paid_after_failed_is_stale_news() -> None:
    waiting.when(PAID).nothing_new()
    reversing.when(PAID).nothing_new()


def test_a_failure_that_may_pass_goes_to_the_bank_again_later_each_time() -> None:
    history, attempt = begun, 1
    for wait in RETRY_AFTER:
        outcome = replace(
            RETURNED, failure_code="could_not_process", bank_payout_id=f"po_{attempt}"
        )
        failed, scheduled = history.when(outcome).events()
        attempt += 1
        assert scheduled == BankRetryScheduled(PAYOUT_ID, attempt, AT + wait)
        retrying = replace(RETRIED, attempt=attempt)
        begins = replace(BEGUN, bank_payout_id=f"po_{attempt}")
        history = history.given(failed, scheduled, retrying, begins)
    last = replace(outcome, bank_payout_id=f"po_{attempt}")
    assert history.when(last).events()[1] == replace(ASKED_BACK, reason="could_not_process")


@pytest.mark.parametrize("code", ["account_closed", "no_account", "canceled", "unheard_of"])
def test_a_failure_that_does_not_pass_is_reversed(code: str) -> None:
    assert code not in MAY_PASS
    _, asked = begun.when(replace(RETURNED, failure_code=code)).events()
    assert asked == replace(ASKED_BACK, reason=code)


def test_a_bank_payout_that_stripe_refuses_to_begin() -> None:
    refused = replace(FAILED, bank_payout_id="", failure_code="payouts_not_allowed")
    sent.when(REFUSE_BANK).then(refused, SCHEDULED)
    requested.when(REFUSE_BANK).refused(PredecessorMissing)
    begun.when(REFUSE_BANK).nothing_new()
    retried.when(REFUSE_BANK).nothing_new()  # that was the attempt before


def test_retrying_at_the_bank() -> None:
    waiting.when(RETRY).then(RETRIED)
    waiting.when(BY_A_PERSON).then(RETRIED)
    blocked.when(BY_A_PERSON).then(RETRIED)
    for state in (requested, sent, begun, completed, reversing, back):
        state.when(BY_A_PERSON).refused(PayoutUnderWay, "only what the bank has sent back")
    empty.when(BY_A_PERSON).refused(PayoutNotFound)
    waiting.when(replace(BY_A_PERSON, paused_because="fraud")).refused(SellerPaused, "fraud")
    for state in (retried, reversing, blocked, back):
        state.when(RETRY).nothing_new()


# Reversals ----------------------------------------------------------------------------------


def test_asking_for_the_money_back() -> None:
    by_a_person = replace(ASKED_BACK, automatic=False)
    waiting.when(REVERSE).then(by_a_person)
    blocked.when(REVERSE).then(replace(by_a_person, number=2))
    for state in (requested, sent, begun, completed, back):
        state.when(REVERSE).refused(PayoutUnderWay, "only what the bank has sent back")
    empty.when(REVERSE).refused(PayoutNotFound)
    reversing.when(REVERSE).nothing_new()


def test_a_reversal_counts_once_by_its_id_whoever_made_it() -> None:
    for state in (sent, begun, completed, waiting, reversing, blocked):
        state.when(RECORD).then(REVERSED)
    back.when(RECORD).nothing_new()
    requested.when(RECORD).refused(PredecessorMissing)
    back.when(replace(RECORD, reversal_id="trr_2", amount_minor=1)).refused(PaymentDisagrees)


def test_a_part_of_the_transfer_is_reversed() -> None:
    part = replace(REVERSED, amount_minor=6_013)
    begun.when(replace(RECORD, amount_minor=6_013)).then(part)
    still_there = begun.given(part)
    still_there.when(replace(REQUEST, payout_id="next")).refused(PayoutInFlight, "bank")
    _, asked = still_there.when(RETURNED).events()
    assert asked.amount_minor == 20_000
    rest = replace(REVERSED, reversal_id="trr_2", amount_minor=20_000)
    still_there.when(replace(RECORD, reversal_id="trr_2", amount_minor=20_000)).then(rest)
    still_there.given(rest).when(replace(REQUEST, payout_id="next")).events()


def test_what_the_bank_says_after_a_reversal_is_kept_and_changes_nothing() -> None:
    reversed_by_hand = begun.given(REVERSED)
    reversed_by_hand.when(RETURNED).then(FAILED)
    reversed_by_hand.when(PAID).then(COMPLETED)
    for outcome in (FAILED, COMPLETED):
        (event,) = reversed_by_hand.given(outcome).when(replace(REQUEST, payout_id="next")).events()
        assert event.payout_id == "next"


def test_settling_the_reversal() -> None:
    back.when(SETTLE_REVERSAL).then(REVERSAL_SETTLED)
    reversing.when(SETTLE_REVERSAL).refused(PredecessorMissing)
    settled = back.given(REVERSAL_SETTLED)
    settled.when(otherwise(SETTLE_REVERSAL, id="txn_9")).refused(PaymentDisagrees)
    settled.when(SETTLE_REVERSAL).nothing_new()


def test_a_failed_reversal_blocks_the_payout() -> None:
    reversing.when(FAIL_REVERSAL).then(REVERSAL_FAILED)
    blocked.when(replace(REQUEST, payout_id="next")).refused(PayoutInFlight, "must decide")
    empty.when(FAIL_REVERSAL).refused(PayoutNotFound)
    for state in (blocked, back, blocked.given(replace(ASKED_BACK, number=2))):
        state.when(FAIL_REVERSAL).nothing_new()


def test_retries_wait_longer_each_time() -> None:
    assert list(RETRY_AFTER) == sorted(RETRY_AFTER)
    assert RETRY_AFTER[0] >= timedelta(days=1)
