"""Statements by HTTP: the seller's own, finance's view of the same, JSON and CSV."""

import csv
import io
from typing import Any

import pytest
from http_client import Client, problem
from marketplace import ADA, BO, Marketplace
from test_api import grant

from mywork.domain.identifiers import SellerId, UserId
from mywork.ledger.statement import STAGES

GRACE = SellerId(UserId("user_grace"))


@pytest.fixture
def client(client: Client) -> Client:
    """With a sale whose hold is over."""
    marketplace = client.marketplace
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()
    return client


def test_a_seller_reads_their_statement(client: Client) -> None:
    found = client.get("/seller/statement", ADA).json()
    assert (found["from"], found["to"]) == ("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")
    assert (found["seller_id"], found["currency"]) == (ADA, "USD")
    sale, released = found["lines"]
    assert sale["what"].startswith("Sale of SaaS starter with billing (standard licence)")
    assert (sale["reference"], sale["at"]) == ("MW-2026-00001", "2026-11-10T12:00:00Z")
    assert (sale["amount"], sale["balance_minor"]) == (260.13, 26_013)
    assert released["moves"] == {
        "pending": -260.13,
        "pending_minor": -26_013,
        "available": 260.13,
        "available_minor": 26_013,
    }
    assert found["opening"]["balance_minor"] == 0
    assert found["closing"]["available_minor"] == found["closing"]["balance_minor"] == 26_013


def test_its_closing_is_the_balance_that_the_seller_sees(client: Client) -> None:
    closing = client.get("/seller/statement", ADA).json()["closing"]
    (balance,) = client.get("/seller/balance", ADA).json()["balances"]
    shown = {name: value for name, value in balance.items() if name in closing}
    assert shown == {name: closing[name] for name in shown}
    assert {"pending", "available", "in_payout"} <= set(shown)


def test_finance_reads_the_very_same(client: Client, marketplace: Marketplace) -> None:
    grant(marketplace, "user_aud", "auditor")
    path = f"/finance/sellers/{ADA}/statement"
    assert client.get(path, "user_aud").json() == client.get("/seller/statement", ADA).json()
    problem(client.get(path, ADA), 403, "not-allowed")
    problem(client.get(path, BO), 403, "not-allowed")
    unknown = "/finance/sellers/user_nobody/statement"
    problem(client.get(unknown, "user_aud"), 404, "seller-not-found")


def test_nobody_reads_what_is_not_theirs(client: Client, marketplace: Marketplace) -> None:
    problem(client.get("/seller/statement", BO), 404, "seller-not-found")
    problem(client.get("/seller/statement"), 401, "unauthorised")
    marketplace.onboarded_seller(GRACE)
    assert client.get("/seller/statement", GRACE).json()["lines"] == []


def rows(client: Client, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/seller/statement?format=csv{query}", ADA)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_spreadsheet_adds_up_to_its_closing_row(client: Client) -> None:
    opening, *lines, closing = rows(client)
    assert (opening["what"], closing["what"]) == ("Opening", "Closing")
    assert [line["balance"] for line in lines] == ["260.13", "260.13"]
    for stage in STAGES:
        moved = sum(float(row[stage]) for row in (opening, *lines))
        assert f"{moved:.2f}" == closing[stage]
    assert closing["balance"] == "260.13"
    assert (closing["available"], closing["pending"]) == ("260.13", "0.00")


def test_a_currency_has_its_own_digits(client: Client) -> None:
    assert [row["balance"] for row in rows(client, "&currency=JPY")] == ["0", "0"]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("from=2026-11-02&to=2026-11-01", "time-range-invalid"),
        ("from=2026-11-01&to=2026-11-01", "time-range-invalid"),
        ("currency=XXX", "currency-unsupported"),
        ("currency=usd", "request-invalid"),
        ("format=pdf", "request-invalid"),
        ("from=soon", "request-invalid"),
        ("seller=user_bo", "request-invalid"),
    ],
)
def test_what_cannot_be_meant_is_refused(client: Client, query: str, kind: str) -> None:
    problem(client.get(f"/seller/statement?{query}", ADA), 422, kind)
