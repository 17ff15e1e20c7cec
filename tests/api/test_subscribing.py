"""`/subscription`: begun, shown, changed, ended and resumed; and every way it says no."""

from typing import Any

import pytest
from http_client import Client, problem
from marketplace import BO
from subscriber import Subscriber

from mywork.application.usecases.subscribing import Standing
from mywork.documents.subscriptions import Subscription

PRO = {"tier": "pro", "currency": "USD"}
NO_SUBSCRIPTION = dict.fromkeys(Subscription.__struct_fields__) | {"status": "none"}
NOTHING = {"tier": None, "until": None, "why_not": "there is no subscription"}


@pytest.fixture
def bo(client: Client) -> Subscriber:
    return Subscriber(client.marketplace)


def begin(client: Client, bo: Subscriber, body: Any = None, **headers: str) -> Any:
    answer = client.post("/subscription", BO, body or PRO, **headers)
    assert answer.status_code == 201, answer.text
    standing: Any = Standing(bo.running, 0, answer.json()["stripe_client_secret"])
    bo.confirm(standing)
    client.marketplace.settle()
    return answer


def test_plans_are_public(client: Client) -> None:
    plans = client.get("/config").json()["plans"]
    assert {"tier": "pro", "price": 29.0, "price_minor": 2_900, "currency": "USD",
            "interval": "month"} in plans  # fmt: skip
    assert {plan["tier"] for plan in plans} == {"pro", "team", "enterprise"}


def test_subscribing_and_what_it_entitles_to(client: Client, bo: Subscriber) -> None:
    before = client.get("/subscription", BO).json()
    assert (before["subscription"], before["entitlement"]) == (NO_SUBSCRIPTION, NOTHING)
    answer = begin(client, bo)
    begun = answer.json()
    assert (begun["status"], begun["price"], begun["tier"]) == ("incomplete", 29.0, "pro")
    position = answer.headers["x-position"]
    found = client.get(f"/subscription?min_position={position}", BO).json()
    assert found["subscription"]["status"] == "active"
    assert found["entitlement"] == {
        "tier": "pro", "until": "2026-12-10T12:00:00Z", "why_not": None,
    }  # fmt: skip
    assert client.get("/subscription", "user_eve").json()["subscription"] == NO_SUBSCRIPTION


def test_the_same_key_is_the_same_subscription(client: Client, bo: Subscriber) -> None:
    key = {"Idempotency-Key": "k"}
    first = begin(client, bo, **key).json()
    again = client.post("/subscription", BO, PRO, **key)
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status_code, again.json()["status"]) == (201, "active")
    assert (first["stripe_client_secret"] is None, again.json()["stripe_client_secret"]) == (
        False, None,
    )  # fmt: skip
    assert len(client.marketplace.world.all("", "subscription")) == 1
    problem(client.post("/subscription", BO, PRO), 409, "already-subscribed")


def test_changing_the_plan(client: Client, bo: Subscriber) -> None:
    begin(client, bo)
    client.marketplace.advance(days=15)
    changing = client.put("/subscription", BO, {"tier": "team"}).json()
    assert (changing["tier"], changing["awaits"]) == ("pro", "team")
    problem(client.put("/subscription", BO, {"tier": "enterprise"}), 409, "plan-change-pending")
    client.marketplace.settle()
    found = client.get("/subscription", BO).json()
    assert (found["subscription"]["tier"], found["entitlement"]["tier"]) == ("team", "team")
    client.put("/subscription", BO, {"tier": "pro"})
    client.marketplace.settle()
    found = client.get("/subscription", BO).json()["subscription"]
    assert (found["tier"], found["credit"], found["credit_minor"]) == ("pro", 35.0, 3_500)


def test_ending_and_going_on(client: Client, bo: Subscriber) -> None:
    begin(client, bo)
    assert client.post("/subscription/cancel", BO).json()["awaits"] == "cancellation"
    client.marketplace.settle()
    ending = client.post("/subscription/cancel", BO).json()
    assert (ending["awaits"], ending["ends_at"]) == (None, "2026-12-10T12:00:00Z")
    assert client.post("/subscription/resume", BO).json()["awaits"] == "resumption"
    client.marketplace.settle()
    assert client.get("/subscription", BO).json()["subscription"]["ends_at"] is None
    problem(client.post("/subscription/resume", BO), 409, "nothing-to-resume")


def test_the_payment_of_an_overdue_one_is_made_by_hand(client: Client, bo: Subscriber) -> None:
    begin(client, bo)
    answer = client.get("/subscription/payment", BO)
    assert answer.json() == {"stripe_client_secret": None, "status": "active"}
    assert answer.headers["cache-control"] == "no-store"
    bo.use("pm_card_chargeCustomerFail")
    client.marketplace.advance(days=31)
    client.marketplace.settle()
    overdue = client.get("/subscription", BO).json()
    assert overdue["subscription"]["status"] == "past_due"
    assert overdue["subscription"]["next_payment_attempt_at"] == "2026-12-11T13:00:00Z"
    assert overdue["entitlement"]["until"] == "2026-12-17T12:00:00Z"
    problem(client.put("/subscription", BO, {"tier": "team"}), 409, "subscription-not-active")
    secret = client.get("/subscription/payment", BO).json()["stripe_client_secret"]
    bo.confirm(Standing(bo.running, 0, secret))
    client.marketplace.settle()
    assert client.get("/subscription", BO).json()["subscription"]["status"] == "active"


def test_what_cannot_be_is_refused_by_name(client: Client) -> None:
    post = client.post
    problem(post("/subscription", BO, {"tier": "royal"}), 422, "tier-unknown")
    unsold = {"tier": "pro", "currency": "CHF"}
    problem(post("/subscription", BO, unsold), 422, "currency-unsupported")
    problem(post("/subscription", BO, {"tier": "pro", "trial": 1}), 422, "request-invalid")
    problem(post("/subscription", "", PRO), 401, "unauthorised")
    problem(client.put("/subscription", BO, {"tier": "team"}), 404, "subscription-not-found")
    for path in ("/subscription/cancel", "/subscription/resume"):
        problem(post(path, BO), 404, "subscription-not-found")
    problem(client.get("/subscription/payment", BO), 404, "subscription-not-found")
    assert client.marketplace.world.all("", "subscription") == []
