"""What refunds ask of Stripe: made once, waited for, or given up for good."""

from dataclasses import dataclass
from typing import Any

import pytest
from shop import BO, Shop

from mywork.application.outbox.refunds import NOT_NOW
from mywork.application.ports.faults import VendorRefused, VendorUnavailable
from mywork.application.usecases.refunding import Asked
from mywork.domain.breaks.explanation_messages import BreakResolved
from mywork.domain.breaks.return_messages import PaymentReturned
from mywork.domain.identifiers import OrderId
from mywork.domain.order.refund_messages import RefundCreated, RefundRefused

LOST = VendorUnavailable("the connection was reset")
CALLED = "create_refund"


@dataclass(frozen=True)
class Waiting:
    """A shop where one refund waits to be asked of Stripe, and the event that it becomes."""

    shop: Shop
    key: str
    made: type

    def perform(self) -> bool:
        """Now, whenever it would be its turn."""
        self.shop.change("UPDATE operations.outbox SET due_at = now() - interval '1 s'")
        return self.shop.core.outbox_dispatcher.perform(self.key)

    @property
    def calls(self) -> list[str]:
        return self.shop.payments.calls

    @property
    def known(self) -> list[Any]:
        return self.shop.events(self.made)


def of_an_order(shop: Shop) -> Waiting:
    """A third of what was paid."""
    shop.place("1")
    shop.handle(shop.paying("1"))
    asked = Asked("buyer", amount="99.00")
    shop.core.refunding.request(OrderId("1"), BO, asked, request_id="r")
    return Waiting(shop, "order-1:4:create_refund", RefundCreated)


def of_a_break(shop: Shop) -> Waiting:
    """Money for an order that does not exist."""
    shop.core.inbox.store([shop.paid("1", amount=9_900)])
    shop.core.inbox_worker.drain()
    shop.core.inbox.store([shop.moved("txn_1", "ch_1", amount=9_900)])
    shop.core.inbox_worker.drain()
    return Waiting(shop, "break-ch_1:3:return_payment", PaymentReturned)


@pytest.fixture(params=[of_an_order, of_a_break])
def waiting(request: pytest.FixtureRequest, shop: Shop) -> Waiting:
    shop.payments.charged = 9_900
    found: Waiting = request.param(shop)
    shop.runner.catch_up()
    return found


def test_a_refund_is_made_once(waiting: Waiting) -> None:
    assert waiting.perform()
    assert not waiting.perform()
    assert waiting.calls == [CALLED]
    assert [event.amount_minor for event in waiting.known] == [9_900]


def test_a_refund_whose_answer_was_lost_is_looked_up_and_not_made_again(waiting: Waiting) -> None:
    waiting.shop.payments.hangs_up = [LOST]
    assert not waiting.perform()
    waiting.shop.payments.by_key.clear()  # a day later Stripe has forgotten the key
    assert waiting.perform()
    assert waiting.calls == [CALLED, "find_refund"]
    assert len(waiting.known) == 1


def test_a_refund_that_never_arrived_is_made_after_the_look_up(waiting: Waiting) -> None:
    waiting.shop.payments.refuses = [LOST]
    assert not waiting.perform()
    assert waiting.perform()
    assert waiting.calls == [CALLED, "find_refund", CALLED]


@pytest.mark.parametrize("code", sorted(NOT_NOW))
def test_a_refund_that_stripe_cannot_make_now_keeps_its_place(waiting: Waiting, code: str) -> None:
    waiting.shop.payments.refuses = [VendorRefused(code, "not now")]
    assert not waiting.perform()
    assert waiting.shop.events(RefundRefused) == []
    assert waiting.perform()
    assert len(waiting.known) == 1


def test_a_refund_refused_for_good_gives_the_sellers_share_back(shop: Shop) -> None:
    waiting = of_an_order(shop)
    shop.runner.catch_up()
    assert shop.balance("seller:ada:refunding") == 8_910
    shop.payments.refuses = [VendorRefused("charge_disputed", "the bank has it")]
    assert waiting.perform()
    assert shop.balance("seller:ada:refunding") == 0
    assert shop.balance("seller:ada:pending") == 26_013


def test_a_payment_that_cannot_be_returned_waits_for_a_person(shop: Shop) -> None:
    waiting = of_a_break(shop)
    shop.runner.catch_up()
    shop.payments.refuses = [VendorRefused("charge_disputed", "the bank has it")]
    assert waiting.perform()
    assert not waiting.perform()
    assert shop.events(BreakResolved) == []
    assert shop.balance("suspense:stripe") == 9_900
