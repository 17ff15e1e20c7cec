"""A history worth an audit: sales, a refund, a payout, roles; and what is asked of it."""

from collections.abc import Sequence

from marketplace import ADA, Marketplace

from mywork.application.commands import envelope
from mywork.application.usecases.refunding import Asked
from mywork.assurance.checks import integrity_checks
from mywork.domain.identifiers import UserId
from mywork.domain.user import GrantRole
from mywork.ledger.findings import Check, Checked, examine


def lived(marketplace: Marketplace) -> None:
    """Three sales, of which one is refunded; a payout under way; an auditor."""
    marketplace.onboarded_seller()
    product_id = marketplace.published_product()
    paid = [marketplace.placed_order(product_id) for _ in range(3)]
    for terms in paid:
        marketplace.pay(terms)
    marketplace.advance(minutes=1)
    marketplace.settle()
    marketplace.core.refunding.request(paid[0].order_id, ADA, _whole(), request_id="r")
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    granted = GrantRole(UserId("user_auditor"), "auditor", marketplace.clock.now())
    marketplace.core.handler.handle(envelope(granted, actor="test"))
    marketplace.settle()


def _whole() -> Asked:
    return Asked("seller", None, "it was promised")


def asked(database_url: str, seals: Sequence[Check] = ()) -> list[Checked]:
    return examine(database_url, integrity_checks(database_url, seals=seals))
