"""Refunds over HTTP: by buyer, seller and admin, decided, refused by name."""

from typing import Any

import pytest
from http_client import Client, problem
from lives import Lives
from marketplace import ADA, BO, Marketplace
from test_api import grant

from mywork.application.commands import envelope
from mywork.domain.order.refund_messages import RefundRequested
from mywork.domain.order.sale_messages import RecordDownload
from mywork.sandbox.stripe import balance as stripe_balance

ADMIN = "user_root"
WHY = {"reason": "it does not run here"}


def sale(marketplace: Marketplace) -> str:
    """The order of one sale of 299.00, paid; our own 50.00 cover what Stripe keeps of it."""
    stripe_balance.record(
        marketplace.world, "", amount=5_000, currency="usd", source="tu_1", category="topup"
    )
    marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product())
    marketplace.pay(terms, card="pm_card_bypassPending")
    marketplace.settle()
    return str(terms.order_id)


@pytest.fixture
def sold(marketplace: Marketplace, lives: Lives) -> str:
    return lives.live(marketplace, sale)


@pytest.fixture
def downloaded(marketplace: Marketplace, sold: str) -> str:
    command: Any = RecordDownload(sold, marketplace.clock.now())  # type: ignore[arg-type]
    marketplace.core.handler.handle(envelope(command, actor=BO))
    return sold


def admin(marketplace: Marketplace) -> str:
    grant(marketplace, ADMIN, "admin")
    marketplace.runner.catch_up()
    return ADMIN


def test_a_buyer_has_the_money_back_and_loses_access(
    client: Client, marketplace: Marketplace, sold: str
) -> None:
    answer = client.post(f"/orders/{sold}/refund", BO, WHY)
    assert (answer.status_code, answer.json()["status"]) == (201, "approved")
    assert (answer.json()["amount_minor"], answer.json()["currency"]) == (29_900, "USD")
    found = client.get(f"/orders/{sold}?min_position={answer.headers['x-position']}", BO).json()
    assert (found["status"], found["access"]) == ("completed", "active")
    marketplace.settle()
    found = client.get(f"/orders/{sold}", BO).json()
    assert (found["status"], found["access"], found["refunded_minor"]) == (
        "refunded", "revoked", 29_900,
    )  # fmt: skip
    (line,) = found["refunds"]
    assert (line["id"], line["status"], line["reason"]) == (
        answer.json()["id"], "succeeded", "it does not run here",
    )  # fmt: skip
    (sale,) = client.get("/seller/orders", ADA).json()["data"]
    assert (sale["status"], sale["net_earnings_minor"], sale["why_not_yet"]) == (
        "refunded", -897, [],
    )  # fmt: skip
    assert client.get("/orders", BO).json()["data"] == [found]


def test_a_key_refunds_once(client: Client, marketplace: Marketplace, sold: str) -> None:
    body, key = WHY | {"amount": 50}, {"Idempotency-Key": "k"}
    first, again = (client.post(f"/orders/{sold}/refund", BO, body, **key) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert len(marketplace.events(RefundRequested)) == 1


@pytest.mark.parametrize("amount", ["99.5", 99.50, "99.50"])
def test_an_amount_is_exact_however_it_is_written(
    client: Client, marketplace: Marketplace, sold: str, amount: Any
) -> None:
    body = WHY | {"amount": amount, "currency": "USD"}
    assert client.post(f"/orders/{sold}/refund", ADA, body).json()["amount_minor"] == 9_950
    marketplace.settle()
    found = client.get(f"/orders/{sold}", BO).json()
    assert (found["status"], found["access"]) == ("partially_refunded", "active")
    assert '"refunded":99.50,"refunded_minor":9950' in client.get(f"/orders/{sold}", BO).text


@pytest.mark.parametrize(
    ("asked", "status", "kind"),
    [
        ({"amount": "1.001"}, 422, "money-invalid"),
        ({"amount": "-1.00"}, 422, "money-invalid"),
        ({"amount": 0}, 422, "money-invalid"),
        ({"amount": "NaN"}, 422, "money-invalid"),
        ({"amount": "Infinity"}, 422, "money-invalid"),
        ({"amount": ""}, 422, "money-invalid"),
        ({"amount": True}, 422, "request-invalid"),
        ({"amount": "10", "currency": "EUR"}, 422, "currency-differs"),
        ({"currency": "usd"}, 422, "currency-differs"),
        ({"amount": "299.01"}, 409, "refund-exceeds-payment"),
        ({"reason": ""}, 422, "request-invalid"),
        ({"reason": "x" * 2001}, 422, "request-invalid"),
        ({"reason": "a\0b"}, 422, "not-storable"),
        ({"refund": "all"}, 422, "request-invalid"),
        ({"platform_bears_fee": True}, 403, "not-allowed"),
    ],
)
def test_what_cannot_be_refunded_is_refused_and_nothing_changed(
    client: Client, marketplace: Marketplace, sold: str, asked: Any, status: int, kind: str
) -> None:
    head = marketplace.core.store.head()
    problem(client.post(f"/orders/{sold}/refund", BO, WHY | asked), status, kind)
    assert marketplace.core.store.head() == head


def test_somebody_elses_order_does_not_exist(client: Client, sold: str) -> None:
    for path in (f"/orders/{sold}/refund", "/orders/none/refund"):
        problem(client.post(path, "user_eve", WHY), 404, "order-not-found")
    decision = {"refund_id": "r"}
    problem(client.post(f"/orders/{sold}/refund/approve", "user_eve", decision), 404,
            "order-not-found")  # fmt: skip
    problem(client.post(f"/orders/{sold}/refund", "", WHY), 401, "unauthorised")


def test_what_was_never_paid_cannot_be_refunded(client: Client, marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    free = marketplace.placed_order(marketplace.published_product(price_minor=0))
    unpaid = marketplace.placed_order(marketplace.published_product())
    for terms in (free, unpaid):
        answer = client.post(f"/orders/{terms.order_id}/refund", BO, WHY)
        problem(answer, 409, "order-not-refundable")


# A person decides ---------------------------------------------------------------------------


def test_after_a_download_the_seller_decides(
    client: Client, marketplace: Marketplace, downloaded: str
) -> None:
    path = f"/orders/{downloaded}/refund"
    asked = client.post(path, BO, WHY | {"amount": "99.00"}).json()
    assert asked["status"] == "requested"
    (sale,) = client.get("/seller/orders", ADA).json()["data"]
    assert (sale["refunding_minor"], sale["refunds"][0]["status"]) == (8_910, "requested")
    assert {part["stage"] for part in sale["why_not_yet"]} == {"pending", "refunding"}
    decision = {"refund_id": asked["id"]}
    problem(client.post(f"{path}/approve", BO, decision), 403, "not-allowed")
    problem(client.post(f"{path}/approve", ADA, {"refund_id": "r"}), 404, "refund-not-found")
    problem(client.post(f"{path}/decline", ADA, decision), 422, "request-invalid")
    approved = client.post(f"{path}/approve", ADA, decision)
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    marketplace.settle()
    again = client.post(f"{path}/approve", ADA, decision)
    assert again.json()["status"] == "succeeded"
    no = decision | {"reason": "it was used"}
    problem(client.post(f"{path}/decline", ADA, no), 409, "refund-not-pending")
    assert len(marketplace.world.all("", "refund")) == 1
    marketplace.check_at_rest()


def test_a_declined_refund_says_why(
    client: Client, marketplace: Marketplace, downloaded: str
) -> None:
    path = f"/orders/{downloaded}/refund"
    asked = client.post(path, BO, WHY).json()
    no = {"refund_id": asked["id"], "reason": "it was used for a month"}
    declined = client.post(f"{path}/decline", admin(marketplace), no)
    assert declined.json()["status"] == "declined"
    (line,) = client.get(f"/orders/{downloaded}", BO).json()["refunds"]
    assert (line["status"], line["note"]) == ("declined", "it was used for a month")
    (sale,) = client.get("/seller/orders", ADA).json()["data"]
    assert (sale["net_earnings_minor"], sale["refunding_minor"]) == (26_013, 0)


# Admins -------------------------------------------------------------------------------------


def test_an_admin_refunds_later_and_bears_the_fee(
    client: Client, marketplace: Marketplace, sold: str
) -> None:
    marketplace.advance(days=20)
    marketplace.settle()
    for party in (BO, ADA):
        problem(client.post(f"/orders/{sold}/refund", party, WHY), 409, "refund-window-over")
    body = WHY | {"platform_bears_fee": True}
    answer = client.post(f"/orders/{sold}/refund", admin(marketplace), body)
    assert answer.status_code == 201
    marketplace.settle()
    assert marketplace.seller() == (0, 0, 0)
    assert client.get(f"/orders/{sold}", BO).json()["refunds"][0]["asked_by"] == "admin"


def test_an_admin_who_bought_is_a_buyer(
    client: Client, marketplace: Marketplace, downloaded: str
) -> None:
    """Nobody decides about their own money."""
    grant(marketplace, BO, "admin")
    marketplace.runner.catch_up()
    asked = client.post(f"/orders/{downloaded}/refund", BO, WHY)
    assert asked.json()["status"] == "requested"
    decision = {"refund_id": asked.json()["id"]}
    problem(client.post(f"/orders/{downloaded}/refund/approve", BO, decision), 403, "not-allowed")
    body = WHY | {"platform_bears_fee": True}
    problem(client.post(f"/orders/{downloaded}/refund", BO, body), 403, "not-allowed")
