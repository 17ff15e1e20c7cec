"""Payouts and debts over HTTP: sellers ask and call off, admins decide, finance sees by age."""

from dataclasses import replace
from typing import Any

import pytest
from http_client import Client, bearer, problem
from marketplace import ADA, BO, Marketplace
from posting_table import earn, overdrawn, owing, released
from test_api import grant

from mywork.domain.debt import DebtWrittenOff
from mywork.domain.payout.transfer_messages import PayoutRequested
from mywork.domain.seller.messages import PayoutsPaused
from mywork.sandbox.stripe import payouts as banks
from mywork.settings import Secret

ROOT, CHIEF, AUDITOR = "user_root", "user_chief", "user_audit"
WHY = {"reason": "an identity check is open"}


@pytest.fixture
def people(marketplace: Marketplace) -> Marketplace:
    """Two admins and an auditor."""
    for user, role in ((ROOT, "admin"), (CHIEF, "admin"), (AUDITOR, "auditor")):
        grant(marketplace, user, role)
    marketplace.runner.catch_up()
    return marketplace


@pytest.fixture
def payable(people: Marketplace) -> Marketplace:
    released(people)
    return people


@pytest.fixture
def returned(payable: Marketplace) -> str:
    """A payout that the bank sent back, to be tried again tomorrow."""
    payable.core.paying_out.request(ADA, "USD", request_id="p")
    payable.settle()
    (transfer,) = payable.stripe.transfers.list().data
    (found,) = payable.world.all(transfer.destination, "payout")
    banks.fail(payable.world, transfer.destination, found["id"], "could_not_process")
    payable.settle()
    (requested,) = payable.events(PayoutRequested)
    return str(requested.payout_id)


def status(client: Client) -> str:
    (found,) = client.get("/seller/payouts", ADA).json()["data"]
    return str(found["status"])


# Sellers ------------------------------------------------------------------------------------


def test_a_seller_calls_off_a_payout(client: Client, payable: Marketplace) -> None:
    made = client.post("/seller/payout", ADA, {"currency": "USD"}).json()
    answer = client.post(f"/seller/payouts/{made['id']}/cancel", ADA)
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert client.post(f"/seller/payouts/{made['id']}/cancel", ADA).status_code == 200
    assert status(client) == "cancelled"
    assert payable.seller() == (0, 26_013, 0)


def test_what_was_asked_before_is_told_as_it_stands(client: Client, payable: Marketplace) -> None:
    decision = payable.core.paying_out.request(ADA, "USD", request_id="p")
    payout_id = decision.payout.requested.payout_id
    payable.core.payout_administration.cancel(payout_id, reason="", by=ADA, seller_id=ADA)
    again = payable.core.paying_out.request(ADA, "USD", request_id="p")
    assert (again.requested, again.payout.stage) == (None, "cancelled")
    payable.advance(minutes=1)
    made = client.post("/seller/payout", ADA, {"currency": "USD"}).json()
    assert (made["status"], made["amount"], made["amount_minor"]) == ("pending", 260.13, 26_013)
    (now, before) = client.get("/seller/payouts", ADA).json()["data"]
    assert (now["id"], before["status"]) == (made["id"], "cancelled")
    assert (now["period_start"], now["period_end"]) == (None, now["requested_at"])


def test_what_was_sent_is_not_called_off(client: Client, payable: Marketplace) -> None:
    made = client.post("/seller/payout", ADA, {"currency": "USD"}).json()
    problem(client.post(f"/seller/payouts/{made['id']}/cancel", BO), 404, "payout-not-found")
    payable.settle()
    answer = client.post(f"/seller/payouts/{made['id']}/cancel", ADA)
    assert "on its way" in problem(answer, 409, "payout-under-way")["detail"]


def test_a_seller_chooses_when_to_be_paid(client: Client, payable: Marketplace) -> None:
    answer = client.put("/seller/profile", ADA, {"payout_schedule": "monthly"})
    assert answer.json() == {
        "payout_schedule": "monthly",
        "next_payout_at": "2026-12-01T00:00:00Z",
    }
    assert client.get("/seller/onboarding", ADA).json()["payout_schedule"] == "monthly"
    answer = client.put("/seller/profile", ADA, {"payout_schedule": "on_request"})
    assert answer.json()["next_payout_at"] is None
    problem(
        client.put("/seller/profile", ADA, {"payout_schedule": "hourly"}), 422, "request-invalid"
    )
    problem(
        client.put("/seller/profile", BO, {"payout_schedule": "weekly"}), 404, "seller-not-found"
    )


# Admins -------------------------------------------------------------------------------------


def test_an_admin_pauses_and_releases_a_seller(client: Client, payable: Marketplace) -> None:
    answer = client.post(f"/admin/sellers/{ADA}/pause", ROOT, WHY)
    assert answer.json() == {"id": ADA, "payouts": "paused"}
    answer = client.post("/seller/payout", ADA, {"currency": "USD"})
    assert "an identity check is open" in problem(answer, 409, "seller-paused")["detail"]
    told = client.get("/seller/onboarding", ADA).json()
    assert told["payouts_paused_because"] == "an identity check is open"
    client.post(f"/admin/sellers/{ADA}/release", ROOT, {"reason": "the check passed"})
    assert client.post("/seller/payout", ADA, {"currency": "USD"}).status_code == 201
    paused = [r for r in payable.core.store.page(0, 9_999) if isinstance(r.event, PayoutsPaused)]
    assert [(r.metadata.actor, r.metadata.reason) for r in paused] == [(ROOT, WHY["reason"])]


@pytest.mark.parametrize(
    "path",
    [
        f"/admin/sellers/{ADA}/pause",
        f"/admin/sellers/{ADA}/release",
        "/admin/payouts/p/cancel",
        "/admin/payouts/p/retry",
        "/admin/payouts/p/reverse",
    ],
)
def test_only_admins_decide_and_always_with_a_reason(
    client: Client, people: Marketplace, path: str
) -> None:
    problem(client.post(path, "", WHY), 401, "unauthorised")
    problem(client.post(path, ADA, WHY), 403, "not-allowed")
    problem(client.post(path, AUDITOR, WHY), 403, "not-allowed")
    problem(client.post(path, ROOT, {}), 422, "request-invalid")
    assert client.post(path, ROOT, WHY).status_code == 404
    problem(client.post(path, ROOT, {"reason": "  "}), 422, "text-invalid")


def test_an_admin_sends_a_returned_payout_to_the_bank_again(
    client: Client, people: Marketplace, returned: str
) -> None:
    assert status(client) == "failed"
    answer = client.post(f"/admin/payouts/{returned}/retry", ROOT, {"reason": "new account"})
    assert answer.json() == {"id": returned, "decision": "retry"}
    people.settle()
    assert status(client) == "processing"
    people.advance(days=3)
    people.settle()
    assert status(client) == "completed"
    problem(client.post(f"/admin/payouts/{returned}/retry", ROOT, WHY), 409, "payout-under-way")
    assert len(people.stripe.transfers.list().data) == 1
    people.check_at_rest()


def test_an_admin_takes_a_returned_payout_back(
    client: Client, people: Marketplace, returned: str
) -> None:
    client.post(f"/admin/payouts/{returned}/reverse", ROOT, {"reason": "no bank account"})
    people.settle()
    (found,) = client.get("/seller/payouts", ADA).json()["data"]
    assert (found["status"], found["reversed_minor"]) == ("reversed", 26_013)
    assert people.seller() == (0, 26_013, 0)
    people.check_at_rest()


def test_a_paused_sellers_payout_is_not_sent_to_the_bank_again(
    client: Client, people: Marketplace, returned: str
) -> None:
    client.post(f"/admin/sellers/{ADA}/pause", ROOT, WHY)
    answer = client.post(f"/admin/payouts/{returned}/retry", ROOT, WHY)
    assert "release the seller first" in problem(answer, 409, "seller-paused")["detail"]


def test_finance_sees_payouts_of_all_by_status(
    client: Client, people: Marketplace, returned: str
) -> None:
    assert returned
    (failed,) = client.get("/finance/payouts?status=failed", AUDITOR).json()["data"]
    assert (failed["reason"], failed["retry_at"] is not None) == ("could_not_process", True)
    assert client.get("/finance/payouts?status=held", AUDITOR).json()["data"] == []
    assert len(client.get("/finance/payouts", AUDITOR).json()["data"]) == 1
    problem(client.get("/finance/payouts", ADA), 403, "not-allowed")
    problem(client.get("/finance/payouts?status=odd", AUDITOR), 422, "request-invalid")


# Debts --------------------------------------------------------------------------------------

ASKED: dict[str, Any] = {"amount": "200.00", "currency": "USD", "reason": "the seller left"}
APPROVED = {"amount": 200, "currency": "USD"}


def test_a_write_off_takes_two_admins(client: Client, people: Marketplace) -> None:
    owing(people)
    path = f"/admin/debts/{ADA}/write-off"
    problem(client.post(f"{path}/approve", CHIEF, APPROVED), 409, "write-off-not-proposed")
    problem(client.post(path, ROOT, ASKED | {"amount": 300}), 409, "debt-insufficient")
    problem(client.post(path, ROOT, ASKED | {"amount": "1.001"}), 422, "money-invalid")
    answer = client.post(path, ROOT, ASKED)
    assert answer.json() == {
        "seller_id": ADA, "status": "proposed", "amount": 200.0, "amount_minor": 20_000,
        "currency": "USD",
    }  # fmt: skip
    problem(client.post(f"{path}/approve", ROOT, APPROVED), 409, "second-person-needed")
    problem(client.post(f"{path}/approve", AUDITOR, APPROVED), 403, "not-allowed")
    answer = client.post(f"{path}/approve", CHIEF, APPROVED)
    assert answer.json()["status"] == "written_off"
    (done,) = people.events(DebtWrittenOff)
    assert (done.proposed_by, done.approved_by) == (ROOT, CHIEF)
    assert people.balances("expense:bad_debt", f"seller:{ADA}:receivable") == (20_000, 6_910)


def test_receivables_by_age(client: Client, people: Marketplace) -> None:
    problem(client.get("/finance/receivables", ADA), 403, "not-allowed")
    assert client.get("/finance/receivables", AUDITOR).json()["data"] == []
    overdrawn(people)
    (row,) = client.get("/finance/receivables", AUDITOR).json()["data"]
    assert (row["overdrawn_minor"], row["owed_minor"], row["age_0_30_minor"]) == (26_910, 0, 26_910)
    people.advance(days=31)
    people.core.collecting.run()
    client.post(f"/admin/debts/{ADA}/write-off", ROOT, ASKED)
    answer = client.get("/finance/receivables", AUDITOR).json()
    (row,) = answer["data"]
    assert (row["overdrawn_minor"], row["owed_minor"]) == (0, 26_910)
    assert (row["age_31_60_minor"], row["proposed_minor"]) == (26_910, 20_000)
    (total,) = answer["totals"]
    assert total["age_31_60_minor"] == 26_910
    earn(people)
    people.core.collecting.run()
    (row,) = client.get("/finance/receivables", AUDITOR).json()["data"]
    assert row["owed_minor"] == 897


# Schedulers outside -------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_scheduler_with_the_secret_pays_who_is_due(
    client: Client, payable: Marketplace, method: str
) -> None:
    payable.core.settings = replace(payable.core.settings, cron_secret=Secret("hush"))
    payable.advance(days=7)
    call = lambda token: client.http.request(  # noqa: E731
        method, "/api/cron/process-payouts", headers=bearer(token)
    )
    problem(call("wrong"), 401, "unauthorised")
    assert call("hush").json() == {"requested": 1, "moved": 1}
    assert call("hush").json() == {"requested": 0, "moved": 0}
    payable.settle()
    assert status(client) == "processing"


@pytest.mark.parametrize("token", ["", "hush"])
def test_without_a_secret_no_scheduler_is_let_in(client: Client, token: str) -> None:
    problem(client.post("/cron/process-payouts", token), 401, "unauthorised")
