"""What was given back was not sold: a product's counters, net of refunds and lost disputes."""

from dataclasses import replace
from typing import Any

import pytest
from events import EXAMPLES
from folding import recorded
from marketplace import ADA, BO, Marketplace

from mywork.application.usecases.refunding import Asked
from mywork.domain.order.refund_messages import RefundFailed
from mywork.projections.returns import SalesReturned, returned
from mywork.sandbox.stripe import refunds

PLACED, PAID = EXAMPLES["order.placed.v1"], EXAMPLES["order.paid.v1"]
REQUESTED, CREATED = EXAMPLES["order.refund_requested.v1"], EXAMPLES["order.refund_created.v1"]
PART = replace(REQUESTED, asked_minor=10_000)
OPENED, WITHDRAWN = EXAMPLES["order.dispute_opened.v1"], EXAMPLES["order.dispute_withdrawn.v1"]
LOST = EXAMPLES["order.dispute_closed.v1"]


@pytest.mark.parametrize(
    ("then", "sales", "revenue_minor"),
    [
        ((REQUESTED, CREATED), 1, 29_900),
        ((PART, CREATED), 0, 10_000),
        ((REQUESTED, CREATED, EXAMPLES["order.refund_failed.v1"]), -1, -29_900),
        ((OPENED, WITHDRAWN), 0, 0),
        ((OPENED, WITHDRAWN, LOST), 1, 29_900),
        ((OPENED, WITHDRAWN, replace(LOST, outcome="won")), 0, 0),
        ((PART, CREATED, OPENED, WITHDRAWN, LOST), 1, 19_900),
    ],
)
def test_what_the_last_event_takes_off(
    then: tuple[Any, ...], sales: int, revenue_minor: int
) -> None:
    events = [PLACED, PAID, *then]
    history = [recorded(number + 1, event) for number, event in enumerate(events)]
    assert returned(history) == SalesReturned(PLACED.product_id, "USD", sales, revenue_minor)


def counted(marketplace: Marketplace, product_id: str) -> Any:
    with marketplace.core.store.connection() as connection:
        query = "SELECT sales, revenue_minor FROM read.products WHERE product_id = %s"
        return connection.execute(query, (product_id,)).fetchone()


def test_counters_follow_a_refund_and_its_failure(marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    product_id = marketplace.published_product()
    first, second = (marketplace.placed_order(product_id) for _ in range(2))
    for terms in (first, second):
        marketplace.pay(terms, card="pm_card_bypassPending")
    marketplace.settle()
    assert counted(marketplace, product_id) == (2, {"USD": 59_800})
    asked = Asked("buyer", None, "changed my mind")
    marketplace.core.refunding.request(first.order_id, BO, asked, request_id="r")
    marketplace.settle()
    assert counted(marketplace, product_id) == (1, {"USD": 29_900})
    (made,) = marketplace.world.all("", "refund")
    refunds.fail(marketplace.world, "", made["id"])
    marketplace.settle()
    assert marketplace.events(RefundFailed)
    assert counted(marketplace, product_id) == (2, {"USD": 59_800})
    part = Asked("seller", "99.00", "it was promised")
    marketplace.core.refunding.request(second.order_id, ADA, part, request_id="r")
    marketplace.settle()
    assert counted(marketplace, product_id) == (2, {"USD": 49_900})
