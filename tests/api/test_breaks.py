"""Breaks by HTTP: a fact that Stripe does not settle, and what finance makes of it."""

import pytest
from http_client import Client, problem
from marketplace import Marketplace
from test_api import grant

from mywork.sandbox.stripe.api import tick


@pytest.fixture
def client(client: Client) -> Client:
    """With a sale of which Stripe's list of transactions has lost the charge."""
    marketplace = client.marketplace
    grant(marketplace, "user_fin", "finance")
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.carry()
    marketplace.drain()
    marketplace.advance(minutes=5)
    tick(marketplace.world)
    for name in [name for name in marketplace.world.tables if "balance_transaction" in name]:
        marketplace.world.tables[name].clear()
    marketplace.advance(days=5)
    marketplace.settle()
    return client


def test_a_fact_that_is_not_settled_is_shown_and_written_off(client: Client) -> None:
    (found,) = client.get("/finance/breaks", "user_fin").json()["data"]
    assert (found["kind"], found["amount_minor"]) == ("unsettled_fact", 29_900)
    path = f"/finance/breaks/{found['id']}/resolve"
    body = {"account": "stripe:uncleared", "reason": "Stripe lost it"}
    problem(client.post(path, "user_fin", body), 409, "resolution-invalid")
    body["account"] = "expense:bad_debt"
    assert client.post(path, "user_fin", body).status_code == 200
    (found,) = client.get("/finance/breaks?status=resolved", "user_fin").json()["data"]
    assert (found["account"], found["reason"]) == ("expense:bad_debt", "Stripe lost it")
    problem(client.post(path, "user_fin", body), 409, "break-not-open")


def test_the_books_are_clear_of_what_was_written_off(
    client: Client, marketplace: Marketplace
) -> None:
    (found,) = client.get("/finance/breaks", "user_fin").json()["data"]
    body = {"account": "expense:bad_debt", "reason": "Stripe lost it"}
    client.post(f"/finance/breaks/{found['id']}/resolve", "user_fin", body)
    assert marketplace.uncleared() == {}
    assert marketplace.balances("expense:bad_debt") == (29_900,)
    marketplace.check()


def test_a_break_that_never_was_cannot_be_resolved(client: Client) -> None:
    body = {"account": "expense:bad_debt", "reason": "?"}
    problem(client.post("/finance/breaks/none/resolve", "user_fin", body), 404, "break-not-found")
