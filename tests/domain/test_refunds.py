"""Refunds: who may ask and decide, what Stripe makes of it; refused by name, or nothing new."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from events import AT, EXAMPLES, ORDER_ID, REFUND
from scenario import Scenario
from transactions import moved, otherwise

from mywork.domain.errors import (
    MoneyInvalid,
    NotAllowed,
    OrderDisputed,
    OrderNotRefundable,
    PaymentDisagrees,
    PredecessorMissing,
    RefundExceedsPayment,
    RefundNotFound,
    RefundNotPending,
    RefundWindowOver,
)
from mywork.domain.order.decider import ORDER
from mywork.domain.order.refund_messages import (
    ApproveRefund,
    ConcludeRefund,
    DeclineRefund,
    RecordRefund,
    RefuseRefund,
    RequestRefund,
)
from mywork.domain.order.sale_messages import RecordDownload
from mywork.domain.order.settlement_messages import (
    FundsAvailable,
    MakeTransactionAvailable,
    SettleOrder,
)

DAY = timedelta(days=1)
REQUESTED: Any = EXAMPLES["order.refund_requested.v1"]
APPROVED: Any = EXAMPLES["order.refund_approved.v1"]
DECLINED: Any = EXAMPLES["order.refund_declined.v1"]
REFUSED: Any = EXAMPLES["order.refund_refused.v1"]
CREATED: Any = EXAMPLES["order.refund_created.v1"]
SUCCEEDED: Any = EXAMPLES["order.refund_succeeded.v1"]
FAILED: Any = EXAMPLES["order.refund_failed.v1"]
SETTLED: Any = EXAMPLES["order.refund_settled.v1"]
DOWNLOADED: Any = EXAMPLES["order.downloaded.v1"]
OPENED: Any = EXAMPLES["order.dispute_opened.v1"]
RELEASED: Any = EXAMPLES["order.funds_released.v1"]

placed = Scenario(ORDER).given(EXAMPLES["order.placed.v1"], EXAMPLES["order.payment_initiated.v1"])
paid = placed.given(EXAMPLES["order.paid.v1"])
downloaded = paid.given(DOWNLOADED)
waiting = downloaded.given(REQUESTED)
approved = paid.given(REQUESTED, APPROVED)
created = approved.given(CREATED)
disputed = paid.given(OPENED)
free = placed.given(EXAMPLES["order.granted.v1"])

ASK: Any = RequestRefund(ORDER_ID, REFUND, 29_900, "buyer", "it does not run here", AT + DAY)  # type: ignore[arg-type]
APPROVE: Any = ApproveRefund(ORDER_ID, REFUND, AT + DAY)  # type: ignore[arg-type]
DECLINE: Any = DeclineRefund(ORDER_ID, REFUND, "it was used", AT + DAY)  # type: ignore[arg-type]
REFUSE: Any = RefuseRefund(ORDER_ID, REFUND, "charge_disputed", AT + DAY)  # type: ignore[arg-type]
RECORD: Any = RecordRefund(ORDER_ID, "re_1", REFUND, "USD", 29_900, AT + DAY)  # type: ignore[arg-type]
SUCCEED: Any = ConcludeRefund(ORDER_ID, "re_1", "succeeded", "", AT + DAY)  # type: ignore[arg-type]
FAIL: Any = ConcludeRefund(ORDER_ID, "re_1", "failed", "expired_or_canceled_card", AT + DAY)  # type: ignore[arg-type]
SETTLE: Any = SettleOrder(ORDER_ID, moved("txn_3", "refund", "re_1", -29_900, AT + DAY))


def test_a_buyer_who_downloaded_nothing_need_not_wait() -> None:
    paid.when(ASK).then(REQUESTED, APPROVED)
    paid.when(replace(ASK, amount_minor=None)).then(REQUESTED, APPROVED)
    approved.when(ASK).nothing_new()


def test_after_a_download_a_buyer_waits_and_a_seller_does_not() -> None:
    downloaded.when(ASK).then(REQUESTED)
    downloaded.when(replace(ASK, asked_by="seller")).then(
        replace(REQUESTED, asked_by="seller"), APPROVED
    )


def test_a_refund_is_refused_by_name() -> None:
    paid.when(replace(ASK, amount_minor=29_901)).refused(RefundExceedsPayment, r"299\.00 USD")
    paid.when(replace(ASK, amount_minor=0)).refused(MoneyInvalid, "more than nothing")
    created.when(replace(ASK, refund_id="r2")).refused(RefundExceedsPayment, r"0\.00 USD")
    paid.when(replace(ASK, at=AT + 15 * DAY)).refused(RefundWindowOver, "ask an admin")
    paid.when(replace(ASK, at=AT + 15 * DAY, asked_by="seller")).refused(RefundWindowOver)
    paid.when(replace(ASK, platform_bears_fee=True)).refused(NotAllowed, "only an admin")
    disputed.when(ASK).refused(OrderDisputed, "dp_1")
    for unpaid in (placed, free):
        unpaid.when(ASK).refused(OrderNotRefundable)


def test_an_odd_half_of_a_unit_falls_to_the_seller() -> None:
    requested, _ = paid.when(replace(ASK, amount_minor=5)).events()
    assert (requested.seller_minor, requested.commission_minor) == (5, 0)


def test_an_admin_may_refund_later_and_bear_the_fee() -> None:
    late = replace(ASK, asked_by="admin", at=AT + 400 * DAY, platform_bears_fee=True)
    requested, _ = paid.when(late).events()
    parts = requested.seller_minor, requested.commission_minor, requested.processing_minor
    assert parts == (26_013, 2_990, 897)


def test_an_inquiry_may_be_answered_by_a_refund() -> None:
    paid.given(replace(OPENED, inquiry=True)).when(ASK).then(REQUESTED, APPROVED)


def test_a_person_decides_once() -> None:
    waiting.when(APPROVE).then(APPROVED)
    waiting.when(DECLINE).then(DECLINED)
    waiting.given(DECLINED).when(APPROVE).refused(RefundNotPending, "declined")
    approved.when(DECLINE).refused(RefundNotPending, "approved")
    approved.when(APPROVE).nothing_new()
    waiting.given(DECLINED).when(DECLINE).nothing_new()
    paid.when(APPROVE).refused(RefundNotFound)
    waiting.given(OPENED).when(APPROVE).refused(OrderDisputed)


def test_what_is_declined_after_the_hold_is_available_at_once() -> None:
    declined = replace(DECLINED, to_pending_minor=0, to_available_minor=26_910)
    waiting.given(replace(RELEASED, amount_minor=0)).when(DECLINE).then(declined)


def test_stripe_may_refuse() -> None:
    approved.when(REFUSE).then(REFUSED)
    created.when(REFUSE).nothing_new()
    paid.when(REFUSE).refused(RefundNotFound)


def test_a_refund_exists_once_stripe_made_it() -> None:
    approved.when(RECORD).then(CREATED)
    created.when(RECORD).nothing_new()
    placed.when(RECORD).refused(PredecessorMissing)
    free.when(RECORD).refused(PaymentDisagrees)
    approved.when(replace(RECORD, currency="EUR")).refused(PaymentDisagrees, "in EUR")


def test_a_refund_made_at_stripe_is_requested_and_made_at_once() -> None:
    made, recorded = paid.when(replace(RECORD, refund_id="", amount_minor=40_000)).events()
    assert (made.asked_by, made.refund_id, made.excess_minor) == ("stripe", "re_1", 10_100)
    assert recorded.amount_minor == 40_000
    shares = recorded.seller_minor + recorded.commission_minor
    assert shares + recorded.excess_minor == 40_000


def test_a_refund_that_was_refused_and_made_all_the_same_is_booked() -> None:
    events = approved.given(REFUSED).when(RECORD).events()
    assert [type(event).__name__ for event in events] == ["RefundRequested", "RefundCreated"]


def test_the_outcome_of_a_refund() -> None:
    created.when(SUCCEED).then(SUCCEEDED)
    created.when(FAIL).then(FAILED)
    created.given(SUCCEEDED).when(FAIL).then(FAILED)  # banks send money back weeks later
    created.given(SUCCEEDED).when(SUCCEED).nothing_new()
    created.given(FAILED).when(SUCCEED).nothing_new()
    created.given(FAILED).when(FAIL).nothing_new()
    approved.when(SUCCEED).refused(PredecessorMissing)
    cancelled = replace(FAILED, cancelled=True, failure_reason="")
    created.when(replace(FAIL, outcome="canceled", failure_reason="")).then(cancelled)


def test_a_refund_that_failed_may_be_asked_for_again() -> None:
    again = replace(REQUESTED, refund_id="r2", from_pending_minor=26_910, from_available_minor=0)
    requested, _ = created.given(FAILED).when(replace(ASK, refund_id="r2")).events()
    assert requested == again


def test_what_went_beyond_the_payment_comes_back_with_a_failure() -> None:
    beyond = paid.when(replace(RECORD, refund_id="", amount_minor=40_000)).events()
    (failed,) = paid.given(*beyond).when(FAIL).events()
    assert (failed.amount_minor, failed.excess_minor) == (40_000, 10_100)


def test_a_refunds_transaction_settles_it_once() -> None:
    created.when(SETTLE).then(SETTLED)
    created.given(SETTLED).when(SETTLE).nothing_new()
    approved.when(SETTLE).refused(PredecessorMissing)
    created.when(otherwise(SETTLE, amount_minor=-29_800)).refused(PaymentDisagrees)
    created.when(otherwise(SETTLE, currency="EUR")).refused(PredecessorMissing, "to be settled")
    back = replace(SETTLED, transaction_id="txn_9", amount_minor=-29_900, moved_minor=-29_900)
    failed = created.given(SETTLED, FAILED)
    failed.when(otherwise(SETTLE, id="txn_9", amount_minor=29_900)).then(back)


def test_a_refunds_transaction_may_be_due_later() -> None:
    due = AT + 3 * DAY
    settled = replace(SETTLED, available_on=due, fee_minor=25)
    created.when(otherwise(SETTLE, available_on=due, fee_minor=25)).then(settled)
    available = MakeTransactionAvailable(ORDER_ID, "txn_3", due)  # type: ignore[arg-type]
    moved = FundsAvailable(ORDER_ID, "txn_3", "USD", -29_925)  # type: ignore[arg-type]
    created.given(settled).when(available).then(moved)
    created.given(settled, moved).when(available).nothing_new()
    created.when(available).nothing_new()


def test_a_download_is_recorded_once() -> None:
    record: Any = RecordDownload(ORDER_ID, AT)  # type: ignore[arg-type]
    paid.when(record).then(DOWNLOADED)
    downloaded.when(record).nothing_new()
