"""Payouts take turns: strictly by age, only what Stripe's available balance covers."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from shop import ADA, Shop

from mywork.application.ports.faults import VendorRefused
from mywork.domain.identifiers import SellerId, UserId
from mywork.domain.payout.decider import PAYOUT
from mywork.domain.payout.state import Payouts
from mywork.domain.payout.transfer_messages import PayoutDispatched
from mywork.domain.seller.messages import PausePayouts, ReleasePayouts
from mywork.domain.streams import payouts_stream

BEA, CY = SellerId(UserId("bea")), SellerId(UserId("cy"))


@pytest.fixture
def waiting(shop: Shop) -> Shop:
    """Three sellers with a payout of 260.13 each, requested in the order Bea, Ada, Cy."""
    for number, seller_id in enumerate((BEA, ADA, CY)):
        shop.release(str(number), seller_id)
        shop.onboard(seller_id)
        shop.core.paying_out.request(seller_id, "USD", request_id="r")
    return shop


def stages(shop: Shop) -> list[str]:
    """Of Bea's, Ada's and Cy's payout."""
    found: list[str] = []
    for seller_id in (BEA, ADA, CY):
        stream = payouts_stream(seller_id, "USD")
        state: Payouts = shop.core.handler.state(PAYOUT, stream)
        found += [one.stage for one in state.by_id.values()]
    return found


def transfer(shop: Shop) -> None:
    shop.runner.catch_up()
    shop.core.outbox_dispatcher.drain()


def test_all_go_when_the_balance_covers_all(waiting: Shop) -> None:
    assert waiting.core.payout_queue.run() == 3
    assert stages(waiting) == ["dispatched"] * 3
    assert waiting.core.payout_queue.run() == 0


def test_nothing_waits_and_nothing_is_asked_of_stripe(shop: Shop) -> None:
    def away() -> None:
        raise AssertionError("nobody asked for the balance")

    shop.payments.balance = away  # type: ignore[method-assign, assignment]
    assert shop.core.payout_queue.run() == 0


def test_the_oldest_goes_first_and_the_rest_waits(waiting: Shop) -> None:
    waiting.payments.available = {"USD": 2 * 26_013 - 1}
    assert waiting.core.payout_queue.run() == 3
    assert stages(waiting) == ["dispatched", "queued", "queued"]
    assert waiting.core.payout_queue.run() == 0
    transfer(waiting)
    waiting.payments.available = {"USD": 26_013}
    waiting.core.payout_queue.run()
    assert stages(waiting) == ["sent", "dispatched", "queued"]


def test_what_is_under_way_is_not_spent_twice(waiting: Shop) -> None:
    waiting.payments.available = {"USD": 26_013}
    waiting.core.payout_queue.run()
    waiting.core.payout_queue.run()  # the transfer has not been made yet: the balance is as it was
    assert stages(waiting) == ["dispatched", "queued", "queued"]


def test_a_later_small_one_does_not_overtake(shop: Shop) -> None:
    shop.release("1", BEA)
    for order_id, seller_id in (("2", BEA), ("3", ADA), ("4", CY)):
        shop.release(order_id, seller_id)
    for seller_id in (BEA, ADA, CY):
        shop.onboard(seller_id)
        shop.core.paying_out.request(seller_id, "USD", request_id="r")
    shop.payments.available = {"USD": 2 * 26_013 - 1}  # enough for Ada's, not for Bea's
    shop.core.payout_queue.run()
    assert stages(shop) == ["queued"] * 3
    assert shop.core.payout_queue.run() == 0


def test_each_currency_has_its_own_queue(waiting: Shop) -> None:
    waiting.payments.available = {"EUR": 10**9}
    waiting.core.payout_queue.run()
    assert stages(waiting) == ["queued"] * 3


def test_a_paused_sellers_payout_steps_aside_and_keeps_its_age(waiting: Shop) -> None:
    waiting.payments.available = {"USD": 26_013}
    now = waiting.clock.now()
    waiting.handle(PausePayouts(BEA, "an identity check is open", now))
    waiting.core.payout_queue.run()
    assert stages(waiting) == ["held", "dispatched", "queued"]
    transfer(waiting)
    waiting.handle(ReleasePayouts(BEA, "the check passed", now))
    waiting.core.payout_queue.run()
    assert stages(waiting) == ["dispatched", "sent", "queued"]


def test_a_released_payout_that_is_not_covered_waits_like_the_others(waiting: Shop) -> None:
    now = waiting.clock.now()
    waiting.handle(PausePayouts(BEA, "an identity check is open", now))
    waiting.payments.available = {"USD": 0}
    waiting.core.payout_queue.run()
    assert stages(waiting) == ["held", "queued", "queued"]
    waiting.handle(ReleasePayouts(BEA, "the check passed", now))
    waiting.core.payout_queue.run()
    assert stages(waiting) == ["queued"] * 3


def test_what_stripe_refused_a_moment_ago_rests_before_it_is_tried_again(waiting: Shop) -> None:
    """Stripe's balance may say more than Stripe lets go."""
    for minutes in (1, 2, 4):
        waiting.core.payout_queue.run()
        waiting.payments.refuses = [VendorRefused("balance_insufficient", "no")] * 3
        waiting.change("UPDATE operations.outbox SET due_at = now() - interval '1 s'")
        transfer(waiting)
        assert stages(waiting) == ["queued"] * 3
        waiting.clock.advance(minutes=minutes, seconds=-1)
        assert waiting.core.payout_queue.run() == 0
        waiting.clock.advance(seconds=1)
    assert waiting.core.payout_queue.run() == 3


def test_many_queues_at_once_send_each_payout_once(waiting: Shop) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: waiting.core.payout_queue.run(), range(16)))
    assert stages(waiting) == ["dispatched"] * 3
    assert len(waiting.events(PayoutDispatched)) == 3
