"""What a client misspells is refused with a problem that points at it, and is never a fault."""

from typing import Any

import pytest
from http_client import Client, bearer, problem
from marketplace import ADA, BO, Marketplace
from test_api import DRAFT, grant

from eventstore.errors import StoreUnavailable
from mywork.application.ports.faults import VendorUnavailable

ORDER = b'{"product_id": "00000000-0000-0000-0000-000000000000"}'


@pytest.mark.parametrize(
    "path", ["/products", "/config", "/products/none", "/orders", "/seller/balance", "/orders/none"]
)
def test_an_unknown_parameter_is_refused(client: Client, path: str) -> None:
    found = problem(client.get(f"{path}?amin_position=3", BO), 422, "request-invalid")
    assert found["errors"] == [
        {"pointer": "#/amin_position", "in": "query", "detail": "Not a known parameter"}
    ]


def test_the_ledger_refuses_unknown_parameters_too(
    client: Client, marketplace: Marketplace
) -> None:
    grant(marketplace, "user_fin", "finance")
    for path in ("/ledger/trial-balance?as_know_at=2026-01-01", "/finance/breaks?state=open"):
        problem(client.get(path, "user_fin"), 422, "request-invalid")
    problem(client.get("/ledger/accounts?prefix=%00", "user_fin"), 422, "not-storable")


@pytest.mark.parametrize("position", ["", "-1", "1.5", "x", "%D9%A1", "9" * 5000])
def test_a_position_is_a_whole_number(client: Client, position: str) -> None:
    problem(client.get(f"/products?min_position={position}"), 422, "position-invalid")


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"Content-Type": "text/plain"}, ORDER),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=b"),
        ({"Content-Type": "application/xml"}, b""),
        ({"Content-Type": ""}, ORDER),
        ({"Content-Type": "text/json"}, (part for part in (ORDER,))),
    ],
    ids=["text", "form", "empty", "none", "streamed"],
)
def test_a_body_is_json(client: Client, headers: dict[str, str], content: Any) -> None:
    answer = client.send("/orders", BO, content, **headers)
    problem(answer, 415, "unsupported-media-type")


def test_json_may_name_its_encoding(client: Client) -> None:
    headers = {"Content-Type": "application/JSON; charset=utf-8"}
    problem(client.send("/orders", BO, ORDER, **headers), 409, "product-not-for-sale")


@pytest.mark.parametrize(
    "content",
    [
        b'{"product_id": ',
        b'{"product_id": "\xff"}',
        b'{"product_id": NaN}',
        b'{"product_id": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
    ],
    ids=["cut", "no text", "NaN", "endless", "deep"],
)
def test_broken_json_is_malformed(client: Client, content: bytes) -> None:
    problem(client.send("/orders", BO, content), 400, "malformed-json")


def test_a_body_is_there_and_an_object(client: Client) -> None:
    for content in (b"", b"null", b"[]"):
        found = problem(client.send("/orders", BO, content), 422, "request-invalid")
        assert [error["pointer"] for error in found["errors"]] == ["#"]


def test_a_pointer_is_escaped(client: Client) -> None:
    found = problem(client.post("/orders", BO, {"a/b~c": 1}), 422, "request-invalid")
    assert "#/a~1b~0c" in {error["pointer"] for error in found["errors"]}


def test_a_streamed_body_that_is_too_large_is_refused(client: Client) -> None:
    parts = (b" " * 100_000 for _ in range(11))
    problem(client.send("/orders", BO, parts), 413, "body-too-large")


def test_a_wrong_method_is_told_the_right_one(client: Client) -> None:
    answer = client.http.patch("/api/config")
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET"
    problem(client.http.get("/api/products/"), 404, "not-found")


def test_text_with_a_nul_is_refused(client: Client, marketplace: Marketplace) -> None:
    body = {"username": "ada", "email": "a\0b"}
    problem(client.post("/user/become-seller", ADA, body), 422, "not-storable")
    problem(client.get("/products?category=%00"), 422, "invalid-input")
    marketplace.onboarded_seller()
    problem(client.post("/products", ADA, DRAFT | {"title": "a title\0 here"}), 422, "text-invalid")


# Positions and keys -------------------------------------------------------------------------


def test_a_command_that_finds_its_work_done_tells_a_position_too(
    client: Client, marketplace: Marketplace
) -> None:
    marketplace.onboarded_seller()
    product_id = client.post("/products", ADA, DRAFT).json()["id"]
    first, again = (client.post(f"/products/{product_id}/publish", ADA) for _ in range(2))
    assert int(again.headers["x-position"]) >= int(first.headers["x-position"]) > 0
    client.put(f"/products/{product_id}", ADA, {"price": "350.00"})
    assert client.get(f"/products/{product_id}").json()["price_minor"] == 35_000


def test_a_product_is_named_by_its_slug_or_its_id_everywhere(
    client: Client, marketplace: Marketplace
) -> None:
    marketplace.onboarded_seller()
    drafted = client.post("/products", ADA, DRAFT).json()
    marketplace.runner.catch_up()
    for name, price in ((drafted["slug"], "350.00"), (drafted["id"], "360.00")):
        assert client.put(f"/products/{name}", ADA, {"price": price}).json()["id"] == drafted["id"]
        assert client.post(f"/products/{name}/publish", ADA).json()["id"] == drafted["id"]
        assert client.get(f"/products/{name}").json()["price"] == float(price)
        problem(client.put(f"/products/{name}", BO, {"price": 1}), 404, "product-not-found")
    problem(client.put("/products/no-such", ADA, {"price": 1}), 404, "product-not-found")


def test_a_replayed_order_tells_its_position(client: Client, marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    body, key = {"product_id": marketplace.published_product()}, {"Idempotency-Key": "k"}
    first, again = (client.post("/orders", BO, body, **key) for _ in range(2))
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["x-position"] == first.headers["x-position"]


def test_a_freed_key_never_answers_with_the_work_of_another_body(
    client: Client, marketplace: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is placed, then Stripe is away: the buyer comes back for another product."""
    marketplace.onboarded_seller()
    wrong, right = marketplace.published_product(), marketplace.published_product(price_minor=500)
    key = {"Idempotency-Key": "k"}

    def away(*_: object, **__: object) -> None:
        raise VendorUnavailable("no answer")

    with monkeypatch.context() as patched:
        patched.setattr(type(marketplace.payments), "create_payment_intent", away)
        answer = client.post("/orders", BO, {"product_id": wrong}, **key)
        problem(answer, 503, "vendor-unavailable")
        assert answer.headers["retry-after"] == "2"
    placed = client.post("/orders", BO, {"product_id": right}, **key)
    assert (placed.status_code, placed.json()["amount_minor"]) == (201, 500)


def test_a_key_also_guards_becoming_a_seller(client: Client) -> None:
    key = {"Idempotency-Key": "k"}
    first, again = (
        client.post("/user/become-seller", ADA, {"username": "ada"}, **key) for _ in range(2)
    )
    assert (first.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    other = client.post("/user/become-seller", ADA, {"username": "ava"}, **key)
    problem(other, 409, "idempotency-mismatch")


# Numbers for a monitor ----------------------------------------------------------------------


def test_requests_are_counted_by_route_and_never_by_what_a_client_made_up(client: Client) -> None:
    for path in ("/api/products/a", "/api/products/b", "/api/x1", "/api/x2"):
        client.http.get(path)
    client.http.request("BREW", "/api/config", headers=bearer(BO))
    text = client.http.get("/metrics").text
    for line in (
        'mywork_http_requests_total{method="GET",route="/api/products/{product}",status="404"} 2',
        'mywork_http_requests_total{method="GET",route="",status="404"} 2',
        'mywork_http_requests_total{method="other",route="/api/config",status="405"} 1',
    ):
        assert line in text.splitlines()


def test_without_its_database_a_process_still_answers_for_itself(
    client: Client, marketplace: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable("connection refused")

    monkeypatch.setattr(type(marketplace.core.store), "connection", away)
    text = client.http.get("/metrics").text
    assert text.startswith("mywork_database_up 0\n")
    assert "mywork_http_requests_total" in client.http.get("/metrics").text
    ready = client.http.get("/health/ready")
    assert (ready.status_code, ready.json()["database"]) == (503, "away")
