"""What if, by HTTP: finance and auditors ask, nobody else, and nothing changes."""

from typing import Any

import pytest
from http_client import Client, problem
from lives import after
from marketplace import ADA, BO, Marketplace
from test_api import grant

AUDITOR = "user_aud"
ASKED = {"period": "2026-11", "fee_schedule": {"commission": "12%"}}


def life(marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    grant(marketplace, AUDITOR, "auditor")
    marketplace.runner.catch_up()


marketplace = after(life)


def test_another_commission_is_compared_with_the_actual_one(
    client: Client, marketplace: Marketplace
) -> None:
    head = marketplace.core.store.head()
    found = client.post("/finance/what-if", AUDITOR, ASKED).json()
    (usd,) = found["currencies"]
    assert (found["orders"], usd["currency"]) == (1, "USD")
    assert (usd["actual"]["commission"], usd["hypothetical"]["commission"]) == (29.9, 35.88)
    assert (usd["change"]["revenue_minor"], usd["change"]["sellers_minor"]) == (598, -598)
    (ada,) = found["sellers_most_affected"]
    assert (ada["seller_id"], ada["change"]["sellers"]) == (ADA, -5.98)
    assert marketplace.core.store.head() == head


def test_a_shorter_hold_makes_money_payable_earlier(client: Client) -> None:
    asked = {"period": "2026-11", "hold_days": 0}
    (usd,) = client.post("/finance/what-if", AUDITOR, asked).json()["currencies"]
    assert (usd["actual"]["payable"], usd["hypothetical"]["payable"]) == (0.0, 260.13)
    assert usd["change"]["sellers"] == 0.0


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"period": "2026-13", "hold_days": 1}, "period-invalid"),
        ({"period": "2026-11"}, "fee-schedule-invalid"),
        ({"period": "2026-11", "fee_schedule": {"tax": "5%"}}, "fee-schedule-invalid"),
        ({"period": "2026-11", "fee_schedule": {"commission": 12}}, "request-invalid"),
        ({"period": "2026-11", "fee_schedule": {"commission": "100%"}}, "fee-schedule-invalid"),
        ({"period": "2026-11", "hold_days": -1}, "request-invalid"),
        ({"period": "2026-11", "hold": 1}, "request-invalid"),
    ],
)
def test_what_cannot_be_meant_is_refused(client: Client, body: Any, kind: str) -> None:
    problem(client.post("/finance/what-if", AUDITOR, body), 422, kind)


def test_nobody_else_may_ask(client: Client) -> None:
    for user in (ADA, BO):
        problem(client.post("/finance/what-if", user, ASKED), 403, "not-allowed")
    problem(client.post("/finance/what-if", "", ASKED), 401, "unauthorised")
