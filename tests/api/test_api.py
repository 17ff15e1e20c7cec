"""The HTTP door on a whole marketplace: what it answers, and every way it says no."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import orjson
import pytest
from http_client import Client, bearer, problem
from marketplace import ADA, BO, SECRET, Marketplace

from mywork.adapters.stripe.webhooks import signature_header
from mywork.api.errors import catalogue
from mywork.application.commands import envelope
from mywork.documents.document import encode
from mywork.domain.breaks.explanation_messages import BreakResolved
from mywork.domain.user import GrantRole
from mywork.sandbox.stripe import balance as stripe_balance
from mywork.sandbox.stripe import connect

DRAFT: dict[str, Any] = {
    "title": "SaaS starter with billing",
    "description": "A starter with accounts, billing and tests. " * 3,
    "category": "saas-starters",
    "price": "299.00",
    "tech_stack": ["python"],
}


def grant(marketplace: Marketplace, user: str, role: str) -> None:
    command = GrantRole(user, role, marketplace.clock.now())  # type: ignore[arg-type]
    marketplace.core.handler.handle(envelope(command, actor="test"))


def signed(event: dict[str, Any], *, secret: str = SECRET, age: int = 0) -> tuple[bytes, str]:
    body = orjson.dumps(event)
    return body, signature_header(body, secret, int(time.time()) - age)


# The sale, by HTTP --------------------------------------------------------------------------


def test_a_sale_by_http_from_joining_to_payout(client: Client, marketplace: Marketplace) -> None:
    body = {"username": "ada", "email": "ada@example.com", "country": "US"}
    joined = client.post("/user/become-seller", ADA, body)
    assert joined.status_code == 201
    assert joined.json()["onboarding_url"].startswith("http")
    account = marketplace.world.all("", "account")[0]["id"]
    connect.onboard(marketplace.world, account)
    marketplace.settle()
    assert client.get("/seller/onboarding", ADA).json()["status"] == "active"

    drafted = client.post("/products", ADA, DRAFT).json()
    problem(client.get(f"/products/{drafted['slug']}"), 404, "product-not-found")
    assert len(client.get("/seller/products", ADA).json()["data"]) == 1
    assert client.post(f"/products/{drafted['id']}/publish", ADA).status_code == 200
    page = client.get(f"/products/{drafted['slug']}")
    assert page.json()["seller"] == {"id": ADA, "username": "ada"}
    assert client.get(f"/products/{drafted['id']}").json()["slug"] == drafted["slug"]

    placed = client.post("/orders", BO, {"product_id": drafted["id"]})
    assert (placed.status_code, placed.json()["status"]) == (201, "pending")
    intent = placed.json()["stripe_client_secret"].split("_secret_")[0]
    marketplace.stripe.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    for event in marketplace.undelivered():
        assert client.webhook(*signed(event)).status_code == 200
        marketplace._delivered.add(event["id"])
    marketplace.settle()
    order = client.get(f"/orders/{placed.json()['order_id']}", BO).json()
    assert (order["status"], order["payment_status"]) == ("completed", "completed")
    balance = client.get("/seller/balance", ADA).json()
    assert balance["balances"][0]["pending_minor"] == 26_013
    assert balance["not_yet"][0]["release_at"] == "2026-11-17T12:00:00Z"
    assert client.get("/seller/orders", ADA).json()["data"][0]["commission_minor"] == 2_990

    marketplace.advance(days=7)
    marketplace.settle()
    paid = client.post("/seller/payout", ADA, {"currency": "USD"})
    assert (paid.status_code, paid.json()["amount_minor"]) == (201, 26_013)
    marketplace.settle()
    assert client.get("/seller/payouts", ADA).json()["data"][0]["status"] == "processing"
    assert client.get("/seller/balance", ADA).json()["not_yet"] == []
    marketplace.check_at_rest()


def test_money_is_written_exactly(client: Client, marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    drafted = client.post("/products", ADA, DRAFT | {"price": 299}).json()
    client.post(f"/products/{drafted['id']}/publish", ADA)
    text = client.get(f"/products/{drafted['slug']}").text
    assert '"price":299.00,"price_minor":29900' in text
    assert json.loads(text, parse_float=Decimal)["price"] == Decimal("299.00")


@pytest.mark.parametrize(
    ("price", "kind"),
    [
        ("299.001", "money-invalid"),
        (0.005, "money-invalid"),
        (-1, "money-invalid"),
        ("10000.01", "money-invalid"),
        ("NaN", "money-invalid"),
        (True, "request-invalid"),
        (None, "request-invalid"),
    ],
)
def test_an_inexact_or_impossible_price_is_refused(
    client: Client, marketplace: Marketplace, price: object, kind: str
) -> None:
    marketplace.onboarded_seller()
    problem(client.post("/products", ADA, DRAFT | {"price": price}), 422, kind)


# Reading ------------------------------------------------------------------------------------


def test_public_reads_can_be_cached_and_asked_again(
    client: Client, marketplace: Marketplace
) -> None:
    marketplace.onboarded_seller()
    marketplace.published_product()
    first = client.get("/products")
    assert first.headers["cache-control"].startswith("public")
    again = client.get("/products", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_lists_are_paged_and_stable_under_inserts(client: Client, marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    made = []
    for _ in range(5):
        marketplace.advance(minutes=1)
        made.append(str(marketplace.published_product()))
    first = client.get("/products?limit=2").json()
    marketplace.advance(minutes=1)
    marketplace.published_product()
    second = client.get(f"/products?limit=2&cursor={first['next_cursor']}").json()
    third = client.get(f"/products?limit=2&cursor={second['next_cursor']}").json()
    seen = [item["id"] for page in (first, second, third) for item in page["data"]]
    assert seen == made[::-1]
    assert third["next_cursor"] is None
    problem(client.get("/products?cursor=nonsense"), 400, "cursor-invalid")
    problem(client.get("/products?limit=0"), 422, "request-invalid")
    assert client.get("/products?category=automation").json()["data"] == []


def test_a_client_reads_its_own_write(client: Client, marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    drafted = client.post("/products", ADA, DRAFT)
    position = int(drafted.headers["X-Position"])
    path = f"/api/seller/products?min_position={position}"
    late = client.http.get(path, headers=bearer(ADA))
    problem(late, 503, "not-fresh")
    assert late.headers["retry-after"] == "2"
    marketplace.runner.catch_up()
    fresh = client.http.get(path, headers=bearer(ADA))
    assert len(fresh.json()["data"]) == 1
    assert fresh.headers["cache-control"] == "no-store"
    beyond = client.http.get(
        f"/api/seller/products?min_position={position + 99}", headers=bearer(ADA)
    )
    problem(beyond, 400, "position-beyond-head")


def test_what_one_may_not_see_is_not_found(client: Client, marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product())
    assert client.get(f"/orders/{terms.order_id}", BO).status_code == 200
    problem(client.get(f"/orders/{terms.order_id}", "user_eve"), 404, "order-not-found")
    assert client.get("/orders", "user_eve").json()["data"] == []
    assert client.get("/seller/orders", "user_eve").json()["data"] == []


# Saying no ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/orders", "/seller/balance", "/ledger/trial-balance"])
def test_a_session_is_needed(client: Client, path: str) -> None:
    answer = client.get(path)
    problem(answer, 401, "unauthorised")
    assert answer.headers["www-authenticate"] == "Bearer"
    problem(client.get(path, "forged"), 401, "unauthorised")


@pytest.mark.parametrize(
    "path", ["/ledger/trial-balance", "/ledger/accounts", "/ledger/entries/1", "/finance/breaks"]
)
def test_the_books_are_for_their_roles(client: Client, marketplace: Marketplace, path: str) -> None:
    problem(client.get(path, BO), 403, "not-allowed")
    grant(marketplace, "user_fin", "finance")
    assert client.get(path, "user_fin").status_code in {200, 404}


def test_impossible_requests_say_what_would_be_possible(
    client: Client, marketplace: Marketplace
) -> None:
    problem(client.post("/products", BO, DRAFT), 404, "seller-not-found")
    marketplace.onboarded_seller()
    product_id = marketplace.published_product()
    problem(client.post("/orders", ADA, {"product_id": product_id}), 409, "own-product")
    unknown = {"product_id": "0" * 36}
    problem(client.post("/orders", BO, unknown), 409, "product-not-for-sale")
    extended = {"product_id": product_id, "license_type": "extended"}
    problem(client.post("/orders", BO, extended), 422, "text-invalid")
    problem(client.post("/seller/payout", ADA), 409, "nothing-to-pay-out")
    problem(client.post("/seller/payout", BO), 404, "seller-not-found")
    problem(client.post("/seller/payout", ADA, {"currency": "XXX"}), 422, "currency-unsupported")
    taken = {"username": "ada", "country": "US"}
    problem(client.post("/user/become-seller", "user_eve", taken), 409, "already-exists")
    odd = {"username": "Ada Lovelace"}
    problem(client.post("/user/become-seller", "user_eve", odd), 422, "text-invalid")


def test_a_licence_is_named_by_its_type_and_by_its_former_name(
    client: Client, marketplace: Marketplace
) -> None:
    marketplace.onboarded_seller()
    product_id = client.post("/products", ADA, DRAFT | {"licenses": {"extended": 599}}).json()["id"]
    client.post(f"/products/{product_id}/publish", ADA)

    def placed(**named: str) -> Any:
        return client.post("/orders", BO, {"product_id": product_id} | named)

    bought = [
        placed(license_type="extended"),
        placed(license="extended"),
        placed(license_type="extended", license="extended"),
        placed(),
    ]
    assert [answer.json()["amount_minor"] for answer in bought] == [59_900, 59_900, 59_900, 29_900]
    kept = [client.get(f"/orders/{answer.json()['order_id']}", BO).json() for answer in bought]
    assert [order["license_type"] for order in kept] == [*["extended"] * 3, "standard"]
    refused = problem(placed(license_type="extended", license="standard"), 422, "request-invalid")
    (wrong,) = refused["errors"]
    assert wrong["pointer"] == "#/license"
    assert "license_type" in wrong["detail"]


def test_unknown_fields_and_broken_bodies_are_refused(client: Client) -> None:
    found = problem(client.post("/orders", BO, {"nonsense": 1}), 422, "request-invalid")
    assert {error["pointer"] for error in found["errors"]} == {"#/product_id", "#/nonsense"}
    headers = bearer(BO) | {"Content-Type": "application/json"}
    broken = client.http.post("/api/orders", content=b'{"product_id": ', headers=headers)
    problem(broken, 400, "malformed-json")
    problem(client.http.get("/api/nowhere"), 404, "not-found")
    problem(client.http.delete("/api/config"), 405, "method-not-allowed")
    big = client.http.post("/api/orders", content=b"x" * 1_100_000, headers=headers)
    problem(big, 413, "body-too-large")


def test_a_fault_tells_nothing_about_our_inside(
    client: Client, marketplace: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(type(marketplace.core.buying), "place", fail)
    answer = client.post("/orders", BO, {"product_id": "0" * 36})
    assert "secret" not in answer.text
    problem(answer, 500, "fault")


def test_every_problem_is_listed(client: Client) -> None:
    listed = {item["type"] for item in client.http.get("/problems").json()["data"]}
    assert listed == {kind.type for kind in catalogue().values()}
    assert {"/problems/order-not-payable", "/problems/malformed-json"} <= listed
    for kind in catalogue().values():
        assert kind.meaning
        assert client.http.get(kind.type).content == encode(kind)
    problem(client.http.get("/problems/none"), 404, "not-found")


# Once only ----------------------------------------------------------------------------------


def test_an_idempotency_key_makes_one_thing(client: Client, marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    product_id = marketplace.published_product()
    body, key = {"product_id": product_id}, {"Idempotency-Key": "k-1"}
    first = client.post("/orders", BO, body, **key)
    again = client.post("/orders", BO, body, **key)
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert len(marketplace.world.all("", "payment_intent")) == 1
    other = client.post(
        "/orders", BO, {"product_id": product_id, "license_type": "extended"}, **key
    )
    problem(other, 409, "idempotency-mismatch")
    assert client.post("/orders", "user_eve", body, **key).json() != first.json()
    bad = client.post("/orders", BO, body, **{"Idempotency-Key": "with space"})
    problem(bad, 422, "idempotency-key-invalid")
    drafts = [client.post("/products", ADA, DRAFT, **{"Idempotency-Key": "d"}) for _ in range(2)]
    assert drafts[0].json() == drafts[1].json()
    assert "client_secret" not in _stored(marketplace)


def _stored(marketplace: Marketplace) -> str:
    with marketplace.core.store.connection() as connection:
        return str(connection.execute("SELECT * FROM operations.idempotency").fetchall())


def test_a_refusal_frees_its_key(client: Client, marketplace: Marketplace) -> None:
    key = {"Idempotency-Key": "k"}
    problem(client.post("/products", ADA, DRAFT, **key), 404, "seller-not-found")
    marketplace.onboarded_seller()
    assert client.post("/products", ADA, DRAFT, **key).status_code == 201


def test_a_key_is_forgotten_after_a_day(client: Client, marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    key = {"Idempotency-Key": "k"}
    client.post("/products", ADA, DRAFT, **key)
    assert marketplace.core.idempotency.forget_old() == 0
    with marketplace.core.store.transaction() as cursor:
        cursor.execute("UPDATE operations.idempotency SET created_at = now() - interval '25 hours'")
    assert marketplace.core.idempotency.forget_old() == 1


# Webhooks -----------------------------------------------------------------------------------

EVENT = {
    "id": "evt_1",
    "type": "charge.updated",
    "created": 1,
    "data": {"object": {"id": "ch_1"}},
}


def receipts(marketplace: Marketplace) -> int:
    with marketplace.core.store.connection() as connection:
        row = connection.execute("SELECT count(*) FROM operations.inbox").fetchone()
    return int(row[0]) if row else -1


def test_the_same_webhook_a_hundred_times_is_one_receipt(
    client: Client, marketplace: Marketplace
) -> None:
    body, signature = signed(EVENT)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.webhook(body, signature), range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert receipts(marketplace) == 1


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        signed(EVENT, secret="whsec_other"),
        signed(EVENT, age=301),
        (b"{}", ""),
        (b"{}", "t=1,v1=00"),
        signed({"id": "evt_1"}),
        signed({"id": 7, "type": "x", "data": {"object": {"id": "x"}}}),
        (b"\xff\xfe", "t=1,v1=00"),
    ],
    ids=["forged", "stale", "unsigned", "wrong", "no event", "odd event", "no text"],
)
def test_a_bad_webhook_is_refused_and_nothing_stored(
    client: Client, marketplace: Marketplace, body: bytes, signature: str
) -> None:
    problem(client.webhook(body, signature), 400, "webhook-rejected")
    assert receipts(marketplace) == 0


def test_an_oversized_webhook_is_refused_and_nothing_stored(
    client: Client, marketplace: Marketplace
) -> None:
    body, signature = signed(EVENT | {"padding": "x" * 300_000})
    problem(client.webhook(body, signature), 413, "body-too-large")
    parts = (body[start : start + 10_000] for start in range(0, len(body), 10_000))
    headers = {"Stripe-Signature": signature}
    streamed = client.http.post("/api/webhooks/stripe", content=parts, headers=headers)
    problem(streamed, 413, "body-too-large")
    assert receipts(marketplace) == 0


def test_a_webhook_that_cannot_be_stored_fails_alone(
    client: Client, marketplace: Marketplace
) -> None:
    odd = signed(EVENT | {"id": "evt_\0"})
    good = [signed(EVENT | {"id": f"evt_{number}"}) for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: client.webhook(*one), [*good[:10], odd, *good[10:]]))
    problem(answers.pop(10), 400, "webhook-rejected")
    assert {answer.status_code for answer in answers} == {200}
    assert receipts(marketplace) == 20


def test_a_database_that_is_away_is_no_200(
    client: Client, marketplace: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eventstore.errors import StoreUnavailable

    def away(*_: object, **__: object) -> int:
        raise StoreUnavailable("connection refused")

    monkeypatch.setattr(type(marketplace.core.inbox), "store", away)
    answer = client.webhook(*signed(EVENT))
    assert "refused" not in problem(answer, 503, "store-unavailable")["detail"]


# Books and health ---------------------------------------------------------------------------


def test_the_books_by_http(client: Client, marketplace: Marketplace) -> None:
    grant(marketplace, "user_aud", "auditor")
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    balance = client.get("/ledger/trial-balance", "user_aud").json()
    assert balance["balanced"] is True
    before = client.get("/ledger/trial-balance?at=2020-01-01T00:00:00Z", "user_aud").json()
    assert before["accounts"] == []
    accounts = client.get("/ledger/accounts?prefix=seller:user_ada:", "user_aud").json()["data"]
    assert [row["account"] for row in accounts] == ["seller:user_ada:pending"]
    entries = client.get("/ledger/accounts/seller:user_ada:pending/entries", "user_aud").json()
    (line,) = entries["data"]
    assert (line["amount_minor"], line["balance_minor"]) == (26_013, 26_013)
    entry = client.get(f"/ledger/entries/{line['entry']}", "user_aud").json()
    assert entry["event"] == "order.paid.v1"
    assert sum(posting["amount_minor"] for posting in entry["postings"]) == 0
    problem(client.get("/ledger/accounts/nonsense/entries", "user_aud"), 404, "account-not-found")
    problem(client.get("/ledger/entries/999999", "user_aud"), 404, "entry-not-found")


def test_a_break_is_listed_and_resolved_by_finance_only(
    client: Client, marketplace: Marketplace
) -> None:
    grant(marketplace, "user_fin", "finance")
    grant(marketplace, "user_aud", "auditor")
    stripe_balance.record(
        marketplace.world,
        "",
        amount=5_000,
        currency="usd",
        source="adj_1",
        category="other_adjustment",
    )
    marketplace.settle()
    (found,) = client.get("/finance/breaks", "user_aud").json()["data"]
    path = f"/finance/breaks/{found['id']}/resolve"
    body = {"account": "capital", "reason": "paid in by the owners"}
    problem(client.post(path, "user_aud", body), 403, "not-allowed")
    problem(client.post(path, "user_fin", {"reason": "?"}), 409, "resolution-invalid")
    assert client.post(path, "user_fin", body).status_code == 200
    problem(client.post(path, "user_fin", body), 409, "break-not-open")
    assert client.get("/finance/breaks", "user_fin").json()["data"] == []
    assert len(client.get("/finance/breaks?status=all", "user_fin").json()["data"]) == 1
    assert len(marketplace.events(BreakResolved)) == 1


def test_health_metrics_and_config(client: Client, marketplace: Marketplace) -> None:
    marketplace.runner.catch_up()
    assert client.http.get("/health/live").json() == {"status": "ok"}
    ready = client.http.get("/health/ready")
    assert (ready.status_code, ready.json()["database"]) == (200, "ok")
    assert "mywork_inbox{" in client.http.get("/metrics").text
    config = client.get("/config").json()
    assert config["stripe_publishable_key"] == "pk_test_marketplace"
    assert {"USD", "JPY", "KWD"} <= {item["currency"] for item in config["currencies"]}


def test_every_answer_has_its_headers(client: Client) -> None:
    answer = client.http.get("/api/config")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-request-id"]
    preflight = client.http.options(
        "/api/orders",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    )
    assert "access-control-allow-origin" not in preflight.headers
