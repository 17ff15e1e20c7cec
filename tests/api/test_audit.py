"""The history by HTTP: stored bytes, heads, proofs, keys, and the record of who looked."""

from typing import Any

import psycopg
import pytest
from http_client import Client, problem
from lives import after
from marketplace import Marketplace
from test_api import grant

from mywork.ledger.proof.tree import is_consistent, root_by_inclusion
from mywork.ledger.proof.verify_history import Key, leaf_hash, open_head, open_key

AUDITOR, FINANCE = "user_aud", "user_fin"
PATHS = (
    "/audit/events", "/audit/streams/seller-user_ada", "/audit/heads", "/audit/keys",
    "/audit/proof?position=1", "/audit/consistency?from=1", "/audit/looks",
)  # fmt: skip


def life(marketplace: Marketplace) -> None:
    """A sale, and two heads."""
    grant(marketplace, AUDITOR, "auditor")
    grant(marketplace, FINANCE, "finance")
    marketplace.onboarded_seller()
    marketplace.core.sealing.sign()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    marketplace.core.sealing.sign()


marketplace = after(life)


def asked(client: Client, path: str, user: str = AUDITOR) -> Any:
    answer = client.get(path, user)
    assert answer.status_code == 200, answer.text
    return answer.json()


def looks(client: Client, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asked(client, f"/audit/looks{query}")["data"]
    return found


@pytest.mark.parametrize("path", PATHS)
def test_the_history_is_for_auditors_finance_and_admins(client: Client, path: str) -> None:
    grant(client.marketplace, "user_root", "admin")
    for user in (AUDITOR, FINANCE, "user_root"):
        assert client.get(path, user).status_code in {200, 409}  # there may be no such head
    before = len(looks(client))
    problem(client.get(path, "user_ada"), 403, "not-allowed")
    problem(client.get(path), 401, "unauthorised")
    assert len(looks(client)) == before


def test_events_are_shown_as_they_are_stored(client: Client) -> None:
    store = client.marketplace.core.store
    head, found, after = store.head(), [], 0
    while after is not None:
        page = asked(client, f"/audit/events?after={after}&limit=7")
        found += page["data"]
        after = page["next_after"]
    assert [record["position"] for record in found] == list(range(1, head + 1))
    with store.connection() as connection:
        query = "SELECT state FROM eventstore.events ORDER BY notification_id"
        states = [state for (state,) in connection.execute(query)]
    assert [record["state"].encode() for record in found] == states
    assert all(leaf_hash(record).hex() == record["leaf"] for record in found)


def test_events_are_found_by_stream_and_by_type(client: Client) -> None:
    [joined] = asked(client, "/audit/events?type=seller.joined.v1")["data"]
    assert joined["stream"] == "seller-user_ada"
    stream = asked(client, "/audit/events?stream=seller-user_ada")["data"]
    assert stream == asked(client, "/audit/streams/seller-user_ada")["data"]
    assert [record["version"] for record in stream] == list(range(1, len(stream) + 1))
    both = "/audit/events?stream=seller-user_ada&type=seller.joined.v1"
    assert asked(client, both)["data"] == [joined]
    assert asked(client, "/audit/events?type=nothing.v1") == {"data": [], "next_after": None}
    first = asked(client, "/audit/streams/seller-user_ada?limit=1")
    assert first["next_after"] == joined["position"]
    problem(client.get("/audit/streams/order-none", AUDITOR), 404, "event-not-found")


def test_a_search_by_type_goes_on_behind_what_it_looked_through(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mywork.ledger.proof.records.SEARCHED", 5)
    page = asked(client, "/audit/events?type=order.paid.v1")
    assert page == {"data": [], "next_after": 5}
    while not page["data"]:
        page = asked(client, f"/audit/events?type=order.paid.v1&after={page['next_after']}")
    assert page["data"][0]["name"] == "order.paid.v1"


def test_heads_and_keys_are_those_that_were_signed(client: Client) -> None:
    keys: list[Key] = []
    for key in asked(client, "/audit/keys")["data"]:
        keys.append(open_key(key["note"].encode(), keys))
    first, second = asked(client, "/audit/heads")["data"]
    assert second["size"] == client.marketplace.core.store.head()
    for head in (first, second):
        root = bytes.fromhex(head["root"])
        assert open_head(head["note"].encode(), keys) == (head["size"], root)
    page = asked(client, "/audit/heads?limit=1")
    assert page == {"data": [first], "next_after": first["size"]}
    assert asked(client, f"/audit/heads?after={first['size']}")["data"] == [second]


def test_every_event_is_proved_to_be_in_the_history(client: Client) -> None:
    first, second = asked(client, "/audit/heads")["data"]
    for position in (1, first["size"], second["size"]):
        found = asked(client, f"/audit/proof?position={position}")
        proof = [bytes.fromhex(item) for item in found["proof"]]
        leaf = leaf_hash(found["record"])
        root = root_by_inclusion(leaf, position - 1, second["size"], proof)
        assert (found["head"], root) == (second, bytes.fromhex(second["root"]))
    early = asked(client, f"/audit/proof?position=1&size={first['size']}")
    assert early["head"] == first
    beyond = f"/audit/proof?position={second['size']}&size={first['size']}"
    problem(client.get(beyond, AUDITOR), 409, "history-not-sealed")
    problem(client.get("/audit/proof?position=1&size=1", AUDITOR), 409, "history-not-sealed")
    problem(client.get("/audit/proof?position=99999", AUDITOR), 404, "event-not-found")
    problem(client.get("/audit/proof?position=0", AUDITOR), 422, "request-invalid")


def test_history_is_proved_to_have_only_grown(client: Client) -> None:
    first, second = asked(client, "/audit/heads")["data"]
    found = asked(client, f"/audit/consistency?from={first['size']}&to={second['size']}")
    assert (found["from"], found["to"]) == (first, second)
    assert found == asked(client, f"/audit/consistency?from={first['size']}")
    proof = [bytes.fromhex(item) for item in found["proof"]]
    before, after = ((head["size"], bytes.fromhex(head["root"])) for head in (first, second))
    assert is_consistent(before, after, proof)
    turned = f"/audit/consistency?from={second['size']}&to={first['size']}"
    assert (
        "name the smaller head first"
        in problem(client.get(turned, AUDITOR), 409, "history-not-sealed")["detail"]
    )
    problem(client.get("/audit/consistency?from=2", AUDITOR), 409, "history-not-sealed")


# Looks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "whom"),
    [
        ("/finance/sellers/user_ada/statement?currency=USD", "user_ada"),
        ("/finance/sellers/user_ada/tax-summary?year=2026", "user_ada"),
        ("/finance/tax-summary?year=2026", ""),
        ("/finance/receivables", ""),
        ("/finance/payouts", ""),
        ("/finance/disputes", ""),
        ("/ledger/accounts?prefix=seller:", ""),
        ("/ledger/accounts/seller:user_ada:pending/entries", "seller:user_ada:pending"),
        ("/audit/streams/seller-user_ada", "seller-user_ada"),
        ("/audit/events?stream=seller-user_ada", "seller-user_ada"),
        ("/audit/events", ""),
        ("/audit/proof?position=1", ""),
    ],
)
def test_a_look_at_somebody_s_data_is_recorded(client: Client, path: str, whom: str) -> None:
    answer = client.get(path, FINANCE)
    assert answer.status_code == 200, answer.text
    [look] = looks(client)
    assert (look["user_id"], look["roles"], look["whom"]) == (FINANCE, "finance", whom)
    assert look["asked"] == f"GET /api{path}"
    assert look["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "path", ["/ledger/accounts/revenue:commission/entries", "/ledger/trial-balance", "/audit/heads"]
)
def test_what_belongs_to_nobody_is_shown_without_a_record(client: Client, path: str) -> None:
    asked(client, path)
    assert looks(client) == []


def test_one_s_own_data_is_no_look(client: Client) -> None:
    assert client.get("/seller/statement", "user_ada").status_code == 200
    assert looks(client) == []


def test_looks_are_found_by_who_looked_and_at_whom(client: Client) -> None:
    for user in (FINANCE, AUDITOR):
        asked(client, "/finance/sellers/user_ada/statement", user)
        asked(client, "/audit/streams/seller-user_ada", user)
    assert [look["user_id"] for look in looks(client, f"?user={FINANCE}")] == [FINANCE] * 2
    assert [look["user_id"] for look in looks(client, "?whom=user_ada")] == [AUDITOR, FINANCE]
    newest = asked(client, "/audit/looks?limit=3")
    assert len(newest["data"]) == 3
    oldest = asked(client, f"/audit/looks?limit=3&before={newest['next_before']}")
    assert (len(oldest["data"]), oldest["next_before"]) == (1, None)


def test_what_cannot_be_recorded_is_not_shown(client: Client) -> None:
    url = client.marketplace.core.store.url
    with psycopg.connect(url) as connection:
        connection.execute("REVOKE INSERT ON operations.looks FROM mywork_app")
    for path in ("/finance/sellers/user_ada/statement", "/audit/events"):
        answer = client.get(path, FINANCE)
        assert answer.status_code == 500
        assert "user_ada" not in answer.text
    assert client.get("/ledger/trial-balance", FINANCE).status_code == 200


@pytest.mark.parametrize(
    "verb", ["UPDATE operations.looks SET whom = ''", "DELETE FROM operations.looks"]
)
def test_not_even_the_owner_changes_what_was_looked_at(client: Client, verb: str) -> None:
    asked(client, "/audit/events")
    url = client.marketplace.core.store.url
    with psycopg.connect(url) as connection, pytest.raises(psycopg.DatabaseError) as caught:
        connection.execute(verb)
    assert caught.value.sqlstate == "ES002"


def test_a_long_request_is_recorded_shortened(client: Client) -> None:
    asked(client, f"/ledger/accounts?prefix={'x' * 90}&prefix={'y' * 90}" + "&prefix=z" * 300)
    [look] = looks(client)
    assert len(look["asked"]) == 2000
