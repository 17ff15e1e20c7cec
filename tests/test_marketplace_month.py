"""A month of a marketplace: sales in three currencies, refunds, disputes, payouts, the bank.

`--sales` says how many, `--seed` which; whatever there was reconciles to the cent, with no break.
"""

import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import stripe
from marketplace import START, Marketplace

from mywork.adapters.bank.csv import read_bank_csv
from mywork.adapters.stripe.balance_csv import read_balance_csv
from mywork.application.reconciliation.stripe import Run
from mywork.application.usecases.refunding import Asked
from mywork.domain.breaks.explanation_messages import BreakOpened
from mywork.domain.errors import Refusal
from mywork.domain.identifiers import SellerId, UserId
from mywork.domain.money import decimal_text
from mywork.domain.order.sale_messages import OrderPlaced
from mywork.sandbox.stripe import balance as stripe_balance
from mywork.sandbox.stripe import disputes
from mywork.sandbox.stripe.world import PLATFORM

pytestmark = pytest.mark.long

DAYS = 30
ADMIN = UserId("user_root")
SINCE = START - timedelta(days=1)
# What buyers pay with, and how often: most simply pay, some ask for trouble.
CARDS = ["pm_card_visa"] * 40 + [
    "pm_card_bypassPending",
    "pm_card_bypassPending",
    "pm_card_createDispute",
    "pm_card_createDisputeInquiry",
    "pm_card_chargeDeclined",
    "pm_card_pendingRefund",
    "pm_card_refundFail",
]
CURRENCIES = {"USD": 29_900, "EUR": 19_900, "GBP": 14_950}


class Month:
    def __init__(self, town: Marketplace, sales: int, seed: int) -> None:
        self.town, self.chance = town, random.Random(seed)
        self.sales = sales
        self.paid: list[OrderPlaced] = []
        self.products: list[Any] = []

    def live(self) -> None:
        self._open()
        for day in range(DAYS):
            for _ in range(self.sales * (day + 1) // DAYS - self.sales * day // DAYS):
                self._sell()
            self._trouble(day)
            self.town.advance(days=1)
            self.town.settle()
            self.town.core.paying_out.run_scheduled()
            self.town.settle()
        self.town.advance(minutes=30)
        self.town.settle()

    def _open(self) -> None:
        """Sellers, products in three currencies, and what covers refunds before payouts."""
        for name in ("user_ada", "user_bea", "user_cyd"):
            seller = SellerId(UserId(name))
            self.town.onboarded_seller(seller)
            self.products += [
                self.town.published_product(seller, price, currency)
                for currency, price in CURRENCIES.items()
            ]
        self._move(100_000 * max(1, self.sales // 100), "topup", "tu_1")
        self.town.settle()

    def _sell(self) -> None:
        terms = self.town.placed_order(self.chance.choice(self.products))
        try:
            self.town.pay(terms, self.chance.choice(CARDS))
        except stripe.CardError:
            pass
        else:
            self.paid.append(terms)
        self.town.advance(minutes=1)

    def _trouble(self, day: int) -> None:
        """Refunds, decided disputes, Stripe's own fees, and a payout to our bank once a week."""
        for terms in self.chance.sample(self.paid, len(self.paid) // 60):
            amount = self.chance.choice([None, "20.00"])
            with suppress(Refusal):  # disputed, or given back before
                self.town.core.refunding.request(
                    terms.order_id, ADMIN, Asked("admin", amount), request_id=str(amount)
                )
        for dispute in self.town.world.all(PLATFORM, "dispute"):
            decide = self.chance.choice([disputes.win, disputes.lose])
            if dispute["status"] == "needs_response" and self.chance.random() < 0.3:
                decide(self.town.world, PLATFORM, dispute["id"])
        if day == 0 or self.chance.random() < 0.3:
            self._move(-500, "fee", "fee_1")
        if day % 7 == 3:
            self._move(-1_000, "payout", f"po_{self.town.core.store.head()}")

    def _move(self, amount: int, category: str, source: str) -> None:
        stripe_balance.record(
            self.town.world, "", amount=amount, currency="usd", source=source, category=category
        )


@pytest.fixture
def month(marketplace: Marketplace, pytestconfig: pytest.Config) -> Month:
    found = Month(marketplace, pytestconfig.getoption("sales"), pytestconfig.getoption("seed"))
    found.live()
    return found


def test_a_month_reconciles_to_the_cent(month: Month) -> None:
    town = month.town
    run = town.core.stripe_reconciliation.with_stripe(SINCE)
    assert run.differences == []
    assert town.events(BreakOpened) == []
    assert {item.unexplained_minor for item in run.completed.balances} == {0}
    told = town.world.all(PLATFORM, stripe_balance.TRANSACTIONS)
    assert sum(run.completed.matched.values()) == len(told)
    wanted = {"charge", "refund", "dispute", "transfer", "payout", "topup", "fee"}
    assert wanted <= set(run.completed.matched)
    town.check_at_rest()
    check_files(month, run)


def check_files(month: Month, run: Run) -> None:
    """Stripe's own export and the bank's statement say the same."""
    town = month.town
    told = town.world.all(PLATFORM, stripe_balance.TRANSACTIONS)
    exported = read_balance_csv(balance_history(told))
    again = town.core.stripe_reconciliation.with_statement(exported)
    matched = sum(again.completed.matched.values())  # by Stripe's older types
    assert (again.differences, matched) == ([], len(told))
    banked = town.core.bank_reconciliation.with_statement(read_bank_csv(bank_statement(told)))
    assert banked.differences == []
    assert banked.completed.matched == {"bank_line": run.completed.matched["payout"] + 1}


def balance_history(told: list[dict[str, Any]]) -> bytes:
    rows = ["id,Type,Source,Amount,Fee,Net,Currency,Created (UTC)"]
    for item in told:
        currency = item["currency"].upper()
        amounts = [decimal_text(item[name], currency) for name in ("amount", "fee", "net")]
        at = town_time(item["created"])
        rows.append(
            f"{item['id']},{item['type']},{item['source']},{','.join(amounts)},{currency},{at}"
        )
    return "\n".join(rows).encode()


def bank_statement(told: list[dict[str, Any]]) -> bytes:
    rows = ["date,amount,currency,reference"]
    for item in told:
        if item["reporting_category"] in {"payout", "topup"}:
            amount = decimal_text(-item["amount"], item["currency"].upper())
            day, reference = town_time(item["created"])[:10], f"STRIPE {item['source']}"
            rows.append(f"{day},{amount},{item['currency']},{reference}")
    return "\n".join(rows).encode()


def town_time(seconds: int) -> str:
    return (START + timedelta(seconds=seconds - int(START.timestamp()))).strftime("%Y-%m-%d %H:%M")
