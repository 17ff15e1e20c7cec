"""How far the books are reconciled, by HTTP."""

from datetime import timedelta

import pytest
from http_client import Client, problem
from lives import Lives
from marketplace import START, Marketplace
from test_api import grant

from mywork.sandbox.stripe import balance
from mywork.sandbox.stripe.due import tick


def life(marketplace: Marketplace) -> None:
    """A sale that nothing has settled yet, a fee that Stripe took, a balance that differs."""
    grant(marketplace, "user_fin", "finance")
    grant(marketplace, "user_aud", "auditor")
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.carry()
    marketplace.drain()
    marketplace.advance(minutes=5)
    tick(marketplace.world)
    for item in list(marketplace.world.all("", balance.TRANSACTIONS)):
        marketplace.world.remove("", balance.TRANSACTIONS, item["id"])
    marketplace.world.totals.clear()
    balance.record(
        marketplace.world, "", amount=-500, currency="usd", source="fee_1", category="fee"
    )
    balance._totals(marketplace.world, "").available["usd"] += 7
    marketplace.core.stripe_reconciliation.with_stripe(START - timedelta(days=1))


@pytest.fixture
def reconciled(client: Client, lives: Lives) -> Client:
    lives.live(client.marketplace, life)
    return client


def test_nothing_was_reconciled_yet(client: Client) -> None:
    grant(client.marketplace, "user_fin", "finance")
    found = client.get("/finance/reconciliation", "user_fin").json()
    assert (found["runs"], found["breaks"]) == ([], [])


def test_the_last_run_shows_stripes_balance_beside_the_ledgers(reconciled: Client) -> None:
    found = reconciled.get("/finance/reconciliation", "user_aud").json()
    (run,) = found["runs"]
    assert (run["source"], run["matched"]) == ("stripe", [{"category": "fee", "count": 1}])
    (usd,) = run["balances"]
    assert (usd["stripe_minor"], usd["ledger_minor"], usd["unexplained"]) == (-493, -500, 0.07)
    assert found["breaks"] == [{"kind": "balance_differs", "age_days": "0_3", "count": 1}]


def test_what_is_uncleared_is_aged_by_object(reconciled: Client, marketplace: Marketplace) -> None:
    marketplace.advance(days=5)
    found = reconciled.get("/finance/reconciliation", "user_fin").json()["uncleared"]
    (waiting,) = found["objects"]
    assert (waiting["amount"], waiting["age_days"]) == (299.00, 5)
    assert waiting["concerns"].startswith("order-")
    assert found["by_age"] == [
        {"age_days": "4_7", "currency": "USD", "objects": 1, "amount": 299.0, "amount_minor": 29900}
    ]


def test_a_break_has_its_evidence(reconciled: Client) -> None:
    found = reconciled.get("/finance/breaks/balance_differs-USD", "user_fin").json()
    evidence = found["evidence"]
    assert (evidence["theirs"]["amount_minor"], evidence["ours"]["amount_minor"]) == (-493, -500)
    assert found["kind"] == "balance_differs"


def test_only_finance_and_auditors_see_it(reconciled: Client) -> None:
    problem(reconciled.get("/finance/reconciliation", "user_ada"), 403, "not-allowed")
    problem(reconciled.get("/finance/reconciliation"), 401, "unauthorised")
