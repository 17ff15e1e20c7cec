"""Payouts through the real SDK and the Stripe stand-in: sent, returned, sent again, reversed.

Webhooks come late, twice and in any order; whatever happens, the books agree with Stripe's.
"""

import random
from datetime import timedelta

import pytest
from lives import Lives
from marketplace import ADA, Marketplace
from posting_table import released

from mywork.domain.errors import PayoutInFlight, SellerPaused
from mywork.domain.identifiers import PayoutId, UserId
from mywork.domain.payout.bank_messages import BankRetryScheduled
from mywork.domain.payout.decider import PAYOUT
from mywork.domain.payout.reversal_messages import ReversalRequested, TransferReversed
from mywork.domain.payout.state import Payout, Payouts
from mywork.domain.payout.transfer_messages import PayoutHeld, PayoutRequested
from mywork.domain.seller.messages import PayoutsReleased
from mywork.domain.streams import payouts_stream
from mywork.sandbox.stripe import payouts as banks

MONEY = 26_013
BOSS = UserId("user_boss")


def send(marketplace: Marketplace) -> None:
    """A payout of 260.13 on its way to the bank."""
    released(marketplace)
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    marketplace.settle()


@pytest.fixture
def sent(marketplace: Marketplace, lives: Lives) -> Marketplace:
    lives.live(marketplace, send)
    return marketplace


def account(marketplace: Marketplace) -> str:
    return str(marketplace.stripe.transfers.list().data[0].destination)


def bank_fails(marketplace: Marketplace, code: str) -> None:
    """The newest bank payout is sent back."""
    destination = account(marketplace)
    newest = marketplace.world.all(destination, "payout")[-1]
    banks.fail(marketplace.world, destination, newest["id"], code)
    marketplace.settle()


def the_payout(marketplace: Marketplace) -> Payout:
    stream = payouts_stream(ADA, "USD")
    state: Payouts = marketplace.core.handler.state(PAYOUT, stream)
    return list(state.by_id.values())[-1]


def payout_id(marketplace: Marketplace) -> PayoutId:
    return the_payout(marketplace).requested.payout_id


def transfers(marketplace: Marketplace) -> int:
    return len(marketplace.stripe.transfers.list().data)


def reversals(marketplace: Marketplace) -> int:
    (transfer,) = marketplace.stripe.transfers.list().data
    return len(marketplace.stripe.transfers.reversals.list(transfer.id).data)


def request(marketplace: Marketplace, name: str = "next") -> PayoutRequested:
    decision = marketplace.core.paying_out.request(ADA, "USD", request_id=name)
    assert decision.requested is not None
    return decision.requested


def test_a_payout_arrives(sent: Marketplace) -> None:
    assert the_payout(sent).stage == "banking"
    sent.advance(days=3)
    sent.settle()
    assert the_payout(sent).stage == "paid"
    sent.check_at_rest()


def test_a_failure_that_may_pass_goes_to_the_bank_again_by_itself(sent: Marketplace) -> None:
    bank_fails(sent, "could_not_process")
    assert the_payout(sent).stage == "failed"
    with pytest.raises(PayoutInFlight, match="came back from the bank"):
        request(sent)
    sent.advance(days=1)
    sent.settle()
    assert the_payout(sent).stage == "banking"
    sent.advance(days=3)
    sent.settle()
    assert the_payout(sent).stage == "paid"
    assert (transfers(sent), reversals(sent)) == (1, 0)
    sent.check_at_rest()


def test_a_bank_that_never_takes_it_gives_it_back_after_four_attempts(sent: Marketplace) -> None:
    for days in (1, 2, 4):
        bank_fails(sent, "could_not_process")
        assert the_payout(sent).stage == "failed"
        sent.advance(days=days)
        sent.settle()
    bank_fails(sent, "could_not_process")
    assert the_payout(sent).stage == "reversed"
    assert sent.seller() == (0, MONEY, 0)
    assert len(sent.world.all(account(sent), "payout")) == 4
    assert (transfers(sent), reversals(sent)) == (1, 1)
    sent.check_at_rest()


def test_a_closed_bank_account_gives_the_money_back_and_pauses_the_seller(
    sent: Marketplace,
) -> None:
    bank_fails(sent, "account_closed")
    assert the_payout(sent).stage == "reversed"
    assert sent.seller() == (0, MONEY, 0)
    with pytest.raises(SellerPaused, match="account_closed"):
        request(sent)
    sent.core.payout_administration.release(ADA, reason="there is a new bank account", by=BOSS)
    assert request(sent).amount_minor == MONEY
    sent.settle()
    assert (transfers(sent), the_payout(sent).stage) == (2, "banking")
    sent.check_at_rest()


@pytest.mark.parametrize("after_days", [3, 8])
def test_what_was_paid_may_still_come_back(sent: Marketplace, after_days: int) -> None:
    sent.advance(days=after_days)
    sent.settle()
    assert the_payout(sent).stage == "paid"
    bank_fails(sent, "account_closed")
    assert the_payout(sent).stage == "reversed"
    assert sent.seller() == (0, MONEY, 0)
    sent.check_at_rest()


def test_a_payout_called_off_at_stripe_comes_back(sent: Marketplace) -> None:
    destination = account(sent)
    (found,) = sent.world.all(destination, "payout")
    sent.stripe.payouts.cancel(found["id"], None, {"stripe_account": destination})
    sent.settle()
    assert the_payout(sent).stage == "reversed"
    (asked,) = sent.events(ReversalRequested)
    assert asked.reason == "canceled"
    assert sent.seller() == (0, MONEY, 0)
    sent.check_at_rest()


def test_a_reversal_by_hand_in_parts_counts_each_once(sent: Marketplace) -> None:
    bank_fails(sent, "could_not_process")
    (transfer,) = sent.stripe.transfers.list().data
    sent.stripe.transfers.reversals.create(transfer.id, {"amount": 6_013})
    sent.settle()
    assert (sent.seller(), the_payout(sent).stage) == ((0, 6_013, 0), "failed")
    sent.advance(days=1)
    sent.settle()  # only what is left goes to the bank again
    assert sent.world.all(account(sent), "payout")[-1]["amount"] == 20_000
    bank_fails(sent, "account_closed")
    assert (sent.seller(), the_payout(sent).stage) == ((0, MONEY, 0), "reversed")
    assert reversals(sent) == 2
    sent.check_at_rest()


def test_a_restricted_seller_is_tried_again_when_stripe_may_have_let_them_go(
    marketplace: Marketplace,
) -> None:
    released(marketplace)
    request(marketplace, "p")
    (destination,) = [row["id"] for row in marketplace.world.all("", "account")]
    found = marketplace.world.find("", "account", destination)
    marketplace.world.put("", "account", found | {"payouts_enabled": False})
    marketplace.settle()
    assert the_payout(marketplace).stage == "failed"
    found = marketplace.world.find("", "account", destination)
    marketplace.world.put("", "account", found | {"payouts_enabled": True})
    marketplace.advance(days=1)
    marketplace.settle()
    assert the_payout(marketplace).stage == "banking"
    marketplace.check_at_rest()


def test_two_sellers_are_paid_by_age_when_stripes_balance_is_short(
    marketplace: Marketplace,
) -> None:
    released(marketplace)
    swept = {"amount": str(90_000 + 29_003 - MONEY + 1), "currency": "usd"}
    banks.create(marketplace.world, "", swept)
    request(marketplace, "p")
    marketplace.settle()
    assert the_payout(marketplace).stage == "queued"
    marketplace.pay(
        marketplace.placed_order(marketplace.published_product()), card="pm_card_bypassPending"
    )
    marketplace.settle()
    assert the_payout(marketplace).stage == "banking"
    marketplace.check_at_rest()


@pytest.mark.parametrize("seed", range(12))
def test_webhooks_in_any_order_and_twice_end_the_same(sent: Marketplace, seed: int) -> None:
    """Paid, then returned, then reversed by hand in parts: told at once, shuffled."""
    chance = random.Random(seed)
    destination = account(sent)
    (transfer,) = sent.stripe.transfers.list().data
    (found,) = sent.world.all(destination, "payout")
    banks.submit(sent.world, destination, found["id"])
    banks.arrive(sent.world, destination, found["id"])
    banks.fail(sent.world, destination, found["id"], "could_not_process")
    for amount in (6_013, 10_000):
        sent.stripe.transfers.reversals.create(transfer.id, {"amount": amount})
    sent.carry(shuffled=chance, copies=2)
    for _ in range(6):
        sent.drain()
    sent.settle()
    sent.advance(days=1)
    sent.settle()
    sent.advance(days=3)
    sent.settle()
    assert (sent.seller(), the_payout(sent).stage) == ((0, 16_013, 0), "paid")
    assert len(sent.events(TransferReversed)) == 2
    assert sent.world.all(destination, "payout")[-1]["amount"] == 10_000
    sent.check_at_rest()


def test_a_paused_seller_who_is_released_is_paid_what_was_held(marketplace: Marketplace) -> None:
    released(marketplace)
    request(marketplace, "p")
    marketplace.core.payout_administration.pause(ADA, reason="an identity check is open", by=BOSS)
    marketplace.settle()
    assert (the_payout(marketplace).stage, transfers(marketplace)) == ("held", 0)
    assert len(marketplace.events(PayoutHeld)) == 1
    marketplace.core.payout_administration.release(ADA, reason="the check passed", by=BOSS)
    marketplace.settle()
    assert (the_payout(marketplace).stage, transfers(marketplace)) == ("banking", 1)
    assert len(marketplace.events(PayoutsReleased)) == 1


def test_the_retry_is_due_by_business_time(sent: Marketplace) -> None:
    bank_fails(sent, "declined")
    (scheduled,) = sent.events(BankRetryScheduled)
    assert scheduled.retry_at - sent.clock.now() == timedelta(days=1)
