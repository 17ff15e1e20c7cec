"""Yearly gross totals by HTTP: the seller's own, finance's view, and CSV of all sellers."""

import csv
import io

import pytest
from http_client import Client, problem
from lives import after
from marketplace import ADA, BO, Marketplace
from test_api import grant

AUDITOR = "user_aud"
OF_ADA = f"/finance/sellers/{ADA}/tax-summary?year=2026"


def life(marketplace: Marketplace) -> None:
    """A sale, a refund of a part, and a payout."""
    marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product())
    intent = marketplace.pay(terms)
    marketplace.settle()
    marketplace.stripe.refunds.create({"payment_intent": intent, "amount": 10_000})
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()
    marketplace.core.paying_out.request(ADA, "USD", request_id="r")
    marketplace.settle()
    grant(marketplace, AUDITOR, "auditor")


marketplace = after(life)


def test_a_seller_reads_their_year(client: Client, marketplace: Marketplace) -> None:
    found = client.get("/seller/tax-summary?year=2026", ADA).json()
    assert (found["seller_id"], found["year"]) == (ADA, 2026)
    assert [row["span"] for row in found["months"]] == ["2026-11"]
    assert [row["span"] for row in found["quarters"]] == ["2026-Q4"]
    (total,) = found["totals"]
    assert (total["span"], total["currency"]) == ("2026", "USD")
    assert (total["sales"], total["number_of_sales"]) == (299.0, 1)
    assert (total["refunds"], total["number_of_refunds"]) == (100.0, 1)
    assert (total["commission"], total["fees"]) == (19.9, 8.97)
    assert total["earned_minor"] == 29_900 - 10_000 - 1_990 - 897
    assert total["payouts_minor"] == total["earned_minor"]
    assert total["number_of_payouts"] == 1
    assert marketplace.seller() == (0, 0, 0)
    nothing = client.get("/seller/tax-summary?year=2025", ADA).json()
    assert (nothing["totals"], nothing["months"]) == ([], [])


def test_finance_reads_the_very_same_and_all_sellers_at_once(client: Client) -> None:
    own = client.get("/seller/tax-summary?year=2026", ADA).json()
    assert client.get(OF_ADA, AUDITOR).json() == own
    (row,) = client.get("/finance/tax-summary?year=2026", AUDITOR).json()["data"]
    assert row == {"seller_id": ADA} | own["months"][0]
    sheet = client.get("/finance/tax-summary?year=2026&format=csv", AUDITOR)
    assert 'filename="tax-summary-2026.csv"' in sheet.headers["content-disposition"]
    (line,) = csv.DictReader(io.StringIO(sheet.text))
    assert (line["seller"], line["sales"], line["payouts"]) == (ADA, "299.00", "170.13")


def test_nobody_else_may(client: Client) -> None:
    for user in (ADA, BO):
        problem(client.get(OF_ADA, user), 403, "not-allowed")
        problem(client.get("/finance/tax-summary?year=2026", user), 403, "not-allowed")
    problem(client.get("/seller/tax-summary?year=2026", BO), 404, "seller-not-found")
    problem(client.get("/seller/tax-summary?year=2026"), 401, "unauthorised")


@pytest.mark.parametrize("query", ["", "year=now", "year=1999", "year=2026&month=1"])
def test_what_cannot_be_meant_is_refused(client: Client, query: str) -> None:
    problem(client.get(f"/seller/tax-summary?{query}", ADA), 422, "request-invalid")
