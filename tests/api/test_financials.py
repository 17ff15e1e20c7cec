"""`/finance/...` and `/ledger/explain`: the books for finance and auditors, and for nobody else."""

import pytest
from http_client import Client, problem
from lives import after
from marketplace import ADA, Marketplace
from test_api import grant

PATHS = (
    "/finance/profit-and-loss",
    "/finance/balance-sheet",
    "/finance/safeguarding",
    "/finance/receivables?at=2026-11-12T00:00:00Z",
    "/ledger/explain?account=revenue:commission",
    "/ledger/accounts?at=2026-11-12T00:00:00Z",
    "/ledger/accounts/revenue:commission/entries?from=2026-11-01",
)


def life(marketplace: Marketplace) -> None:
    """A settled sale, somebody of finance and an auditor."""
    grant(marketplace, "user_aud", "auditor")
    grant(marketplace, "user_fin", "finance")
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()


marketplace = after(life)


@pytest.mark.parametrize("path", PATHS)
def test_finance_and_auditors_read_and_others_do_not(client: Client, path: str) -> None:
    for user in ("user_aud", "user_fin"):
        assert client.get(path, user).status_code == 200
    problem(client.get(path, ADA), 403, "not-allowed")
    assert client.get(path).status_code == 401


def test_profit_and_loss_by_period_and_by_time(client: Client) -> None:
    by_period = client.get("/finance/profit-and-loss?period=2026-11", "user_fin").json()
    by_time = client.get("/finance/profit-and-loss", "user_fin").json()
    assert (by_time["from"], by_time["to"]) == ("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")
    assert by_period["data"] == by_time["data"]
    (found,) = by_period["data"]
    assert (found["currency"], found["result"], found["total_income_minor"]) == ("USD", 29.9, 3_887)
    assert [item["account"] for item in found["income"]] == [
        "recovery:processing", "revenue:commission",
    ]  # fmt: skip
    euros = client.get("/finance/profit-and-loss?period=2026-11&currency=EUR", "user_fin").json()
    assert euros["data"] == []


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("period=2026-13", "period-invalid"),
        ("period=2026-11&from=2026-11-01", "period-invalid"),
        ("period=2026-11&last_period=2026-10", "time-range-invalid"),
        ("from=2026-12-01&to=2026-11-01", "time-range-invalid"),
    ],
)
def test_a_time_that_is_none_is_refused(client: Client, query: str, kind: str) -> None:
    problem(client.get(f"/finance/profit-and-loss?{query}", "user_fin"), 422, kind)


def test_a_balance_sheet_and_what_is_safeguarded(client: Client) -> None:
    (sheet,) = client.get("/finance/balance-sheet", "user_fin").json()["data"]
    assert sheet["balanced"] is True
    assert sheet["total_assets_minor"] == sheet["total_liabilities_minor"] + 2_990
    before = client.get("/finance/balance-sheet?at=2026-01-01T00:00:00", "user_fin").json()
    assert before == {"at": "2026-01-01T00:00:00Z", "data": []}
    found = client.get("/finance/safeguarding", "user_fin").json()
    assert found["safe"] is True
    (dollars,) = found["data"]
    assert (dollars["total_held"], dollars["total_owed"]) == (290.03, 260.13)
    assert dollars["surplus_minor"] == 2_990


def test_a_shortfall_is_a_number_for_the_monitor(client: Client) -> None:
    line = 'mywork_safeguarding_shortfall_minor{currency="USD"} '
    assert f"{line}0" in client.http.get("/metrics").text
    with client.marketplace.core.store.connection() as owner:
        owner.execute("UPDATE ledger.accounts SET balance_minor = 0 WHERE code LIKE 'stripe:%'")
    assert f"{line}26013" in client.http.get("/metrics").text
    assert client.get("/finance/safeguarding", "user_fin").json()["safe"] is False


def test_a_balance_opens_into_its_entries(client: Client) -> None:
    found = client.get("/ledger/explain?account=revenue:commission", "user_aud").json()
    assert (found["opening_minor"], found["balance_minor"], found["kind"]) == (0, 2_990, "income")
    (kind,) = found["kinds"]
    assert (kind["event"], kind["entries"], kind["amount"]) == ("order.paid.v1", 1, 29.9)
    (line,) = found["last"]
    entry = client.get(f"/ledger/entries/{line['entry']}", "user_aud").json()
    assert entry["happened"].startswith("Sale of")
    assert entry["rule"]["function"] == "mywork.ledger.rules.orders.order_paid"
    assert entry["code_version"]["running"] is True
    assert [item["event"] for item in entry["related"]] == ["order.payment_settled.v1"]
    assert entry["metadata"]["actor"]


def test_what_is_not_there_is_said(client: Client) -> None:
    path = "/ledger/explain?account="
    problem(client.get(f"{path}nonsense", "user_aud"), 404, "account-not-found")
    problem(client.get(f"{path}bank", "user_aud"), 404, "account-not-found")
    problem(client.get(f"{path}revenue:commission&after=x", "user_aud"), 422, "place-invalid")


def test_an_accounts_lines_of_a_time(client: Client) -> None:
    path = "/ledger/accounts/revenue:commission/entries"
    found = client.get(f"{path}?from=2026-11-01&to=2026-12-01", "user_aud").json()
    assert (found["opening_minor"], found["closing_minor"]) == (0, 2_990)
    assert [line["balance_minor"] for line in found["data"]] == [2_990]
    before = client.get(f"{path}?to=2026-11-01", "user_aud").json()
    assert (before["data"], before["closing_minor"], before["next_after"]) == ([], 0, None)
    refused = client.get(f"{path}?from=2026-12-01&to=2026-11-01", "user_aud")
    problem(refused, 422, "time-range-invalid")


def test_receivables_as_they_were(client: Client) -> None:
    found = client.get("/finance/receivables?at=2026-11-12T00:00:00", "user_fin").json()
    assert (found["as_of"], found["data"]) == ("2026-11-12T00:00:00Z", [])
