"""Exports by HTTP: finance asks, finance and auditors read, nobody else."""

import hashlib
from typing import Any

import pytest
from http_client import Client, problem
from lives import after
from marketplace import ADA, BO, Marketplace
from test_api import grant

EXPORTS = "/finance/exports"
WISH = {"format": "hledger", "from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}


def life(marketplace: Marketplace) -> None:
    grant(marketplace, "user_fin", "finance")
    grant(marketplace, "user_aud", "auditor")
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()


marketplace = after(life)


def asked(client: Client, key: str = "k") -> dict[str, Any]:
    answer = client.post(EXPORTS, "user_fin", WISH, **{"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_finance_asks_and_an_auditor_fetches(client: Client) -> None:
    queued = asked(client)
    assert (queued["status"], queued["reached"], queued["sha256"]) == ("queued", 0, None)
    assert (queued["from"], queued["to"]) == (WISH["from"], WISH["to"])
    url = f"{EXPORTS}/{queued['id']}"
    assert client.get(url, "user_aud").json()["files"] == []
    file = client.get(f"{url}/files/books.journal", "user_aud")
    problem(file, 409, "export-not-ready")
    client.marketplace.core.export_jobs.run()
    found = client.get(url, "user_aud").json()
    assert (found["status"], found["reached"]) == ("completed", queued["head"])
    names = {item["key"] for item in found["files"]}
    assert names == {"manifest.json", "books.journal", "entries/000001.journal"}
    for item in found["files"]:
        fetched = client.get(item["url"].removeprefix("/api"), "user_aud")
        assert fetched.status_code == 200
        assert hashlib.sha256(fetched.content).hexdigest() == item["sha256"]
    problem(client.get(f"{url}/files/other", "user_aud"), 404, "export-not-found")
    problem(client.get(f"{EXPORTS}/x", "user_aud"), 404, "export-not-found")


def test_the_same_key_is_the_same_export(client: Client) -> None:
    first = asked(client)
    again = client.post(EXPORTS, "user_fin", WISH, **{"Idempotency-Key": "k"})
    assert (again.json(), again.headers["idempotent-replayed"]) == (first, "true")
    other = client.post(EXPORTS, "user_fin", {"format": "csv"}, **{"Idempotency-Key": "k"})
    problem(other, 409, "idempotency-mismatch")
    second = asked(client, "k2")
    page = client.get(f"{EXPORTS}?limit=1", "user_aud").json()
    assert [item["id"] for item in page["data"]] == [second["id"]]
    rest = client.get(f"{EXPORTS}?limit=1&cursor={page['next_cursor']}", "user_aud").json()
    assert ([item["id"] for item in rest["data"]], rest["next_cursor"]) == ([first["id"]], None)


def test_what_makes_no_sense_is_refused(client: Client) -> None:
    turned = WISH | {"from": WISH["to"], "to": WISH["from"]}
    problem(client.post(EXPORTS, "user_fin", turned), 422, "time-range-invalid")
    both = WISH | {"at": WISH["to"]}
    problem(client.post(EXPORTS, "user_fin", both), 422, "export-invalid")
    problem(client.post(EXPORTS, "user_fin", {"format": "xls"}), 422, "request-invalid")
    part = WISH | {"format": "parquet"}
    problem(client.post(EXPORTS, "user_fin", part), 422, "export-invalid")
    assert client.get(EXPORTS, "user_aud").json()["data"] == []


@pytest.mark.parametrize("user", ["user_aud", ADA, BO])
def test_only_finance_asks(client: Client, user: str) -> None:
    problem(client.post(EXPORTS, user, WISH), 403, "not-allowed")


@pytest.mark.parametrize("user", [ADA, BO])
def test_only_finance_and_auditors_read(client: Client, user: str) -> None:
    found = asked(client)
    for path in ("", f"/{found['id']}", f"/{found['id']}/files/manifest.json"):
        problem(client.get(f"{EXPORTS}{path}", user), 403, "not-allowed")
    problem(client.get(EXPORTS), 401, "unauthorised")
