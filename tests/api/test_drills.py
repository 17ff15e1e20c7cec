"""Replay drills by HTTP: for auditors, finance and admins, and for nobody else."""

import psycopg
import pytest
from audited import lived
from http_client import Client, problem
from lives import after
from marketplace import Marketplace
from test_api import grant

from mywork.documents.document import encode


def life(marketplace: Marketplace) -> None:
    lived(marketplace)
    for name, role in (("user_fin", "finance"), ("user_admin", "admin")):
        grant(marketplace, name, role)
    marketplace.settle()


marketplace = after(life)


@pytest.mark.parametrize("user", ["user_auditor", "user_fin", "user_admin"])
def test_a_drill_is_asked_for_run_and_read(client: Client, user: str) -> None:
    answer = client.post("/audit/drills", user)
    assert answer.status_code == 202
    asked = answer.json()
    assert (asked["status"], asked["asked_by"]) == ("waiting", user)
    client.marketplace.core.replay_verification.run_due()
    found = client.get(f"/audit/drills/{asked['id']}", user).json()
    assert (found["status"], found["differing"]) == ("passed", 0)
    assert {"ledger.postings", "read.orders"} <= {table["table"] for table in found["tables"]}
    listed = client.get("/audit/drills", user).json()
    assert [drill["id"] for drill in listed["data"]] == [asked["id"]]
    assert listed["next_before"] is None


def test_a_difference_is_shown_with_both_values(client: Client) -> None:
    with psycopg.connect(client.marketplace.core.store.url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("DELETE FROM read.roles WHERE user_id = 'user_fin'")
        connection.execute("UPDATE read.roles SET roles = '{admin}' WHERE user_id = 'user_auditor'")
    found = client.marketplace.core.replay_verification.run("user_auditor")
    answer = client.get(f"/audit/drills/{found.id}", "user_auditor")
    assert answer.content == encode(found.document())  # also after it was stored
    shown = answer.json()
    (roles,) = [table for table in shown["tables"] if table["differing"]]
    edited, deleted = roles["differences"]
    assert (edited["live"], edited["replayed"]) == ({"roles": ["admin"]}, {"roles": ["auditor"]})
    assert (deleted["key"], deleted["live"]) == ("user_fin", None)
    (opened,) = client.get("/finance/breaks", "user_admin").json()["data"]
    assert (opened["kind"], opened["object_id"]) == ("history_differs", found.id)


def test_drills_are_read_page_by_page(client: Client) -> None:
    ids = [client.marketplace.core.replay_verification.run("user_auditor").id for _ in range(3)]
    first = client.get("/audit/drills?limit=2", "user_auditor").json()
    assert [drill["id"] for drill in first["data"]] == [ids[2], ids[1]]
    path = f"/audit/drills?limit=2&before={first['next_before']}"
    assert [drill["id"] for drill in client.get(path, "user_auditor").json()["data"]] == [ids[0]]


def test_one_at_a_time(client: Client) -> None:
    asked = client.post("/audit/drills", "user_auditor").json()
    refused = problem(client.post("/audit/drills", "user_fin"), 409, "drill-under-way")
    assert asked["id"] in refused["detail"]


def test_others_may_not(client: Client) -> None:
    problem(client.post("/audit/drills"), 401, "unauthorised")
    for user in ("user_ada", "user_bo"):
        problem(client.post("/audit/drills", user), 403, "not-allowed")
        problem(client.get("/audit/drills", user), 403, "not-allowed")
        problem(client.get("/audit/drills/any", user), 403, "not-allowed")


def test_a_drill_that_never_was(client: Client) -> None:
    problem(client.get("/audit/drills/any", "user_auditor"), 404, "drill-not-found")
