"""Each reporting category of Stripe's, read from the sandbox's balance and posted by its rule."""

import random
from datetime import timedelta
from typing import Any

import pytest
from marketplace import Marketplace

from mywork.application.commands import envelope
from mywork.application.inbox.balance_transactions import ADJUSTMENTS
from mywork.domain.balance_adjustment import AdjustmentFundsAvailable, AdjustmentRecorded
from mywork.domain.balance_transaction import SUBJECTS
from mywork.domain.breaks.explanation_messages import BreakOpened, ResolveBreak
from mywork.sandbox.stripe import balance as stripe_balance
from mywork.sandbox.stripe import movements
from mywork.sandbox.stripe.errors import StripeFault
from mywork.sandbox.stripe.terms import change

# Category, amount, and where it ends beside stripe:available.
CATEGORIES: list[tuple[str, int, dict[str, int]]] = [
    ("fee", -500, {"expense:stripe_fees": 500}),
    ("fee", 500, {"expense:stripe_fees": -500}),  # a fee that Stripe gave back
    ("network_cost", -30, {"expense:stripe_fees": 30}),
    ("tax", -95, {"expense:stripe_fees": 95}),
    ("connect_reserved_funds", -2_000, {"stripe:reserved": 2_000}),
    ("risk_reserved_funds", -2_000, {"stripe:reserved": 2_000}),
    ("risk_reserved_funds", 2_000, {"stripe:reserved": -2_000}),
    ("payment_network_reserve_hold", -700, {"stripe:reserved": 700}),
    ("payment_network_reserve_release", 700, {"stripe:reserved": -700}),
    ("payout_minimum_balance_hold", -900, {"stripe:reserved": 900}),
    ("payout_minimum_balance_release", 900, {"stripe:reserved": -900}),
    ("payout", -40_000, {"bank": 40_000}),
    ("payout_reversal", 40_000, {"bank": -40_000}),
    ("topup", 50_000, {"bank": -50_000}),
    ("topup_reversal", -50_000, {"bank": 50_000}),
]


def moved(marketplace: Marketplace, category: str, amount: int, **changes: Any) -> dict[str, Any]:
    changes = {"currency": "usd", "source": "obj_1"} | changes
    return stripe_balance.record(marketplace.world, "", amount=amount, category=category, **changes)


def stands(marketplace: Marketplace, account: str, currency: str = "USD") -> int:
    """On the account's normal side: assets and expenses as debits, suspense as a credit."""
    (balance,) = marketplace.balances(account, currency=currency)
    return balance


def test_every_category_of_the_table_has_its_example() -> None:
    assert {category for category, _, _ in CATEGORIES} == set(ADJUSTMENTS)
    assert not set(SUBJECTS) & set(ADJUSTMENTS)


@pytest.mark.parametrize(("category", "amount", "ends"), CATEGORIES)
def test_a_movement_ends_where_its_category_says(
    marketplace: Marketplace, category: str, amount: int, ends: dict[str, int]
) -> None:
    moved(marketplace, category, amount)
    marketplace.settle()
    assert stands(marketplace, "stripe:available") == amount
    assert {account: stands(marketplace, account) for account in ends} == ends
    assert stands(marketplace, "suspense:stripe") == 0
    assert marketplace.events(BreakOpened) == []
    marketplace.check_at_rest()


@pytest.mark.parametrize(("category", "amount", "ends"), CATEGORIES)
def test_a_movement_may_cost_a_fee_and_become_available_later(
    marketplace: Marketplace, category: str, amount: int, ends: dict[str, int]
) -> None:
    later = int((marketplace.clock.now() + timedelta(days=2)).timestamp())
    moved(marketplace, category, amount, fee=25, available_on=later)
    marketplace.settle()
    assert stands(marketplace, "stripe:pending") == amount - 25
    assert stands(marketplace, "stripe:available") == 0
    marketplace.check_at_rest()
    marketplace.advance(days=2)
    marketplace.settle()
    assert stands(marketplace, "stripe:pending") == 0
    assert stands(marketplace, "stripe:available") == amount - 25
    assert len(marketplace.events(AdjustmentFundsAvailable)) == 1
    total = {"expense:stripe_fees": 0} | ends
    total["expense:stripe_fees"] += 25
    assert {account: stands(marketplace, account) for account in total} == total
    marketplace.check_at_rest()


@pytest.mark.parametrize("category", ["other_adjustment", "contribution", "invented_by_stripe"])
def test_what_the_table_does_not_know_is_a_break_in_suspense(
    marketplace: Marketplace, category: str
) -> None:
    moved(marketplace, category, -1_234)
    marketplace.settle()
    assert stands(marketplace, "stripe:available") == -1_234
    assert stands(marketplace, "suspense:stripe") == -1_234
    (opened,) = marketplace.events(BreakOpened)
    assert (opened.kind, opened.amount_minor) == ("unexplained_transaction", -1_234)
    assert category in opened.detail
    marketplace.check_at_rest()


def test_the_same_transaction_read_twice_moves_money_once(marketplace: Marketplace) -> None:
    moved(marketplace, "fee", -500)
    marketplace.settle()
    with marketplace.core.store.transaction() as cursor:
        cursor.execute("DELETE FROM operations.cursors")  # everything is read again
        cursor.execute("DELETE FROM operations.inbox")
    marketplace.settle()
    assert stands(marketplace, "expense:stripe_fees") == 500
    assert len(marketplace.events(AdjustmentRecorded)) == 1


def test_a_movement_in_another_currency_has_accounts_of_its_own(marketplace: Marketplace) -> None:
    moved(marketplace, "topup", 50_000, currency="jpy")
    moved(marketplace, "fee", -500)
    marketplace.settle()
    assert stands(marketplace, "stripe:available", "JPY") == 50_000
    assert stands(marketplace, "bank", "JPY") == -50_000
    assert stands(marketplace, "stripe:available") == -500
    marketplace.check_at_rest()


def test_the_reserves_own_balance_says_nothing_new(marketplace: Marketplace) -> None:
    """Stripe writes a reserve down twice: once on each balance that it moves."""
    moved(marketplace, "risk_reserved_funds", -2_000)
    twin = moved(marketplace, "risk_reserved_funds", 2_000)
    twin["balance_type"] = "risk_reserved"
    marketplace.settle()
    assert stands(marketplace, "stripe:reserved") == 2_000
    assert stands(marketplace, "stripe:available") == -2_000
    assert marketplace.events(BreakOpened) == []
    assert marketplace.core.inbox.counts() == {"waiting": 0, "dead": 0}


def test_a_balance_that_we_do_not_keep_is_a_break_without_money(marketplace: Marketplace) -> None:
    later = int((marketplace.clock.now() + timedelta(days=2)).timestamp())
    foreign = moved(marketplace, "issuing_transaction", -700, available_on=later)
    foreign["balance_type"] = "issuing"
    marketplace.settle()
    marketplace.advance(days=2)
    marketplace.settle()
    (opened,) = marketplace.events(BreakOpened)
    assert (opened.kind, opened.amount_minor) == ("foreign_balance", -700)
    assert "issuing" in opened.detail
    accounts = ("stripe:available", "stripe:pending", "suspense:stripe")
    assert marketplace.balances(*accounts) == (0, 0, 0)


# The sandbox's own movements, many of them ---------------------------------------------------

RESERVES = ("risk", "connect", "network", "minimum")


def stripe_reserved(marketplace: Marketplace) -> int:
    pots = [stripe_balance.reserved(marketplace.world, name) for name in RESERVES]
    return sum(pot.get("usd", 0) for pot in pots)


def explain_everything(marketplace: Marketplace) -> None:
    for opened in marketplace.events(BreakOpened):
        resolve = ResolveBreak(opened.break_id, "capital", "said", marketplace.clock.now())
        marketplace.core.handler.handle(envelope(resolve, actor="user_fin"))


@pytest.mark.parametrize("twice", [False, True], ids=["once", "on both balances"])
@pytest.mark.parametrize("seed", range(3))
def test_whatever_moves_the_ledger_stands_where_stripe_does(
    marketplace: Marketplace, seed: int, twice: bool
) -> None:
    """After every movement; and once everything was explained, nothing is left in suspense."""
    chance = random.Random(seed)
    change(marketplace.world, {"reserves_have_transactions": twice})
    moved(marketplace, "topup", 100_000)
    for _ in range(15):
        name = chance.choice(list(movements.KINDS))
        try:
            movements.make(marketplace.world, name, {"amount": chance.randint(1, 9_000)})
        except StripeFault:  # a release of what was never held
            continue
        marketplace.settle()
        marketplace.check_at_rest()
        assert stands(marketplace, "stripe:reserved") == stripe_reserved(marketplace)
    unexplained = sum(opened.amount_minor for opened in marketplace.events(BreakOpened))
    assert stands(marketplace, "suspense:stripe") == unexplained
    explain_everything(marketplace)
    assert stands(marketplace, "suspense:stripe") == 0
    marketplace.check_at_rest()
