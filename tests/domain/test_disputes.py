"""Disputes, inquiries and reserves: what happens, what is refused, and when nothing happens."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from events import AT, EXAMPLES, ORDER_ID
from scenario import Scenario
from transactions import moved, otherwise

from mywork.domain.errors import (
    DisputeNotFound,
    DisputeNotOpen,
    EvidenceTooLate,
    HoldNotOver,
    PaymentDisagrees,
    PredecessorMissing,
    ReleaseStopped,
)
from mywork.domain.order.decider import ORDER
from mywork.domain.order.dispute_messages import (
    CloseDispute,
    OpenDispute,
    RecordFraudWarning,
    ReinstateDispute,
    SubmitEvidence,
    WithdrawDispute,
)
from mywork.domain.order.refund_messages import ConcludeRefund, RecordRefund, RequestRefund
from mywork.domain.order.settlement_messages import (
    FundsAvailable,
    MakeTransactionAvailable,
    ReleaseFunds,
    ReleaseReserve,
    SettleOrder,
)

DAY = timedelta(days=1)
OPENED: Any = EXAMPLES["order.dispute_opened.v1"]
INQUIRED: Any = replace(OPENED, inquiry=True)
WITHDRAWN: Any = EXAMPLES["order.dispute_withdrawn.v1"]
REINSTATED: Any = EXAMPLES["order.dispute_reinstated.v1"]
LOST: Any = EXAMPLES["order.dispute_closed.v1"]
SETTLED: Any = EXAMPLES["order.dispute_settled.v1"]
EVIDENCE: Any = EXAMPLES["order.evidence_submitted.v1"]
REQUESTED: Any = EXAMPLES["order.refund_requested.v1"]
DECLINED: Any = EXAMPLES["order.refund_declined.v1"]
RELEASED: Any = EXAMPLES["order.funds_released.v1"]
AGREED: Any = EXAMPLES["order.reserve_agreed.v1"]
KEPT: Any = EXAMPLES["order.reserve_kept.v1"]

placed = Scenario(ORDER).given(EXAMPLES["order.placed.v1"], EXAMPLES["order.payment_initiated.v1"])
paid = placed.given(EXAMPLES["order.paid.v1"])
opened = paid.given(OPENED)
withdrawn = opened.given(WITHDRAWN)
lost = withdrawn.given(LOST)
reserved = placed.given(AGREED, EXAMPLES["order.paid.v1"])

OPEN: Any = OpenDispute(
    ORDER_ID, "dp_1", "ch_1", "USD", 29_900, "fraudulent", False, AT + 9 * DAY, AT
)  # type: ignore[arg-type]  # fmt: skip
WITHDRAW: Any = WithdrawDispute(ORDER_ID, "dp_1", "txn_4", "USD", 29_900, 1_500, AT)  # type: ignore[arg-type]
REINSTATE: Any = ReinstateDispute(ORDER_ID, "dp_1", "txn_5", "USD", 29_900, 1_500, AT)  # type: ignore[arg-type]
LOSE: Any = CloseDispute(ORDER_ID, "dp_1", "lost", AT)  # type: ignore[arg-type]
WIN: Any = replace(LOSE, outcome="won")
SETTLE: Any = SettleOrder(ORDER_ID, moved("txn_4", "dispute", "dp_1", -29_900, AT, fee_minor=1_500))
SUBMIT: Any = SubmitEvidence(ORDER_ID, "dp_1", ("product_description",), True, AT)  # type: ignore[arg-type]
RELEASE: Any = ReleaseFunds(ORDER_ID, AT + 7 * DAY)  # type: ignore[arg-type]


def test_a_dispute_is_not_closed_before_what_it_moved_is_recorded() -> None:
    """Its withdrawal may wait for the payment's settlement in another currency."""
    end: Any = replace(LOSE, transaction_ids=("txn_4",))
    opened.when(end).refused(PredecessorMissing, "txn_4")
    withdrawn.when(end).then(LOST)


def test_opening() -> None:
    paid.when(OPEN).then(OPENED)
    opened.when(OPEN).nothing_new()
    placed.when(OPEN).refused(PredecessorMissing)
    paid.when(replace(OPEN, currency="EUR")).refused(PaymentDisagrees)


def test_an_inquiry_becomes_a_dispute_and_never_goes_back() -> None:
    inquired = paid.given(INQUIRED)
    inquired.when(replace(OPEN, inquiry=True)).nothing_new()
    inquired.when(OPEN).then(OPENED)
    opened.when(replace(OPEN, inquiry=True)).nothing_new()


def test_an_inquiry_that_was_closed_may_still_become_a_dispute_and_be_lost() -> None:
    """In either order: the end of an inquiry says nothing of the dispute that came of it."""
    end: Any = replace(LOSE, outcome="inquiry_closed")
    inquired = paid.given(INQUIRED)
    closed = inquired.given(*inquired.when(end).events())
    closed.when(OPEN).then(OPENED)
    closed.given(OPENED).when(RELEASE).refused(ReleaseStopped)
    closed.given(OPENED, WITHDRAWN).when(LOSE).then(LOST)
    withdrawn.when(end).nothing_new()


def test_withdrawing() -> None:
    opened.when(WITHDRAW).then(WITHDRAWN)
    withdrawn.when(WITHDRAW).nothing_new()
    paid.when(WITHDRAW).refused(PredecessorMissing)
    opened.when(replace(WITHDRAW, currency="EUR")).refused(PredecessorMissing, "to be settled")


def test_a_request_that_waits_for_a_decision_gives_way() -> None:
    given_way = replace(DECLINED, reason="the buyer disputed the payment")
    taken = replace(
        WITHDRAWN,
        from_pending_minor=26_910,  # what the request had set aside is pending again
        from_available_minor=1_500,
    )
    waiting = paid.given(REQUESTED, OPENED)
    events = waiting.when(WITHDRAW).events()
    assert events[0] == given_way
    assert events[1].seller_minor == taken.seller_minor
    parts = (
        events[1].from_pending_minor,
        events[1].from_reserve_minor,
        events[1].from_available_minor,
    )
    assert sum(parts) == 26_910 + 1_500


def test_reinstating() -> None:
    withdrawn.when(REINSTATE).then(REINSTATED)
    withdrawn.given(REINSTATED).when(REINSTATE).nothing_new()
    paid.when(REINSTATE).refused(PredecessorMissing)
    withdrawn.when(replace(REINSTATE, amount_minor=29_901)).refused(PaymentDisagrees, "more than")
    lost.when(REINSTATE).refused(PaymentDisagrees)


def test_what_comes_back_in_part_is_shared_in_proportion() -> None:
    (half,) = withdrawn.when(replace(REINSTATE, amount_minor=14_950)).events()
    assert (half.held_minor, half.seller_minor, half.commission_minor) == (14_950, 13_455, 1_495)
    rest = withdrawn.given(half).when(LOSE).events()[0]
    assert (rest.held_minor, rest.seller_minor, rest.commission_minor) == (14_950, 13_455, 1_495)


def test_losing() -> None:
    withdrawn.when(LOSE).then(LOST)
    lost.when(LOSE).nothing_new()
    lost.when(WIN).nothing_new()
    paid.when(LOSE).refused(PredecessorMissing)


def test_a_refund_that_fails_before_the_dispute_is_lost_leaves_nothing_to_claim() -> None:
    """The loss takes what the withdrawal had no room for; whatever comes then is excess."""
    record: Any = RecordRefund(ORDER_ID, "re_1", "", "USD", 19_900, AT)  # type: ignore[arg-type]
    fail: Any = ConcludeRefund(ORDER_ID, "re_1", "failed", "lost", AT)  # type: ignore[arg-type]
    history = paid
    for command in (record, OPEN, WITHDRAW, fail, LOSE):
        history = history.given(*history.when(command).events())
    closed = history.history[-1]
    borne = closed.seller_minor, closed.commission_minor, closed.excess_minor
    assert borne == (26_910, 2_990, 0)
    late, _ = history.when(replace(record, stripe_refund_id="re_2")).events()
    assert (late.seller_minor, late.commission_minor, late.excess_minor) == (0, 0, 19_900)


def test_winning_moves_nothing_by_itself() -> None:
    (won,) = withdrawn.when(WIN).events()
    assert (won.outcome, won.held_minor, won.seller_minor) == ("won", 0, 0)
    assert won.release_at == AT + 7 * DAY
    withdrawn.given(won).when(REINSTATE).then(REINSTATED)


def test_settling() -> None:
    withdrawn.when(SETTLE).then(SETTLED)
    withdrawn.given(SETTLED).when(SETTLE).nothing_new()
    opened.when(SETTLE).refused(PredecessorMissing, "not told")


def test_a_disputes_transaction_may_be_due_later() -> None:
    due = AT + 3 * DAY
    settled = replace(SETTLED, available_on=due)
    withdrawn.when(otherwise(SETTLE, available_on=due)).then(settled)
    ripen: Any = MakeTransactionAvailable(ORDER_ID, "txn_4", due)  # type: ignore[arg-type]
    moved: Any = FundsAvailable(ORDER_ID, "txn_4", "USD", -31_400)  # type: ignore[arg-type]
    withdrawn.given(settled).when(ripen).then(moved)
    withdrawn.given(settled, moved).when(ripen).nothing_new()


def test_evidence() -> None:
    opened.when(SUBMIT).then(EVIDENCE)
    paid.when(SUBMIT).refused(DisputeNotFound)
    lost.when(SUBMIT).refused(DisputeNotOpen, "lost")
    opened.when(replace(SUBMIT, at=AT + 10 * DAY)).refused(EvidenceTooLate, "2026-11-19")


def test_a_fraud_warning_is_recorded_once() -> None:
    warned = EXAMPLES["order.fraud_warned.v1"]
    warn: Any = RecordFraudWarning(
        ORDER_ID, "issfr_1", "ch_1", "unauthorized_use_of_card", True, AT
    )  # type: ignore[arg-type]  # fmt: skip
    paid.when(warn).then(warned)
    paid.given(warned).when(warn).nothing_new()
    placed.when(warn).refused(PredecessorMissing)


def test_an_open_dispute_stops_release_and_its_end_says_when_it_is_due() -> None:
    opened.when(RELEASE).refused(ReleaseStopped, "dp_1")
    closed = replace(LOST, outcome="won", held_minor=0, seller_minor=0)
    opened.given(closed).when(RELEASE).then(RELEASED)
    late = replace(WIN, at=AT + 20 * DAY)
    assert withdrawn.when(late).events()[0].release_at == AT + 20 * DAY
    other = replace(OPENED, dispute_id="dp_2")
    assert withdrawn.given(other).when(late).events()[0].release_at is None


def test_a_reserve_is_kept_of_what_is_left_and_released_later() -> None:
    rest = replace(RELEASED, amount_minor=26_013 - 2_601)
    reserved.when(RELEASE).then(KEPT, rest)
    kept = reserved.given(KEPT, rest)
    free: Any = ReleaseReserve(ORDER_ID, KEPT.until)  # type: ignore[arg-type]
    released = EXAMPLES["order.reserve_released.v1"]
    kept.when(free).then(released)
    kept.when(replace(free, at=AT)).refused(HoldNotOver)
    kept.given(OPENED).when(free).refused(ReleaseStopped)
    kept.given(released).when(free).nothing_new()
    paid.when(free).nothing_new()


def test_the_end_of_an_inquiry_says_when_the_reserve_is_due() -> None:
    kept = reserved.given(KEPT, replace(RELEASED, amount_minor=26_013 - 2_601), INQUIRED)
    end: Any = replace(LOSE, outcome="inquiry_closed")
    for at, due in ((AT + 10 * DAY, KEPT.until), (AT + 40 * DAY, AT + 40 * DAY)):
        (closed,) = kept.when(replace(end, at=at)).events()
        assert (closed.release_at, closed.reserve_release_at) == (None, due)


def test_a_refund_takes_pending_then_reserve_then_available() -> None:
    kept = reserved.given(KEPT, replace(RELEASED, amount_minor=26_013 - 2_601))
    ask: Any = RequestRefund(ORDER_ID, "r2", 29_900, "admin", "", AT)  # type: ignore[arg-type]
    requested, _ = kept.when(ask).events()
    assert (requested.from_pending_minor, requested.from_reserve_minor) == (0, 2_601)
    assert requested.from_available_minor == 26_910 - 2_601
