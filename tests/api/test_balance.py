"""A seller's balance: every stage from the ledger, and a reason for every cent of it."""

from collections import Counter
from typing import Any

import pytest
from http_client import Client
from lives import Lives
from marketplace import ADA, BO, Marketplace

from mywork.application.commands import envelope
from mywork.application.usecases.refunding import Asked
from mywork.domain.fees import ReserveTerms
from mywork.domain.order.sale_messages import OrderPlaced, RecordDownload
from mywork.ledger.statements.statement import STAGES
from mywork.sandbox.stripe import balance as stripe_balance
from mywork.sandbox.stripe import disputes

EXPLAINED = ("pending", "reserve", "refunding", "disputed")


def sell(marketplace: Marketplace, card: str = "pm_card_bypassPending") -> OrderPlaced:
    terms = marketplace.placed_order(marketplace.published_product())
    marketplace.pay(terms, card=card)
    marketplace.settle()
    return terms


def life(marketplace: Marketplace) -> None:
    """A seller with money in every stage: each sale of 299.00 is in another."""
    stripe_balance.record(
        marketplace.world, "", amount=50_000, currency="usd", source="tu_1", category="topup"
    )
    marketplace.onboarded_seller()
    checkout = marketplace.core.buying
    with pytest.MonkeyPatch.context() as reserving:
        reserving.setattr(checkout, "_reserves", {"new": ReserveTerms(1_000)})
        sell(marketplace)
    sell(marketplace)
    marketplace.advance(days=8)
    marketplace.settle()
    asked_back, disputed = sell(marketplace), sell(marketplace)
    now = marketplace.clock.now()
    downloaded = RecordDownload(asked_back.order_id, now)
    marketplace.core.handler.handle(envelope(downloaded, actor=BO))
    marketplace.core.refunding.request(
        asked_back.order_id, BO, Asked("buyer", amount="99.00", reason="slow"), request_id="r"
    )
    intent = marketplace.order_state(disputed.order_id).payment.charge_id
    charge = marketplace.world.find("", "charge", intent)
    disputes.open_(marketplace.world, "", charge, disputes.Opening())
    marketplace.settle()
    sell(marketplace)
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")


@pytest.fixture
def busy(client: Client, lives: Lives) -> Client:
    lives.live(client.marketplace, life)
    return client


def minors(document: dict[str, Any]) -> dict[str, int]:
    return {stage: document[f"{stage}_minor"] for stage in STAGES}


def test_every_stage_is_what_the_ledger_says(busy: Client, marketplace: Marketplace) -> None:
    (balance,) = busy.get("/seller/balance", ADA).json()["balances"]
    codes = [f"seller:{ADA}:{stage}" for stage in STAGES]
    assert tuple(minors(balance).values()) == marketplace.balances(*codes)
    assert all(minors(balance)[stage] for stage in (*EXPLAINED, "in_payout"))


def test_every_cent_that_waits_has_its_reason(busy: Client) -> None:
    found = busy.get("/seller/balance", ADA).json()
    (balance,) = found["balances"]
    reasons = [reason for sale in found["not_yet"] for reason in sale["why_not_yet"]]
    explained: Counter[str] = Counter()
    for reason in reasons:
        explained[reason["stage"]] += reason["amount_minor"]
        assert reason["reason"]
        # Clocks end a hold and a reserve; a person or a bank the rest.
        assert (reason["until"] is not None) == (reason["stage"] in {"pending", "reserve"})
    assert dict(explained) == {stage: minors(balance)[stage] for stage in EXPLAINED}


def test_what_is_in_payout_is_in_these_payouts(busy: Client, marketplace: Marketplace) -> None:
    found = busy.get("/seller/balance", ADA).json()
    (payout,) = found["payouts"]
    assert (payout["status"], payout["transfer_id"]) == ("pending", None)
    assert payout["amount_minor"] == found["balances"][0]["in_payout_minor"]
    marketplace.settle()
    found = busy.get("/seller/balance", ADA).json()
    assert (found["payouts"], found["balances"][0]["in_payout_minor"]) == ([], 0)


def test_the_statement_closes_at_the_same_stages(busy: Client) -> None:
    (balance,) = busy.get("/seller/balance", ADA).json()["balances"]
    closing = busy.get("/seller/statement", ADA).json()["closing"]
    assert minors(closing) == minors(balance)


def test_somebody_who_sold_nothing_has_no_balance(client: Client) -> None:
    assert client.get("/seller/balance", BO).json() == {
        "balances": [],
        "not_yet": [],
        "payouts": [],
    }
