"""A history that touches every projection."""

import pytest
from marketplace import ADA, Marketplace
from tables import GRACE


@pytest.fixture
def played(marketplace: Marketplace) -> Marketplace:
    """Two sellers with paid, expired and free orders, and a payout under way."""
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
    marketplace.settle()
    return marketplace
