"""Any currency of Stripe's, settled as itself or in another, to the last minor unit."""

from typing import Any

import pytest
from marketplace import ADA, BO, Marketplace

from mywork.application.usecases.refunding import Asked
from mywork.domain.errors import MoneyInvalid
from mywork.domain.identifiers import UserId
from mywork.domain.money import payout_step_minor
from mywork.domain.order.dispute_messages import DisputeWithdrawn
from mywork.domain.order.refund_messages import RefundCreated
from mywork.domain.order.sale_messages import OrderPlaced
from mywork.domain.order.settlement_messages import PaymentConverted
from mywork.domain.payout.bank_messages import PayoutCompleted
from mywork.sandbox.stripe import balance as stripe_balance
from mywork.sandbox.stripe import disputes, refunds, terms

ADMIN = UserId("user_root")
STAGES = ("pending", "reserve", "refunding", "disputed", "available", "in_payout")


def sell(marketplace: Marketplace, currency: str, price_minor: int) -> OrderPlaced:
    marketplace.onboarded_seller()
    product_id = marketplace.published_product(price_minor=price_minor, currency=currency)
    terms_ = marketplace.placed_order(product_id)
    marketplace.pay(terms_, card="pm_card_bypassPending")
    return terms_


def top_up(marketplace: Marketplace, currency: str, amount: int) -> None:
    stripe_balance.record(
        marketplace.world, "", amount=amount, currency=currency, source="tu_1", category="topup"
    )


def give_back(marketplace: Marketplace, terms_: Any, amount: str | None = None) -> None:
    marketplace.core.refunding.request(
        terms_.order_id, ADMIN, Asked("admin", amount), request_id=str(amount)
    )


def seller(marketplace: Marketplace, currency: str) -> dict[str, int]:
    codes = [f"seller:{ADA}:{stage}" for stage in STAGES]
    found = zip(STAGES, marketplace.balances(*codes, currency=currency), strict=True)
    return {stage: amount for stage, amount in found if amount}


@pytest.mark.parametrize(
    ("currency", "price_minor", "stripe_amount"),
    [
        ("USD", 29_900, 29_900),
        ("JPY", 29_900, 29_900),
        ("KWD", 299_990, 299_990),
        ("ISK", 20_000, 2_000_000),  # Stripe writes two decimals that are always zero
        ("UGX", 500_000, 50_000_000),
        ("HUF", 9_999_900, 9_999_900),
        ("TWD", 99_900, 99_900),
    ],
)
def test_a_sale_refunded_in_part_and_paid_out(
    marketplace: Marketplace, currency: str, price_minor: int, stripe_amount: int
) -> None:
    terms_ = sell(marketplace, currency, price_minor)
    assert marketplace.world.all("", "charge")[0]["amount"] == stripe_amount
    marketplace.settle()
    marketplace.check_at_rest()
    give_back(marketplace, terms_, "100")
    marketplace.settle()
    marketplace.check_at_rest()
    marketplace.advance(days=7)
    marketplace.settle()
    available = seller(marketplace, currency)["available"]
    decision = marketplace.core.paying_out.request(ADA, currency, request_id="p")
    marketplace.settle()
    left = available - decision.requested.amount_minor
    assert left == available % payout_step_minor(currency)
    marketplace.advance(days=3)
    marketplace.settle()
    assert len(marketplace.events(PayoutCompleted)) == 1
    assert seller(marketplace, currency).get("available", 0) == left
    marketplace.check_at_rest()


@pytest.mark.parametrize(
    ("currency", "amount"), [("KWD", "1.001"), ("JPY", "1.5"), ("USD", "0.001")]
)
def test_an_amount_that_stripe_cannot_move_is_refused(
    marketplace: Marketplace, currency: str, amount: str
) -> None:
    terms_ = sell(marketplace, currency, 20_000)
    marketplace.settle()
    with pytest.raises(MoneyInvalid):
        give_back(marketplace, terms_, amount)


def abroad(marketplace: Marketplace, rate: str = "1.0834") -> OrderPlaced:
    """A product for euros, on a platform whose bank takes dollars only."""
    wish: Any = {"settlement_currencies": ["usd"], "exchange_rates": {"eur/usd": rate}}
    terms.change(marketplace.world, wish)
    return sell(marketplace, "EUR", 29_900)


def change_rate(marketplace: Marketplace, rate: str) -> None:
    terms.change(marketplace.world, {"exchange_rates": {"eur/usd": rate}})


def test_sellers_are_owed_what_stripe_settled(marketplace: Marketplace) -> None:
    abroad(marketplace)
    marketplace.carry()
    marketplace.drain()
    assert seller(marketplace, "EUR") == {"pending": 26_018}
    marketplace.settle()
    (converted,) = marketplace.events(PaymentConverted)
    assert (converted.settled_minor, converted.exchange_rate) == (32_394, "1.0834")
    assert seller(marketplace, "EUR") == {}
    assert seller(marketplace, "USD") == {"pending": converted.seller_share_minor}
    assert marketplace.balances("stripe:uncleared", "revenue:commission", currency="EUR") == (0, 0)
    marketplace.check_at_rest()
    marketplace.advance(days=7)
    marketplace.settle()
    paid = marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    assert paid.requested.amount_minor == converted.seller_share_minor
    marketplace.settle()
    marketplace.check_at_rest()


def test_a_later_refund_moves_at_another_rate(marketplace: Marketplace) -> None:
    terms_ = abroad(marketplace)
    top_up(marketplace, "usd", 50_000)
    marketplace.settle()
    change_rate(marketplace, "1.2")
    give_back(marketplace, terms_, "99.00")
    give_back(marketplace, terms_)
    marketplace.settle()
    assert marketplace.balances("revenue:commission") == (0,)
    assert marketplace.balances("fx:gain_loss") == (round(29_900 * 1.2) - 32_394,)
    fee = marketplace.events(PaymentConverted)[0].processing_fee_minor
    assert seller(marketplace, "USD") == {"available": -fee}
    marketplace.check_at_rest()


def test_a_refund_before_the_settlement_is_converted_with_it(marketplace: Marketplace) -> None:
    terms_ = abroad(marketplace)
    top_up(marketplace, "usd", 50_000)
    marketplace.carry()
    marketplace.drain()  # paid, and nothing is known of its settlement yet
    give_back(marketplace, terms_, "99.00")
    marketplace.runner.catch_up()
    marketplace.core.outbox_dispatcher.drain()
    assert len(marketplace.events(RefundCreated)) == 1
    marketplace.settle()
    marketplace.check_at_rest()
    assert seller(marketplace, "EUR") == {}
    (made,) = marketplace.world.all("", "refund")
    refunds.fail(marketplace.world, "", made["id"])
    marketplace.settle()
    marketplace.check_at_rest()
    share = marketplace.events(PaymentConverted)[0].seller_share_minor
    assert sum(seller(marketplace, "USD").values()) == share


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_abroad_moves_at_the_rate_of_its_day(marketplace: Marketplace, won: bool) -> None:
    abroad(marketplace)
    top_up(marketplace, "usd", 50_000)
    marketplace.settle()
    change_rate(marketplace, "1.2")
    charge = marketplace.world.all("", "charge")[0]
    opened = disputes.open_(marketplace.world, "", charge, disputes.Opening())
    marketplace.settle()
    (withdrawn,) = marketplace.events(DisputeWithdrawn)
    assert withdrawn.amount_minor == 35_880
    marketplace.check_at_rest()
    change_rate(marketplace, "1.1")
    end = disputes.win if won else disputes.lose
    end(marketplace.world, "", opened["id"])
    marketplace.settle()
    marketplace.check_at_rest()
    back = 32_890 if won else 32_394
    assert marketplace.balances("fx:gain_loss", "disputes:held") == (35_880 - back, 0)
    assert "disputed" not in seller(marketplace, "USD")


def test_the_buyer_never_pays_for_a_rate(marketplace: Marketplace) -> None:
    """What is refunded is what was asked for, in the buyer's own currency."""
    terms_ = abroad(marketplace)
    top_up(marketplace, "usd", 50_000)
    marketplace.settle()
    give_back(marketplace, terms_)
    marketplace.settle()
    (made,) = marketplace.world.all("", "refund")
    assert (made["amount"], made["currency"]) == (29_900, "eur")
    assert terms_.buyer_id == BO
