"""Closing the books by HTTP: finance does, two people reopen, auditors look on."""

from datetime import UTC, datetime

import pytest
from http_client import Client, problem
from lives import after
from marketplace import ADA, BO, Marketplace
from test_api import grant

FIN, BOSS, AUDITOR = "user_fin", "user_boss", "user_aud"
WHY = {"reason": "an invoice is missing"}


def life(marketplace: Marketplace) -> None:
    """A sale of November, and November over."""
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    marketplace.clock.freeze(datetime(2026, 12, 1, 9, tzinfo=UTC))
    marketplace.settle()
    for user, role in ((FIN, "finance"), (BOSS, "admin"), (AUDITOR, "auditor")):
        grant(marketplace, user, role)
    marketplace.runner.catch_up()


marketplace = after(life)


def test_finance_closes_a_month(client: Client) -> None:
    listed = client.get("/finance/periods", AUDITOR).json()["data"]
    assert [(row["period"], row["status"]) for row in listed] == [
        ("2026-12", "open"),
        ("2026-11", "open"),
    ]
    found = client.get("/finance/periods/2026-11", AUDITOR).json()
    assert (found["ready"], found["status"], found["version"]) == (True, "open", 0)
    assert {check["name"] for check in found["checks"]} >= {"fees_known", "suspense_empty"}
    closed = client.post("/finance/periods/2026-11/close", FIN)
    assert closed.json() == {"period": "2026-11", "version": 1, "status": "closed"}
    assert client.get("/finance/periods/2026-11", AUDITOR).json()["status"] == "closed"
    again = client.post("/finance/periods/2026-11/close", BOSS)
    assert again.json() == closed.json()


def test_what_keeps_a_month_open_is_said(client: Client, marketplace: Marketplace) -> None:
    answer = client.post("/finance/periods/2026-12/close", FIN)
    detail = problem(answer, 409, "period-not-over")["detail"]
    assert "close it on 2027-01-01 or later" in detail
    marketplace.clock.freeze(datetime(2027, 1, 2, tzinfo=UTC))
    marketplace.settle()
    answer = client.post("/finance/periods/2026-12/close", FIN)
    assert "2026-11 is open: close it first" in problem(answer, 409, "period-not-ready")["detail"]
    found = client.get("/finance/periods/2026-12", AUDITOR).json()
    (failing,) = [check for check in found["checks"] if not check["passed"]]
    assert failing["failing"] == [
        {"subject": "2026-11", "detail": "2026-11 is open: close it first"}
    ]


def test_two_people_reopen_a_month(client: Client) -> None:
    reopen = "/finance/periods/2026-11/reopen"
    problem(client.post(reopen, FIN, WHY), 409, "period-not-closed")
    client.post("/finance/periods/2026-11/close", FIN)
    assert client.post(reopen, FIN, WHY).json()["status"] == "reopening_proposed"
    assert client.post(reopen, FIN, WHY).json()["status"] == "reopening_proposed"
    listed = client.get("/finance/periods", AUDITOR).json()["data"]
    assert listed[1]["reopening_proposed_by"] == FIN
    assert listed[1]["reopening_reason"] == WHY["reason"]
    assert client.post(reopen, BOSS, WHY).json() == {
        "period": "2026-11",
        "version": 1,
        "status": "open",
    }
    closed = client.post("/finance/periods/2026-11/close", BOSS).json()
    assert (closed["version"], closed["status"]) == (2, "closed")


def test_nobody_else_may(client: Client) -> None:
    for user in (ADA, BO):
        problem(client.get("/finance/periods", user), 403, "not-allowed")
        problem(client.get("/finance/periods/2026-11", user), 403, "not-allowed")
    for user in (ADA, BO, AUDITOR):
        problem(client.post("/finance/periods/2026-11/close", user), 403, "not-allowed")
        problem(client.post("/finance/periods/2026-11/reopen", user, WHY), 403, "not-allowed")
    problem(client.get("/finance/periods"), 401, "unauthorised")


@pytest.mark.parametrize("month", ["2026-13", "november", "2026-1"])
def test_what_is_no_month_is_refused(client: Client, month: str) -> None:
    problem(client.get(f"/finance/periods/{month}", AUDITOR), 422, "period-invalid")
    problem(client.post(f"/finance/periods/{month}/close", FIN), 422, "period-invalid")
    problem(client.post(f"/finance/periods/{month}/reopen", FIN, WHY), 422, "period-invalid")
