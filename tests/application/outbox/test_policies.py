"""What follows from each event: a table, and the follower that writes it down."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from events import AT, EXAMPLES, ORDER_ID, PAYOUT_ID, REFUND
from shop import ADA, BO, Shop

from eventstore.envelope import Metadata, Recorded
from mywork.application.notifications.notices import tells
from mywork.application.outbox import calls
from mywork.application.outbox.policies import follow_ups
from mywork.application.ports.tables import Deadline, OutboxRow
from mywork.application.stored import name_of, stored_call, stored_command
from mywork.domain.balance_adjustment import MakeAdjustmentAvailable
from mywork.domain.breaks.explanation_messages import OpenBreak
from mywork.domain.breaks.settlement_messages import MakeBreakFundsAvailable
from mywork.domain.decider import Command
from mywork.domain.identifiers import BreakId, OrderId, TransactionId
from mywork.domain.order.sale_messages import ExpireOrder, InitiatePayment, OrderExpired
from mywork.domain.order.settlement_messages import (
    MakeFundsAvailable,
    MakeTransactionAvailable,
    ReleaseFunds,
    ReleaseReserve,
)
from mywork.domain.payout.bank_messages import RetryBankPayout
from mywork.domain.seller.messages import PausePayouts
from mywork.domain.subscription.contract_messages import EndGrace
from mywork.domain.subscription.invoice_messages import RecogniseRevenue
from mywork.domain.subscription.settlement_messages import MakeSubscriptionFundsAvailable

DECEMBER, JANUARY = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
STREAM, POSITION = "payouts-ada-USD", 9
OWNER = ADA, "USD"


def call(asked: calls.Call) -> OutboxRow:
    return OutboxRow(f"{STREAM}:3:{name_of(type(asked))}", stored_call(asked, STREAM))


def command(asked: Command) -> OutboxRow:
    return OutboxRow(f"{STREAM}:3:{name_of(type(asked))}", stored_command(asked))


def deadline(subject: str, asked: Command) -> Deadline:
    return Deadline(subject, asked.at, stored_command(asked), POSITION)


NOTICE = call(calls.SendNotice(STREAM, 3))
BY_NAME: dict[str, Any] = {
    "order.placed.v1": deadline(ORDER_ID, ExpireOrder(ORDER_ID, AT + timedelta(days=1))),
    "order.paid.v1": deadline(ORDER_ID, ReleaseFunds(ORDER_ID, AT + timedelta(days=7))),
    "order.payment_settled.v1": deadline(
        ORDER_ID, MakeFundsAvailable(ORDER_ID, AT + timedelta(days=2))
    ),
    "order.expired.v1": call(calls.CancelPaymentIntent("pi_1")),
    "payout.dispatched.v1": call(calls.CreateTransfer(*OWNER, PAYOUT_ID, 1)),
    "payout.sent.v1": call(calls.CreateBankPayout(*OWNER, PAYOUT_ID, 1)),
    "payout.bank_retry_scheduled.v1": deadline(
        f"{STREAM}/{PAYOUT_ID}/2",
        RetryBankPayout(*OWNER, PAYOUT_ID, 2, AT + timedelta(days=1)),
    ),
    "payout.bank_payout_retried.v1": call(calls.CreateBankPayout(*OWNER, PAYOUT_ID, 2)),
    "payout.reversal_requested.v1": call(calls.ReverseTransfer(*OWNER, PAYOUT_ID, 1, 26_013)),
    "order.reserve_kept.v1": deadline(ORDER_ID, ReleaseReserve(ORDER_ID, AT + timedelta(days=37))),
    "order.refund_approved.v1": call(calls.CreateRefund(ORDER_ID, REFUND, "pi_1", "USD", 29_900)),
    "break.return_asked.v1": call(calls.ReturnPayment(BreakId("ch_9"), "ch_9")),
    "order.dispute_closed.v1": deadline(ORDER_ID, ReleaseFunds(ORDER_ID, AT + timedelta(days=7))),
    "movement.recorded.v1": deadline(
        "txn_3",
        MakeAdjustmentAvailable(TransactionId("txn_3"), AT + timedelta(days=2)),
    ),
    **dict.fromkeys(
        (
            "subscription.plan_change_requested.v1",
            "subscription.cancellation_requested.v1",
            "subscription.resumption_requested.v1",
        ),
        call(calls.AlignSubscription(BO)),
    ),
    "subscription.invoice_paid.v1": (
        deadline("bo/in_1/paid/2026-12-01", RecogniseRevenue(BO, "in_1", DECEMBER)),
        deadline("bo/in_1/paid/2027-01-01", RecogniseRevenue(BO, "in_1", JANUARY)),
    ),
    "subscription.invoice_refunded.v1": deadline(
        "bo/in_1/re_2/2027-01-01", RecogniseRevenue(BO, "in_1", JANUARY)
    ),
    "subscription.invoice_refund_failed.v1": deadline(
        "bo/in_1/re_2-failed/2027-01-01", RecogniseRevenue(BO, "in_1", JANUARY)
    ),
    "subscription.invoice_dispute_closed.v1": deadline(
        "bo/in_1/dp_2/2027-01-01", RecogniseRevenue(BO, "in_1", JANUARY)
    ),
    "subscription.invoice_settled.v1": deadline(
        "bo/txn_6",
        MakeSubscriptionFundsAvailable(BO, "txn_6", AT + timedelta(days=2)),
    ),
    "break.settled.v1": deadline(
        "ch_9", MakeBreakFundsAvailable(BreakId("ch_9"), AT + timedelta(days=2))
    ),
}


def recorded(event: Any, name: str = "") -> Recorded:
    return Recorded(POSITION, STREAM, 3, name, event, Metadata("t", "c", AT), AT)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_event_has_these_follow_ups_and_no_others(name: str) -> None:
    event = EXAMPLES[name]
    if name == "payout.reversal_requested.v1":
        event = replace(event, automatic=False)
    found = BY_NAME.get(name, ())
    expected = [*found] if isinstance(found, tuple) else [found]
    expected += [NOTICE] if tells(event) else []
    assert list(follow_ups(recorded(event, name))) == expected


def test_a_payout_that_is_reversed_by_itself_pauses_its_seller() -> None:
    reason = (
        "the bank sent a payout back (account_closed); check the bank account that Stripe knows"
    )
    _, pause = follow_ups(recorded(EXAMPLES["payout.reversal_requested.v1"]))
    assert pause == command(PausePayouts(ADA, reason, AT))


def test_an_overdue_subscription_goes_on_for_a_while() -> None:
    overdue = replace(
        EXAMPLES["subscription.status_changed.v1"], status="past_due", grace_until=DECEMBER
    )
    ended = deadline("bo/2026-12-01", EndGrace(BO, DECEMBER))
    assert follow_ups(recorded(overdue))[0] == ended


def test_a_refund_that_is_available_later_ripens() -> None:
    later = replace(EXAMPLES["subscription.invoice_refund_settled.v1"], available_on=DECEMBER)
    matured = MakeSubscriptionFundsAvailable(BO, "txn_7", DECEMBER)
    assert follow_ups(recorded(later)) == (deadline("bo/txn_7", matured),)


def test_what_no_invoice_covers_of_a_lost_dispute_is_a_break() -> None:
    closed = EXAMPLES["subscription.invoice_dispute_closed.v1"]
    *_, found, told_of = follow_ups(
        recorded(replace(closed, revenue_minor=933, excess_minor=1_000))
    )
    expected = OpenBreak(
        break_id=BreakId("dp_2.excess"),
        kind="exceeded_payment",
        object_id="dp_2",
        currency="USD",
        amount_minor=-1_000,
        fee_minor=0,
        available_on=None,
        concerns="subscription-bo",
        detail="refunds and disputes took more than was paid; what is beyond lies in suspense",
        at=AT,
    )
    assert found == command(expected)
    assert told_of == NOTICE
    assert follow_ups(recorded(replace(closed, outcome="won", held_minor=0))) == (NOTICE,)


def test_a_free_order_never_expires() -> None:
    terms = EXAMPLES["order.placed.v1"]
    assert follow_ups(recorded(replace(terms, price_minor=0))) == ()


def test_an_order_that_expires_without_an_intent_cancels_nothing() -> None:
    assert follow_ups(recorded(OrderExpired(OrderId(ORDER_ID), ""))) == ()


def test_a_break_that_ripens_has_a_deadline() -> None:
    opened = replace(EXAMPLES["break.opened.v1"], available_on=AT)
    assert follow_ups(recorded(opened)) == (
        deadline("ch_9", MakeBreakFundsAvailable(BreakId("ch_9"), AT)),
        NOTICE,
    )


def rows(shop: Shop) -> tuple[list[Any], list[Any]]:
    effects = shop.rows("SELECT key FROM operations.outbox")
    return effects, shop.rows("SELECT name, subject FROM operations.deadlines ORDER BY name")


def test_follow_ups_are_written_once_however_often_history_is_read(shop: Shop) -> None:
    shop.place("1")
    shop.handle(InitiatePayment(OrderId("1"), "pi_1", shop.clock.now()))
    shop.runner.catch_up()
    assert rows(shop) == ([], [("expire_order", "1")])
    shop.clock.advance(hours=24)
    shop.handle(ExpireOrder(OrderId("1"), shop.clock.now()))
    shop.runner.catch_up()
    shop.runner.catch_up()
    assert [key for (key,) in rows(shop)[0]] == ["order-1:3:cancel_payment_intent"]
    assert shop.queue.keys == ["order-1:3:cancel_payment_intent"]


def test_nothing_is_queued_that_was_not_committed(shop: Shop) -> None:
    shop.release("1")
    shop.onboard()
    shop.core.paying_out.request(ADA, "USD", request_id="r")
    shop.core.payout_queue.run()
    shop.change("ALTER TABLE operations.outbox ADD CONSTRAINT broken CHECK (key = '')")
    with pytest.raises(Exception, match="broken"):
        shop.runner.catch_up()
    assert (shop.queue.keys, shop.rows("SELECT * FROM operations.deadlines")) == ([], [])
    shop.change("ALTER TABLE operations.outbox DROP CONSTRAINT broken")
    shop.runner.catch_up()
    assert len(shop.queue.keys) == 1


def test_what_exceeds_a_payment_asks_for_a_break() -> None:
    lost = replace(EXAMPLES["order.dispute_closed.v1"], excess_minor=500, release_at=None)
    failed = replace(EXAMPLES["order.refund_failed.v1"], excess_minor=300)
    opened, _ = follow_ups(recorded(lost))
    back, _ = follow_ups(recorded(failed))
    first, second = opened.asked.read(), back.asked.read()
    assert isinstance(first, OpenBreak)
    assert isinstance(second, OpenBreak)
    assert (first.amount_minor, second.amount_minor) == (-500, 300)
    assert first.break_id != second.break_id


def test_a_transaction_that_is_not_due_yet_has_its_day() -> None:
    settled = replace(EXAMPLES["order.refund_settled.v1"], available_on=AT)
    assert list(follow_ups(recorded(settled))) == [
        deadline(f"{ORDER_ID}:txn_3", MakeTransactionAvailable(ORDER_ID, "txn_3", AT))
    ]
