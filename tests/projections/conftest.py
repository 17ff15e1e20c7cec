"""A history that touches every projection."""

import pytest
from lives import Lives
from marketplace import ADA, Marketplace
from tables import GRACE

from mywork.application.commands import envelope
from mywork.application.usecases.refunding import Asked
from mywork.domain.breaks.explanation_messages import OpenBreak
from mywork.domain.decider import Command
from mywork.domain.identifiers import BreakId
from mywork.domain.order.sale_messages import OrderPlaced
from mywork.domain.user import GrantRole
from mywork.sandbox.stripe import disputes


@pytest.fixture
def played(marketplace: Marketplace, lives: Lives) -> Marketplace:
    lives.live(marketplace, play)
    return marketplace


def play(marketplace: Marketplace) -> None:
    """Two sellers with paid, expired and free orders, a payout under way, a role, a break.

    Of the second seller's sales one is refunded, one in part, and one is lost to a dispute.
    """
    paid: list[OrderPlaced] = []
    for seller in (ADA, GRACE):
        marketplace.onboarded_seller(seller)
        product_id = marketplace.published_product(seller)
        for _ in range(3):
            paid.append(marketplace.placed_order(product_id))
            marketplace.pay(paid[-1])
        marketplace.placed_order(product_id)
        marketplace.placed_order(marketplace.published_product(seller, price_minor=0))
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    now = marketplace.clock.now()
    lost = OpenBreak(
        BreakId("evt_1"), "undeliverable_fact", "evt_1", "", 0, 0, None, "", "it never fitted", now
    )
    commands: tuple[Command, ...] = (GrantRole(GRACE, "finance", now), lost)
    for command in commands:
        marketplace.core.handler.handle(envelope(command, actor="test"))
    marketplace.settle()
    _ask_back(marketplace, paid[3:])


def _ask_back(marketplace: Marketplace, sales: list[OrderPlaced]) -> None:
    whole, part, disputed = sales
    for terms, amount in ((whole, None), (part, "99.00")):
        asked = Asked("seller", amount, "it was promised")
        marketplace.core.refunding.request(terms.order_id, GRACE, asked, request_id="r")
    charge_id = marketplace.order_state(disputed.order_id).payment.charge_id
    charge = marketplace.world.find("", "charge", charge_id)
    opened = disputes.open_(marketplace.world, "", charge, disputes.Opening())
    marketplace.settle()
    disputes.lose(marketplace.world, "", opened["id"])
    marketplace.settle()
