"""What follows from each event: a table, and the follower that writes it down."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from events import AT, EXAMPLES, ORDER, PAYOUT, REFUND
from shop import ADA, Shop

from eventstore import Metadata, Recorded
from mywork.application.notices import tells
from mywork.application.ports import Deadline, Effect
from mywork.application.reactions import react
from mywork.domain import order
from mywork.domain.identifiers import OrderId

DECEMBER, JANUARY = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
NOTICE = Effect("stream:3:send_notice", "send_notice", {"stream": "stream", "version": 3})
ASKED = {"stream": "stream", "payout_id": PAYOUT}


def call(kind: str, **payload: Any) -> Effect:
    return Effect(f"stream:3:{kind}", kind, payload)


FOLLOW_UPS: dict[str, Any] = {
    "order.placed.v1": Deadline("expire_order", ORDER, AT + timedelta(days=1)),
    "order.paid.v1": Deadline("release_funds", ORDER, AT + timedelta(days=7)),
    "order.payment_settled.v1": Deadline("make_funds_available", ORDER, AT + timedelta(days=2)),
    "order.expired.v1": call("cancel_payment_intent", id="pi_1"),
    "payout.dispatched.v1": call("create_transfer", **ASKED, number=1),
    "payout.sent.v1": call("create_bank_payout", **ASKED, attempt=1),
    "payout.bank_retry_scheduled.v1": Deadline(
        "retry_bank_payout", f"stream/{PAYOUT}/2", AT + timedelta(days=1)
    ),
    "payout.bank_payout_retried.v1": call("create_bank_payout", **ASKED, attempt=2),
    "payout.reversal_requested.v1": call(
        "reverse_transfer", **ASKED, number=1, amount_minor=26_013
    ),
    "order.reserve_kept.v1": Deadline("release_reserve", ORDER, AT + timedelta(days=37)),
    "order.refund_approved.v1": call(
        "create_refund",
        order_id=ORDER,
        refund_id=REFUND,
        payment_intent_id="pi_1",
        currency="USD",
        amount_minor=29_900,
    ),
    "break.return_asked.v1": Effect(
        "stream:3:return_payment", "return_payment", {"break_id": "ch_9", "charge_id": "ch_9"}
    ),
    "order.dispute_closed.v1": Deadline("release_funds", ORDER, AT + timedelta(days=7)),
    "movement.recorded.v1": Deadline("make_movement_available", "txn_3", AT + timedelta(days=2)),
    **dict.fromkeys(
        (
            "subscription.plan_change_requested.v1",
            "subscription.cancellation_requested.v1",
            "subscription.resumption_requested.v1",
        ),
        call("align_subscription", user_id="bo"),
    ),
    "subscription.invoice_paid.v1": (
        Deadline("recognise_revenue", "bo/in_1/paid/2026-12-01", DECEMBER),
        Deadline("recognise_revenue", "bo/in_1/paid/2027-01-01", JANUARY),
    ),
    "subscription.invoice_refunded.v1": Deadline(
        "recognise_revenue", "bo/in_1/re_2/2027-01-01", JANUARY
    ),
    "subscription.invoice_refund_failed.v1": Deadline(
        "recognise_revenue", "bo/in_1/re_2-failed/2027-01-01", JANUARY
    ),
    "subscription.invoice_dispute_closed.v1": Deadline(
        "recognise_revenue", "bo/in_1/dp_2/2027-01-01", JANUARY
    ),
    "subscription.invoice_settled.v1": Deadline(
        "make_subscription_funds_available", "bo/txn_6", AT + timedelta(days=2)
    ),
    "break.settled.v1": Deadline("make_break_funds_available", "ch_9", AT + timedelta(days=2)),
}


def recorded(event: Any, name: str = "") -> Recorded:
    return Recorded(9, "stream", 3, name, event, Metadata("t", "c", AT), AT)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_event_has_these_follow_ups_and_no_others(name: str) -> None:
    event = EXAMPLES[name]
    if name == "payout.reversal_requested.v1":
        event = replace(event, automatic=False)
    found = FOLLOW_UPS.get(name, ())
    expected = [*found] if isinstance(found, tuple) else [found]
    expected += [NOTICE] if tells(event) else []
    assert list(react(recorded(event, name))) == expected


def test_a_payout_that_is_reversed_by_itself_pauses_its_seller() -> None:
    asked = replace(recorded(EXAMPLES["payout.reversal_requested.v1"]), stream="payouts-ada-USD")
    assert react(asked)[1] == Deadline("pause_payouts", "ada/account_closed", AT)


def test_an_overdue_subscription_goes_on_for_a_while() -> None:
    overdue = replace(
        EXAMPLES["subscription.status_changed.v1"], status="past_due", grace_until=DECEMBER
    )
    assert react(recorded(overdue))[0] == Deadline("end_grace", "bo/2026-12-01", DECEMBER)


def test_a_refund_that_is_available_later_ripens() -> None:
    later = replace(EXAMPLES["subscription.invoice_refund_settled.v1"], available_on=DECEMBER)
    assert react(recorded(later)) == (
        Deadline("make_subscription_funds_available", "bo/txn_7", DECEMBER),
    )


def test_what_no_invoice_covers_of_a_lost_dispute_is_a_break() -> None:
    closed = EXAMPLES["subscription.invoice_dispute_closed.v1"]
    *_, found, told_of = react(recorded(replace(closed, revenue_minor=933, excess_minor=1_000)))
    told = {"currency": "USD", "amount_minor": -1_000, "concerns": "subscription-bo"}
    expected = {"break_id": "dp_2.excess", "object_id": "dp_2"} | told
    assert found == Effect("stream:3:open_break", "open_break", expected)
    assert told_of == NOTICE
    assert react(recorded(replace(closed, outcome="won", held_minor=0))) == (NOTICE,)


def test_a_free_order_never_expires() -> None:
    terms = EXAMPLES["order.placed.v1"]
    assert react(recorded(replace(terms, price_minor=0))) == ()


def test_an_order_that_expires_without_an_intent_cancels_nothing() -> None:
    assert react(recorded(order.OrderExpired(OrderId(ORDER), ""))) == ()


def test_a_break_that_ripens_has_a_deadline() -> None:
    opened = replace(EXAMPLES["break.opened.v1"], available_on=AT)
    assert react(recorded(opened)) == (
        Deadline("make_break_funds_available", "ch_9", AT),
        NOTICE,
    )


def rows(shop: Shop) -> tuple[list[Any], list[Any]]:
    effects = shop.rows("SELECT key FROM operations.effects")
    return effects, shop.rows("SELECT kind, subject FROM operations.deadlines ORDER BY kind")


def test_follow_ups_are_written_once_however_often_history_is_read(shop: Shop) -> None:
    shop.place("1")
    shop.handle(order.InitiatePayment(OrderId("1"), "pi_1", shop.clock.now()))
    shop.runner.catch_up()
    assert rows(shop) == ([], [("expire_order", "1")])
    shop.clock.advance(hours=24)
    shop.handle(order.ExpireOrder(OrderId("1"), shop.clock.now()))
    shop.runner.catch_up()
    shop.runner.catch_up()
    assert [key for (key,) in rows(shop)[0]] == ["order-1:3:cancel_payment_intent"]
    assert shop.queue.keys == ["order-1:3:cancel_payment_intent"]


def test_nothing_is_queued_that_was_not_committed(shop: Shop) -> None:
    shop.release("1")
    shop.onboard()
    shop.core.paying_out.request(ADA, "USD", request_id="r")
    shop.core.payout_queue.run()
    shop.change("ALTER TABLE operations.effects ADD CONSTRAINT broken CHECK (key = '')")
    with pytest.raises(Exception, match="broken"):
        shop.runner.catch_up()
    assert (shop.queue.keys, shop.rows("SELECT * FROM operations.deadlines")) == ([], [])
    shop.change("ALTER TABLE operations.effects DROP CONSTRAINT broken")
    shop.runner.catch_up()
    assert len(shop.queue.keys) == 1


def test_what_exceeds_a_payment_asks_for_a_break() -> None:
    lost = replace(EXAMPLES["order.dispute_closed.v1"], excess_minor=500, release_at=None)
    failed = replace(EXAMPLES["order.refund_failed.v1"], excess_minor=300)
    opened, _ = react(recorded(lost))
    assert isinstance(opened, Effect)
    assert opened.payload["amount_minor"] == -500
    back, _ = react(recorded(failed))
    assert isinstance(back, Effect)
    assert back.payload["amount_minor"] == 300
    assert back.payload["break_id"] != opened.payload["break_id"]


def test_a_transaction_that_is_not_due_yet_has_its_day() -> None:
    settled = replace(EXAMPLES["order.refund_settled.v1"], available_on=AT)
    assert list(react(recorded(settled))) == [
        Deadline("make_transaction_available", f"{ORDER}:txn_3", AT)
    ]
