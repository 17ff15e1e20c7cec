"""Vendor calls: once as far as anybody can tell, whatever breaks between here and there."""

from datetime import timedelta
from typing import Any

import pytest
from fakes import FakeQueue
from shop import ADA, Shop

from mywork.application.outbox.dispatcher import LEASE
from mywork.application.ports.faults import VendorRefused, VendorUnavailable
from mywork.application.ports.tables import OutboxRow
from mywork.application.stored import stored_command
from mywork.domain.errors import Conflict
from mywork.domain.identifiers import OrderId
from mywork.domain.order.sale_messages import ExpireOrder, InitiatePayment
from mywork.domain.payout.transfer_messages import PayoutRefused, PayoutSent
from mywork.domain.seller.messages import PausePayouts, PayoutsPaused

TRANSFER = "payouts-ada-USD:2:create_transfer"
LOST = VendorUnavailable("the connection was reset")


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """With a payout of 260.13 requested and its transfer waiting to be made."""
    shop.release("1")
    shop.onboard()
    shop.core.paying_out.request(ADA, "USD", request_id="r")
    assert shop.core.payout_queue.run() == 1
    shop.runner.catch_up()
    assert shop.queue.keys == [TRANSFER]
    return shop


def perform(shop: Shop, key: str = TRANSFER) -> bool:
    return shop.core.outbox_dispatcher.perform(key)


def make_due(shop: Shop) -> None:
    shop.change("UPDATE operations.outbox SET due_at = now() - interval '1 s'")


def effect(shop: Shop, columns: str, key: str = TRANSFER) -> tuple[Any, ...]:
    (row,) = shop.rows(f"SELECT {columns} FROM operations.outbox WHERE key = '{key}'")
    return row


def test_a_transfer_is_made_once_and_its_outcome_recorded(shop: Shop) -> None:
    assert perform(shop)
    assert not perform(shop)
    assert shop.payments.calls == ["find_transfer", "create_transfer"]
    (sent,) = shop.events(PayoutSent)
    assert sent.transfer_id == shop.payments.transfers[sent.payout_id]
    assert (shop.balance("seller:ada:in_payout"), shop.balance("stripe:uncleared")) == (
        0,
        29_900 - 26_013,
    )
    assert effect(shop, "status") == ("done",)


def test_the_rows_key_is_the_idempotency_key(shop: Shop) -> None:
    perform(shop)
    assert list(shop.payments.by_key) == [f"create_transfer:{TRANSFER}"]


def test_a_transfer_whose_answer_was_lost_is_looked_up_and_not_made_again(shop: Shop) -> None:
    shop.payments.hangs_up = [LOST]
    assert not perform(shop)
    assert shop.events(PayoutSent) == []
    shop.payments.by_key.clear()  # a day later Stripe has forgotten the key
    make_due(shop)
    assert perform(shop)
    assert shop.payments.calls == ["find_transfer", "create_transfer", "find_transfer"]
    assert len(shop.events(PayoutSent)) == 1


def test_a_worker_killed_after_the_call_leaves_a_look_up_to_the_next(shop: Shop) -> None:
    claimed = shop.core.outbox.claim(TRANSFER, LEASE)
    assert claimed is not None
    shop.core.outbox_dispatcher._call(claimed)  # and dies before it could record the answer
    assert not perform(shop)  # the lease still runs
    make_due(shop)
    assert perform(shop)
    assert shop.payments.calls == ["find_transfer", "create_transfer", "find_transfer"]


def test_a_transfer_that_never_arrived_is_made_after_the_look_up(shop: Shop) -> None:
    shop.payments.refuses = [LOST]
    perform(shop)
    make_due(shop)
    assert perform(shop)
    assert shop.payments.calls == ["find_transfer", "create_transfer"] * 2
    assert len(shop.payments.transfers) == 1


def test_a_transfer_refused_for_good_gives_the_money_back(shop: Shop) -> None:
    shop.payments.refuses = [VendorRefused("account_invalid", "closed")]
    assert perform(shop)
    (refused,) = shop.events(PayoutRefused)
    assert refused.reason == "account_invalid"
    assert shop.balance("seller:ada:available") == 26_013
    assert shop.core.paying_out.request(ADA, "USD", request_id="again").requested


def test_a_vendor_that_is_away_is_asked_again_later_each_time(shop: Shop) -> None:
    for wait in (2, 4, 8):
        shop.payments.refuses = [LOST]
        make_due(shop)
        before = shop.real_time()
        assert not perform(shop)
        due_at, note = effect(shop, "due_at, note")
        assert before <= due_at - timedelta(seconds=wait) <= shop.real_time()
        assert note.startswith("VendorUnavailable")
    assert shop.events(PayoutRefused) == []


def test_what_a_call_brought_and_that_it_is_done_are_committed_together(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: Any, **__: Any) -> Any:
        raise Conflict("others were faster")

    with monkeypatch.context() as patch:
        patch.setattr(shop.core.handler, "handle", late)
        assert not perform(shop)
    assert effect(shop, "status") == ("waiting",)
    make_due(shop)
    assert perform(shop)
    assert len(shop.events(PayoutSent)) == 1


def test_an_effect_that_nobody_knows_how_to_call_waits(shop: Shop) -> None:
    shop.change("UPDATE operations.outbox SET name = 'sing'")
    assert not perform(shop)
    assert effect(shop, "status, note") == (
        "waiting",
        "Unreadable: no command or call is named sing",
    )


def test_an_effect_that_fails_as_nobody_foresaw_stops_no_other(shop: Shop) -> None:
    shop.change(
        "INSERT INTO operations.outbox (key, name, stream, body, due_at) VALUES"
        " ('a', 'create_transfer', '-', '{}', '-infinity'),"
        " ('b', 'send_notice_to_nobody', '-', '{}', '-infinity'),"
        " ('c', 'expire_order', 'order-9', '{\"order_id\": \"9\", \"at\": \"soon\"}', '-infinity')"
    )
    assert shop.core.outbox_dispatcher.drain() == 1
    assert len(shop.events(PayoutSent)) == 1
    assert [effect(shop, "status", key) for key in "abc"] == [("waiting",)] * 3
    assert effect(shop, "note", "a")[0].startswith("Unreadable: create_transfer of -: Object")
    assert effect(shop, "due_at > now()", "c") == (True,)


def test_a_command_is_an_effect_whose_key_is_the_commands_id(shop: Shop) -> None:
    paused = stored_command(PausePayouts(ADA, "a word", shop.clock.now()))
    with shop.core.store.transaction() as cursor:
        shop.core.outbox.add([OutboxRow("payouts-ada-USD:9:pause_payouts", paused)])(cursor)
    assert perform(shop, "payouts-ada-USD:9:pause_payouts")
    recorded = shop.core.store.read(["seller-ada"])["seller-ada"][-1]
    assert recorded.event == PayoutsPaused(ADA, "a word")
    assert recorded.metadata.command_id == "payouts-ada-USD:9:pause_payouts"
    assert shop.payments.calls == []


def test_what_redis_lost_is_swept_up(shop: Shop) -> None:
    empty = FakeQueue()
    assert shop.core.outbox_dispatcher.sweep(empty) == 1
    assert empty.keys == [TRANSFER]
    perform(shop)
    assert shop.core.outbox_dispatcher.sweep(FakeQueue()) == 0


def test_an_intent_that_stripe_has_closed_already_needs_no_cancelling(shop: Shop) -> None:
    shop.place("2")
    shop.handle(InitiatePayment(OrderId("2"), "pi_2", shop.clock.now()))
    shop.clock.advance(days=1)
    shop.handle(ExpireOrder(OrderId("2"), shop.clock.now()))
    shop.runner.catch_up()
    shop.payments.refuses = [VendorRefused("payment_intent_unexpected_state", "canceled")]
    assert perform(shop, "order-2:3:cancel_payment_intent")
    assert effect(shop, "status", "order-2:3:cancel_payment_intent") == ("done",)


def test_draining_performs_whatever_is_due(shop: Shop) -> None:
    assert shop.core.outbox_dispatcher.drain() == 1
    shop.runner.catch_up()
    assert shop.core.outbox_dispatcher.drain() == 1
    assert shop.core.outbox_dispatcher.drain() == 0
