"""What admins decide about sellers."""

from http_client import Client, problem
from marketplace import ADA, BO, Marketplace
from test_api import grant

from mywork.domain.seller.messages import SellerVerified

BODY = {"level": "verified", "reason": "passport and address seen"}


def test_an_admin_verifies_a_seller(client: Client, marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    path = f"/admin/sellers/{ADA}/verify"
    problem(client.post(path, ADA, BODY), 403, "not-allowed")
    grant(marketplace, "user_root", "admin")
    marketplace.runner.catch_up()
    answer = client.post(path, "user_root", BODY)
    assert answer.json() == {"id": ADA, "level": "verified"}
    assert int(answer.headers["x-position"]) == marketplace.core.store.head()
    last = marketplace.core.store.page(0, 1_000)[-1]
    assert (last.metadata.actor, last.metadata.reason) == ("user_root", BODY["reason"])
    client.post(path, "user_root", BODY)  # again: nothing new
    client.post(path, "user_root", BODY | {"level": "premium"})
    assert [e.level for e in marketplace.events(SellerVerified)] == ["verified", "trusted"]


def test_a_verification_that_makes_no_sense_is_refused(
    client: Client, marketplace: Marketplace
) -> None:
    grant(marketplace, "user_root", "admin")
    marketplace.runner.catch_up()
    answer = client.post(f"/admin/sellers/{BO}/verify", "user_root", BODY)
    problem(answer, 404, "seller-not-found")
    for body in (BODY | {"level": "royal"}, BODY | {"reason": ""}, {"level": "basic"}):
        answer = client.post(f"/admin/sellers/{BO}/verify", "user_root", body)
        problem(answer, 422, "request-invalid")
    answer = client.post(f"/admin/sellers/{BO}/verify", "user_root", BODY | {"reason": "  "})
    problem(answer, 422, "text-invalid")
