"""A marketplace that has traded for two weeks, in currencies of no, two and three decimals."""

import pytest
from lives import Lives
from marketplace import ADA, Marketplace

from mywork.application.usecases.refunding import Asked
from mywork.domain.identifiers import SellerId, UserId
from mywork.sandbox.stripe import connect

ODD = SellerId(UserId("user_X-1.b@c"))


def trade(marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    joined = marketplace.core.selling.join(ODD, "odd", "odd@example.com", country="US")
    connect.onboard(marketplace.world, joined.seller.stripe_account_id)
    marketplace.settle()
    for currency, price in (("USD", 29_900), ("JPY", 29_900), ("KWD", 299_990)):
        for seller_id in (ADA, ODD):
            product_id = marketplace.published_product(seller_id, price, currency)
            terms = marketplace.placed_order(product_id)
            marketplace.pay(terms, card="pm_card_bypassPending")
        marketplace.settle()
        marketplace.core.refunding.request(
            terms.order_id, UserId("user_root"), Asked("admin", "100"), request_id=currency
        )
        marketplace.settle()
        marketplace.advance(days=4)
    marketplace.settle()


@pytest.fixture
def traded(marketplace: Marketplace, lives: Lives) -> Marketplace:
    lives.live(marketplace, trade)
    return marketplace
