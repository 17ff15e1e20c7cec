"""What went wrong in other people's production, tried on ours. Each name says whose it was."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from marketplace import ADA, BO, Marketplace

from mywork.adapters.stripe.webhooks import PLATFORM, event_receipt
from mywork.api.errors import status_of
from mywork.application.commands import envelope
from mywork.application.ports.identity import IdempotencyMismatch
from mywork.application.ports.tables import StoredAnswer
from mywork.application.usecases.refunding import Asked
from mywork.domain.breaks.explanation_messages import BreakOpened, BreakResolved
from mywork.domain.errors import (
    BalanceNegative,
    Conflict,
    NotPossibleNow,
    OrderDisputed,
    PayoutInFlight,
    RefundExceedsPayment,
    RefundNotPending,
)
from mywork.domain.identifiers import UserId
from mywork.domain.order.dispute_messages import DisputeWithdrawn
from mywork.domain.order.sale_messages import OrderPaid, OrderPlaced, RecordDownload
from mywork.domain.payout.reversal_messages import ReversalFailed, TransferReversed
from mywork.domain.payout.transfer_messages import PayoutRequested
from mywork.sandbox.stripe import balance as stripe_balance
from mywork.sandbox.stripe import disputes
from mywork.sandbox.stripe import payouts as banks

STAGES = ("pending", "reserve", "refunding", "disputed", "available", "in_payout")


def sell(marketplace: Marketplace) -> OrderPlaced:
    """A sale of 299.00, paid and settled; our own 500.00 cover what goes back."""
    stripe_balance.record(
        marketplace.world, "", amount=50_000, currency="usd", source="tu_1", category="topup"
    )
    marketplace.onboarded_seller()
    placed = marketplace.placed_order(marketplace.published_product())
    marketplace.pay(placed, card="pm_card_bypassPending")
    marketplace.settle()
    return placed


def refund(marketplace: Marketplace, placed: Any, amount: str | None = None, key: str = "r") -> Any:
    asked = Asked("seller", amount)
    return marketplace.core.refunding.request(placed.order_id, ADA, asked, request_id=key)


def ask_after_download(marketplace: Marketplace, placed: Any, key: str = "r") -> Any:
    downloaded = RecordDownload(placed.order_id, marketplace.clock.now())
    marketplace.core.handler.handle(envelope(downloaded, actor=BO))
    return marketplace.core.refunding.request(placed.order_id, BO, Asked("buyer"), request_id=key)


def stages(marketplace: Marketplace) -> dict[str, int]:
    codes = [f"seller:{ADA}:{stage}" for stage in STAGES]
    found = zip(STAGES, marketplace.balances(*codes), strict=True)
    return {stage: amount for stage, amount in found if amount}


def open_dispute(marketplace: Marketplace, amount: int | None = None) -> str:
    charge = marketplace.world.all("", "charge")[0]
    opened = disputes.open_(marketplace.world, "", charge, disputes.Opening(amount=amount))
    return str(opened["id"])


def test_gumroad_4358_a_dispute_followed_by_a_refund_debits_the_seller_once(
    marketplace: Marketplace,
) -> None:
    placed = sell(marketplace)
    dispute_id = open_dispute(marketplace)
    marketplace.settle()
    (withdrawn,) = marketplace.events(DisputeWithdrawn)
    with pytest.raises(OrderDisputed):
        refund(marketplace, placed)
    disputes.lose(marketplace.world, "", dispute_id)
    marketplace.settle()
    with pytest.raises(RefundExceedsPayment):
        refund(marketplace, placed)
    assert stages(marketplace) == {"available": -897 - withdrawn.fee_minor}
    marketplace.check_at_rest()


def test_gumroad_4358_a_refund_followed_by_a_dispute_debits_the_seller_once(
    marketplace: Marketplace,
) -> None:
    placed = sell(marketplace)
    refund(marketplace, placed)
    marketplace.settle()
    dispute_id = open_dispute(marketplace, 29_900)
    disputes.lose(marketplace.world, "", dispute_id)
    marketplace.settle()
    (withdrawn,) = marketplace.events(DisputeWithdrawn)
    assert stages(marketplace) == {"available": -897 - withdrawn.fee_minor}
    (opened,) = marketplace.events(BreakOpened)
    assert (opened.kind, opened.amount_minor) == ("exceeded_payment", -29_900)
    marketplace.check_at_rest()


def test_gumroad_650_a_sale_that_is_told_often_is_credited_once(marketplace: Marketplace) -> None:
    """By duplicated webhooks, and by different events that tell the same."""
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    (told,) = [e for e in marketplace.undelivered() if e["type"] == "payment_intent.succeeded"]
    again = told | {"id": "evt_told_again"}
    marketplace.core.inbox.store([event_receipt(PLATFORM, orjson.dumps(again))])
    marketplace.carry(shuffled=random.Random(1), copies=4)
    marketplace.settle()
    assert len(marketplace.events(OrderPaid)) == 1
    assert stages(marketplace) == {"pending": 26_013}
    assert marketplace.core.feed.repair_events(marketplace.clock.now()) == 0
    marketplace.check_at_rest()


def test_gumroad_6746_a_payment_without_its_transaction_does_not_hold_its_order_up(
    marketplace: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The buyer has the goods, the hold ends, and finance is told; it is settled when it comes."""
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    with monkeypatch.context() as patched:
        patched.setattr(marketplace.payments, "balance_transactions", lambda _: iter(()))
        marketplace.settle()
        marketplace.advance(days=8)
        marketplace.settle()
    assert stages(marketplace) == {"available": 26_013}
    (opened,) = marketplace.events(BreakOpened)
    assert opened.kind == "unsettled_fact"
    marketplace.settle()
    assert len(marketplace.events(BreakResolved)) == 1
    marketplace.check_at_rest()


def test_blnk_181_what_is_held_for_a_refund_is_not_spent_by_a_payout(
    marketplace: Marketplace,
) -> None:
    placed = sell(marketplace)
    asked = ask_after_download(marketplace, placed)
    marketplace.advance(days=7)
    marketplace.settle()
    assert stages(marketplace) == {"refunding": 26_910, "available": -897}
    marketplace.core.refunding.decline(placed.order_id, asked.refund_id, ADA, "seller", reason="no")
    assert stages(marketplace) == {"available": 26_013}


def test_blnk_182_a_refund_that_was_declined_cannot_be_made(marketplace: Marketplace) -> None:
    placed = sell(marketplace)
    asked = ask_after_download(marketplace, placed)
    refunding = marketplace.core.refunding
    refunding.decline(placed.order_id, asked.refund_id, ADA, "seller", reason="it was used")
    with pytest.raises(RefundNotPending):
        refunding.approve(placed.order_id, asked.refund_id, ADA, "seller")
    marketplace.settle()
    assert marketplace.world.all("", "refund") == []
    assert sum(stages(marketplace).values()) == 26_013


def test_blnk_152_a_refund_asked_for_twice_is_one(marketplace: Marketplace) -> None:
    placed = sell(marketplace)
    first = refund(marketplace, placed, "100.00")
    again = refund(marketplace, placed, "100.00")
    marketplace.settle()
    third = refund(marketplace, placed, "100.00")
    marketplace.settle()
    assert first.refund_id == again.refund_id == third.refund_id
    assert [r["amount"] for r in marketplace.world.all("", "refund")] == [10_000]
    marketplace.check_at_rest()


def test_open_bank_oss_939_history_read_again_from_the_beginning_counts_once(
    marketplace: Marketplace,
) -> None:
    """The duplicate check has no window: every event and transaction that ever was, once more."""
    placed = sell(marketplace)
    refund(marketplace, placed, "100.00")
    marketplace.settle()
    marketplace.advance(days=29)
    marketplace.settle()
    before, head = stages(marketplace), marketplace.core.store.head()
    with marketplace.core.store.transaction() as cursor:
        cursor.execute("DELETE FROM operations.cursors")
    assert marketplace.core.feed.repair_events(marketplace.clock.now()) == 0
    assert marketplace.core.feed.read_transactions() == 0
    marketplace.settle()
    assert (stages(marketplace), marketplace.core.store.head()) == (before, head)
    marketplace.check_at_rest()


# Payouts ------------------------------------------------------------------------------------


def pay_out(marketplace: Marketplace, name: str = "p") -> PayoutRequested | None:
    """Everything that is released, as far as the bank."""
    decision = marketplace.core.paying_out.request(ADA, "USD", request_id=name)
    marketplace.settle()
    return decision.requested


def release(marketplace: Marketplace) -> OrderPlaced:
    placed = sell(marketplace)
    marketplace.advance(days=7)
    marketplace.settle()
    return placed


def bank_account(marketplace: Marketplace) -> str:
    return str(marketplace.stripe.transfers.list().data[0].destination)


def bank_closes(marketplace: Marketplace) -> None:
    """The seller's bank sends the newest payout back, for good."""
    destination = bank_account(marketplace)
    newest = marketplace.world.all(destination, "payout")[-1]
    banks.fail(marketplace.world, destination, newest["id"], "account_closed")


def paid_to_the_bank(marketplace: Marketplace) -> int:
    """What the bank has, or is about to have, of all payouts."""
    rows = marketplace.world.all(bank_account(marketplace), "payout")
    return sum(row["amount"] for row in rows if row["status"] not in {"failed", "canceled"})


def test_polar_4428_a_refund_after_the_payout_leaves_the_next_payout_right(
    marketplace: Marketplace,
) -> None:
    placed = release(marketplace)
    pay_out(marketplace)
    marketplace.advance(days=3)
    marketplace.settle()
    refund(marketplace, placed)
    marketplace.settle()
    assert stages(marketplace) == {"available": -26_910}
    with pytest.raises(BalanceNegative):
        pay_out(marketplace, "q")
    for _ in range(2):
        another = marketplace.placed_order(marketplace.published_product())
        marketplace.pay(another, card="pm_card_bypassPending")
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()
    requested = pay_out(marketplace, "r")
    assert requested is not None
    assert requested.amount_minor == 2 * 26_013 - 26_910
    assert stages(marketplace) == {}
    assert paid_to_the_bank(marketplace) == 26_013 + 2 * 26_013 - 26_910
    marketplace.check_at_rest()


def test_polar_4196_two_payouts_raced_for_one_balance_are_one(marketplace: Marketplace) -> None:
    release(marketplace)
    answers: list[str] = []

    def ask(number: int) -> None:
        try:
            marketplace.core.paying_out.request(ADA, "USD", request_id=str(number))
            answers.append("asked")
        except (NotPossibleNow, Conflict) as refusal:
            answers.append(type(refusal).__name__)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(16)))
    marketplace.settle()
    assert answers.count("asked") == 1
    assert [found.amount for found in marketplace.stripe.transfers.list().data] == [26_013]
    marketplace.check_at_rest()


def test_gumroad_5175_a_transfer_reversed_twice_is_credited_once(
    marketplace: Marketplace,
) -> None:
    """By us and by somebody in Stripe's dashboard, and told of each time again and again."""
    release(marketplace)
    pay_out(marketplace)
    bank_closes(marketplace)
    (transfer,) = marketplace.stripe.transfers.list().data
    marketplace.stripe.transfers.reversals.create(transfer.id)  # the person is first
    marketplace.carry(copies=3)
    marketplace.settle()  # ours is refused: nothing is left of the transfer
    marketplace.carry(copies=2)
    marketplace.settle()
    assert stages(marketplace) == {"available": 26_013}
    assert len(marketplace.events(TransferReversed)) == 1
    assert marketplace.balances("stripe:uncleared") == (0,)
    marketplace.check_at_rest()


def test_gumroad_6620_a_failed_reversal_keeps_the_money_from_being_paid_again(
    marketplace: Marketplace,
) -> None:
    release(marketplace)
    pay_out(marketplace)
    destination = bank_account(marketplace)
    bank_closes(marketplace)
    somebody_elses = {"amount": "26013", "currency": "usd"}
    banks.create(marketplace.world, destination, somebody_elses)  # by hand, in Stripe's dashboard
    marketplace.settle()
    (failed,) = marketplace.events(ReversalFailed)
    assert failed.reason == "balance_insufficient"
    assert stages(marketplace) == {}
    release_seller = marketplace.core.payout_administration.release
    release_seller(ADA, reason="looked at", by=UserId("user_boss"))
    marketplace.core.paying_out.run(marketplace.clock.now())
    with pytest.raises(PayoutInFlight, match="must decide"):
        pay_out(marketplace, "q")
    marketplace.settle()
    assert len(marketplace.stripe.transfers.list().data) == 1
    assert paid_to_the_bank(marketplace) == 26_013
    marketplace.check_at_rest()


def test_blnk_181_a_payout_that_waits_counts_as_spent(marketplace: Marketplace) -> None:
    """Set aside is gone: neither a second payout nor a debt finds it in the balance."""
    release(marketplace)
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    assert stages(marketplace) == {"in_payout": 26_013}
    with pytest.raises(PayoutInFlight):
        marketplace.core.paying_out.request(ADA, "USD", request_id="q")
    assert marketplace.core.collecting.run() == []


def test_blnk_182_a_payout_that_was_cancelled_cannot_be_sent(marketplace: Marketplace) -> None:
    release(marketplace)
    requested = marketplace.core.paying_out.request(ADA, "USD", request_id="p").requested
    assert requested is not None
    marketplace.core.payout_administration.cancel(
        requested.payout_id, reason="", by=ADA, seller_id=ADA
    )
    marketplace.settle()
    again = marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    assert again.requested is None
    marketplace.settle()
    assert marketplace.stripe.transfers.list().data == []
    assert stages(marketplace) == {"available": 26_013}


def test_formance_1601_an_idempotency_key_with_another_body_is_a_conflict(
    marketplace: Marketplace,
) -> None:
    """409 by name, not a fault; and the first request's answer stays what it was."""
    idempotency = marketplace.core.idempotency
    assert idempotency.begin(BO, "key", "one body") is None
    answer = StoredAnswer(201, b'{"id":1}', {"X-Position": "1"})
    idempotency.finish(BO, "key", answer)
    with pytest.raises(IdempotencyMismatch):
        idempotency.begin(BO, "key", "another body")
    assert status_of(IdempotencyMismatch) == 409
    assert idempotency.begin(BO, "key", "one body") == answer
