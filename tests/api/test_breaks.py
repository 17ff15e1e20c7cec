"""Breaks by HTTP: a fact that Stripe does not settle, and what finance makes of it."""

import pytest
from http_client import Client, problem
from lives import after
from marketplace import Marketplace
from test_api import grant

from mywork.sandbox.stripe.due import tick


def life(marketplace: Marketplace) -> None:
    """A sale of which Stripe's list of transactions has lost the charge."""
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


marketplace = after(life)


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


# Owners and second thoughts ------------------------------------------------------------------


def test_a_break_is_assigned_and_shown_by_itself(client: Client) -> None:
    (found,) = client.get("/finance/breaks", "user_fin").json()["data"]
    path = f"/finance/breaks/{found['id']}"
    assert client.post(f"{path}/assign", "user_fin", {"owner": "user_cy"}).status_code == 200
    shown = client.get(path, "user_fin").json()
    assert (shown["owner"], shown["evidence"]) == ("user_cy", None)
    problem(client.get("/finance/breaks/none", "user_fin"), 404, "break-not-found")
    body = {"owner": "user_cy"}
    problem(client.post("/finance/breaks/none/assign", "user_fin", body), 404, "break-not-found")


def test_an_explanation_is_taken_back_and_its_entry_with_it(
    client: Client, marketplace: Marketplace
) -> None:
    (found,) = client.get("/finance/breaks", "user_fin").json()["data"]
    path = f"/finance/breaks/{found['id']}"
    problem(client.post(f"{path}/reopen", "user_fin", {"reason": "?"}), 409, "break-not-resolved")
    body = {"account": "expense:bad_debt", "reason": "Stripe lost it"}
    client.post(f"{path}/resolve", "user_fin", body)
    assert client.post(f"{path}/reopen", "user_fin", {"reason": "they found it"}).is_success
    assert client.get(path, "user_fin").json()["status"] == "open"
    assert marketplace.balances("expense:bad_debt", "stripe:uncleared") == (0, 29_900)
    marketplace.check()


@pytest.mark.parametrize("action", ["assign", "reopen", "resolve"])
def test_only_finance_decides_about_breaks(
    client: Client, marketplace: Marketplace, action: str
) -> None:
    grant(marketplace, "user_aud", "auditor")
    (found,) = client.get("/finance/breaks", "user_aud").json()["data"]
    path, body = f"/finance/breaks/{found['id']}", {"owner": "x", "reason": "y"}
    body.pop("reason" if action == "assign" else "owner")
    for user in ("user_aud", "user_ada"):
        problem(client.post(f"{path}/{action}", user, body), 403, "not-allowed")
    assert client.get(path, "user_aud").status_code == 200
    problem(client.get(path, "user_ada"), 403, "not-allowed")
