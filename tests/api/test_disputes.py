"""Disputes over HTTP: seen by their sellers and by finance, contested by evidence."""

from typing import Any

import pytest
from http_client import Client, problem
from lives import Lives
from marketplace import ADA, BO, Marketplace
from test_api import grant

from mywork.api.disputes import EvidenceTexts
from mywork.application.usecases.disputing import EVIDENCE_FIELDS
from mywork.domain.order.dispute_messages import EvidenceSubmitted
from mywork.sandbox.stripe import disputes

WINS = {"evidence": {"uncategorized_text": "winning_evidence"}, "final": True}


def dispute(marketplace: Marketplace) -> str:
    """An open dispute about the one sale of 299.00."""
    marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product())
    marketplace.pay(terms, card="pm_card_bypassPending")
    marketplace.settle()
    charge = marketplace.world.all("", "charge")[0]
    opened = disputes.open_(marketplace.world, "", charge, disputes.Opening())
    marketplace.settle()
    return str(opened["id"])


@pytest.fixture
def disputed(marketplace: Marketplace, lives: Lives) -> str:
    return lives.live(marketplace, dispute)


def test_a_seller_sees_what_to_answer_and_until_when(
    client: Client, marketplace: Marketplace, disputed: str
) -> None:
    (found,) = client.get("/seller/disputes", ADA).json()["data"]
    assert (found["id"], found["status"], found["reason"]) == (
        disputed, "needs_response", "fraudulent",
    )  # fmt: skip
    assert (found["amount_minor"], found["set_aside_minor"]) == (29_900, 26_910)
    assert found["cost_minor"] == found["fee_minor"] > 0
    assert found["evidence_due_by"] == "2026-11-18T23:59:59Z"
    assert client.get("/seller/disputes?status=won", ADA).json()["data"] == []
    assert len(client.get("/seller/disputes?status=needs_response", ADA).json()["data"]) == 1
    assert client.get("/seller/disputes", BO).json()["data"] == []
    (bought,) = client.get("/orders", BO).json()["data"]
    assert (bought["status"], bought["disputed"], bought["access"]) == ("disputed", True, "revoked")


def test_a_refund_of_what_is_disputed_is_refused(
    client: Client, marketplace: Marketplace, disputed: str
) -> None:
    (bought,) = client.get("/orders", BO).json()["data"]
    answer = client.post(f"/orders/{bought['id']}/refund", BO, {"reason": "give it back"})
    assert "evidence" in problem(answer, 409, "order-disputed")["detail"]


def test_finance_sees_all_disputes(client: Client, marketplace: Marketplace, disputed: str) -> None:
    problem(client.get("/finance/disputes", ADA), 403, "not-allowed")
    for role in ("finance", "auditor", "admin"):
        grant(marketplace, f"user_{role}", role)
        (found,) = client.get("/finance/disputes", f"user_{role}").json()["data"]
        assert (found["id"], found["seller_id"]) == (disputed, ADA)
    assert client.get("/finance/disputes?status=lost", "user_finance").json()["data"] == []
    problem(client.get("/finance/disputes?status=open", "user_finance"), 422, "request-invalid")


def test_evidence_wins_a_dispute(client: Client, marketplace: Marketplace, disputed: str) -> None:
    submitted = client.post(f"/disputes/{disputed}/evidence", ADA, WINS)
    assert submitted.status_code == 200
    path = f"/seller/disputes?min_position={submitted.headers['x-position']}"
    (found,) = client.get(path, ADA).json()["data"]
    assert (found["status"], found["evidence_submitted_at"] is not None) == (
        "evidence_submitted", True,
    )  # fmt: skip
    marketplace.advance(days=1)
    marketplace.settle()
    (found,) = client.get("/seller/disputes", ADA).json()["data"]
    assert (found["status"], found["set_aside_minor"]) == ("won", 0)
    (bought,) = client.get("/orders", BO).json()["data"]
    assert (bought["status"], bought["access"]) == ("completed", "active")
    answer = client.post(f"/disputes/{disputed}/evidence", ADA, WINS)
    problem(answer, 409, "dispute-not-open")


def test_evidence_may_be_collected_before_it_is_final(
    client: Client, marketplace: Marketplace, disputed: str
) -> None:
    body = {"evidence": {"customer_name": "Bo"}, "final": False}
    assert client.post(f"/disputes/{disputed}/evidence", ADA, body).status_code == 200
    (found,) = client.get("/seller/disputes", ADA).json()["data"]
    assert found["status"] == "needs_response"
    assert [event.final for event in marketplace.events(EvidenceSubmitted)] == [False]


def test_only_the_seller_and_admins_contest(
    client: Client, marketplace: Marketplace, disputed: str
) -> None:
    path = f"/disputes/{disputed}/evidence"
    for user in (BO, "user_eve"):
        problem(client.post(path, user, WINS), 404, "dispute-not-found")
    problem(client.post("/disputes/du_none/evidence", ADA, WINS), 404, "dispute-not-found")
    grant(marketplace, "user_fin", "finance")
    grant(marketplace, "user_root", "admin")
    grant(marketplace, BO, "admin")
    marketplace.runner.catch_up()
    problem(client.post(path, "user_fin", WINS), 404, "dispute-not-found")
    problem(client.post(path, BO, WINS), 404, "dispute-not-found")  # it is their own claim
    assert client.post(path, "user_root", WINS).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"evidence": {}, "final": True}, "text-invalid"),
        ({"evidence": {"customer_name": "Bo"}}, "request-invalid"),
        ({"evidence": {"receipt": "file_1"}, "final": True}, "request-invalid"),
        ({"evidence": {"customer_name": "x" * 15_000, "service_date": "x" * 15_000},
          "final": True}, "text-invalid"),
        ({"evidence": {"customer_name": "x" * 20_001}, "final": True}, "request-invalid"),
    ],
)  # fmt: skip
def test_what_is_no_evidence_is_refused(
    client: Client, marketplace: Marketplace, disputed: str, body: Any, kind: str
) -> None:
    problem(client.post(f"/disputes/{disputed}/evidence", ADA, body), 422, kind)
    assert marketplace.events(EvidenceSubmitted) == []


def test_too_late_is_too_late(client: Client, marketplace: Marketplace, disputed: str) -> None:
    marketplace.advance(days=9)
    answer = client.post(f"/disputes/{disputed}/evidence", ADA, WINS)
    assert "18" in problem(answer, 409, "evidence-too-late")["detail"]


def test_every_field_that_can_be_said_is_documented() -> None:
    assert set(EvidenceTexts.model_fields) == EVIDENCE_FIELDS
