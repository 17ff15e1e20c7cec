"""A history that touches every projection."""

import pytest
from marketplace import ADA, Marketplace
from tables import GRACE

from mywork.application.commands import Command, envelope
from mywork.domain import breaks, user
from mywork.domain.identifiers import BreakId


@pytest.fixture
def played(marketplace: Marketplace) -> Marketplace:
    """Two sellers with paid, expired and free orders, a payout under way, a role, a break."""
    for seller in (ADA, GRACE):
        marketplace.onboarded_seller(seller)
        product_id = marketplace.published_product(seller)
        for _ in range(3):
            marketplace.pay(marketplace.placed_order(product_id))
        marketplace.placed_order(product_id)
        marketplace.placed_order(marketplace.published_product(seller, price_minor=0))
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    now = marketplace.clock.now()
    lost = breaks.OpenBreak(
        BreakId("evt_1"), "undeliverable_fact", "evt_1", "", 0, 0, None, "", "it never fitted", now
    )
    commands: tuple[Command, ...] = (user.GrantRole(GRACE, "finance", now), lost)
    for command in commands:
        marketplace.core.handler.handle(envelope(command, actor="test"))
    marketplace.settle()
    return marketplace
