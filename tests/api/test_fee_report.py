"""`GET /finance/fees`: quoted against actual, for those who may see it."""

import pytest
from http_client import Client, problem
from lives import after
from marketplace import Marketplace
from test_api import grant

SALE = {"quoted": 8.97, "quoted_minor": 897, "actual": 8.97, "variance": 0.0, "known": True}


def life(marketplace: Marketplace) -> None:
    """Two sales: one settled, one of which Stripe's list says nothing yet."""
    grant(marketplace, "user_aud", "auditor")
    marketplace.onboarded_seller()
    product = marketplace.published_product()
    marketplace.pay(marketplace.placed_order(product))
    marketplace.settle()
    marketplace.pay(marketplace.placed_order(product))
    marketplace.carry()
    marketplace.drain()


marketplace = after(life)


def test_the_months_fees_and_the_orders_still_to_settle(client: Client) -> None:
    found = client.get("/finance/fees", "user_aud").json()
    assert (found["from"], found["group"]) == ("2026-11-01T00:00:00Z", "month")
    (month,) = found["data"]
    assert (month["key"], month["currency"]) == ("2026-11", "USD")
    assert (month["quoted_minor"], month["actual_minor"]) == (1_794, 897)
    assert month["variance"] == 8.97
    (unknown,) = found["not_known_yet"]
    assert unknown["order_number"] == "MW-2026-00002"


def test_each_order_a_page_at_a_time(client: Client) -> None:
    path = "/finance/fees?group=order&limit=1"
    first = client.get(path, "user_aud").json()
    second = client.get(f"{path}&after={first['next_after']}", "user_aud").json()
    assert second["next_after"] is None
    rows = sorted(first["data"] + second["data"], key=lambda row: row["order_number"])
    assert rows[0] | SALE == rows[0]
    assert rows[0]["order_number"] == "MW-2026-00001"
    assert (rows[1]["actual_minor"], rows[1]["known"]) == (0, False)


def test_a_period_without_fees_is_empty(client: Client) -> None:
    path = "/finance/fees?from=2026-09-01&to=2026-10-01T00:00:00%2B02:00"
    found = client.get(path, "user_aud").json()
    assert (found["data"], found["not_known_yet"]) == ([], [])
    assert found["to"] == "2026-09-30T22:00:00Z"


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("from=2026-11-02&to=2026-11-01", "time-range-invalid"),
        ("from=2026-11-01&to=2026-11-01", "time-range-invalid"),
        ("to=9999-12-31T23:59:59-12:00", "time-range-invalid"),
        ("from=yesterday", "request-invalid"),
        ("group=seller", "request-invalid"),
        ("since=2026-11-01", "request-invalid"),
        ("limit=0", "request-invalid"),
    ],
)
def test_what_cannot_be_meant_is_refused(client: Client, query: str, kind: str) -> None:
    problem(client.get(f"/finance/fees?{query}", "user_aud"), 422, kind)


def test_fees_are_for_finance_and_auditors(client: Client, marketplace: Marketplace) -> None:
    problem(client.get("/finance/fees", "user_ada"), 403, "not-allowed")
    problem(client.get("/finance/fees"), 401, "unauthorised")
