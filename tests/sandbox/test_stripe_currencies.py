"""Currencies of the stand-in: what may be charged, and what it becomes in the balance."""

from decimal import Decimal
from typing import Any

import pytest
import stripe
from stand_in import Sandbox, checked

from mywork.sandbox.stripe.errors import StripeFault


def settled(sandbox: Sandbox, source: str) -> list[tuple[str, int, str, str]]:
    """Currency, amount, rate and fee of what an object moved, oldest first."""
    found = sandbox.v1.balance_transactions.list({"source": source}).data
    return [(row.currency, row.amount, str(row.exchange_rate), row.fee) for row in found[::-1]]


# Amounts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "amount", "code"),
    [
        ("usd", 49, "amount_too_small"),
        ("gbp", 29, "amount_too_small"),
        ("huf", 17_499, "amount_too_small"),
        ("usd", 100_000_000, "amount_too_large"),
        ("kwd", 5_124, "invalid_charge_amount"),
        ("isk", 550, "invalid_charge_amount"),
        ("ugx", 55_050, "invalid_charge_amount"),
    ],
)
def test_amounts_that_no_card_carries_are_refused(
    sandbox: Sandbox, currency: str, amount: int, code: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sandbox.intent(amount, currency)
    assert (caught.value.code, caught.value.param) == (code, "amount")


@pytest.mark.parametrize(
    ("currency", "amount"),
    [("gbp", 30), ("jpy", 50), ("kwd", 5_120), ("isk", 500), ("huf", 17_510), ("twd", 1_050)],
)
def test_amounts_that_cards_carry_are_taken(sandbox: Sandbox, currency: str, amount: int) -> None:
    charge = sandbox.charged(amount=amount, currency=currency)
    assert settled(sandbox, charge)[0][:2] == (currency, amount)


def test_a_currency_that_stripe_does_not_know_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Invalid currency: xyz"):
        sandbox.intent(10_000, "xyz")


def test_a_refund_of_three_decimals_ends_in_zero(sandbox: Sandbox) -> None:
    charge = sandbox.charged(amount=10_000, currency="kwd")
    with pytest.raises(stripe.InvalidRequestError, match="divisible by 10"):
        sandbox.v1.refunds.create({"charge": charge, "amount": 1_234})
    assert sandbox.v1.refunds.create({"charge": charge, "amount": 1_230}).amount == 1_230


# Settlement ---------------------------------------------------------------------------------


@pytest.fixture
def settling(sandbox: Sandbox) -> Sandbox:
    """The platform's bank takes dollars and pounds."""
    sandbox.terms(
        settlement_currencies=["usd", "gbp"],
        exchange_rates={"eur/usd": "1.0834", "jpy/usd": "0.0066125", "kwd/usd": "3.25"},
        dispute_fee={"usd": 1_500},
    )
    return sandbox


def test_a_charge_in_another_currency_settles_in_the_first(settling: Sandbox) -> None:
    charge = settling.charged(amount=10_001, currency="eur")
    found = settling.v1.charges.retrieve(charge, {"expand": ["balance_transaction"]})
    transaction = found.balance_transaction
    checked(transaction)
    # 100.01 euros at 1.0834 are 108.350834 dollars; 2.9 % of 108.35 and 0.30 are 3.44
    assert (transaction.currency, transaction.amount, transaction.fee) == ("usd", 10_835, 344)
    assert transaction.fee_details[0].currency == "usd"
    assert (found.currency, found.amount) == ("eur", 10_001)
    assert Decimal(repr(transaction.exchange_rate)) == Decimal("1.0834")
    assert (settling.available("usd"), settling.available("eur")) == (10_835 - 344, 0)


@pytest.mark.parametrize(
    ("currency", "amount", "rate", "becomes"),
    [
        ("jpy", 1_500, "0.0066125", 992),  # 9.91875 dollars
        ("kwd", 5_120, "3.25", 1_664),
        ("gbp", 5_000, "None", 5_000),  # takes pounds
        ("chf", 5_000, "None", 5_000),  # knows no rate
    ],
)
def test_decimals_are_those_of_each_currency(
    settling: Sandbox, currency: str, amount: int, rate: str, becomes: int
) -> None:
    charge = settling.charged(amount=amount, currency=currency)
    into = "usd" if rate != "None" else currency
    assert settled(settling, charge)[0][:3] == (into, becomes, rate)


def test_refunds_go_out_at_the_rate_of_their_own_moment(settling: Sandbox) -> None:
    settling.charged(amount=50_000)
    charge = settling.charged(amount=10_000, currency="eur")
    settling.terms(exchange_rates={"eur/usd": "1.1"})
    refund = settling.v1.refunds.create({"charge": charge, "amount": 5_000})
    assert (refund.currency, refund.amount) == ("eur", 5_000)
    settling.terms(exchange_rates={"eur/usd": "1.2"})
    settling.decide("refunds", refund.id, "failed")
    assert settled(settling, refund.id) == [
        ("usd", -5_500, "1.1", 0),
        ("usd", 5_500, "1.1", 0),  # exactly what had been taken
    ]


def test_a_refund_waits_for_the_balance_that_its_charge_came_into(settling: Sandbox) -> None:
    charge = settling.charged("pm_card_visa", amount=10_000, currency="eur")
    refund = settling.v1.refunds.create({"charge": charge})
    assert refund.pending_reason == "insufficient_funds"
    settling.charged(amount=50_000, currency="gbp")
    assert settling.v1.refunds.retrieve(refund.id).status == "pending"
    settling.charged(amount=50_000)
    assert settled(settling, refund.id) == [("usd", -10_834, "1.0834", 0)]


def test_disputes_go_out_and_come_back_at_the_rates_of_their_moments(settling: Sandbox) -> None:
    charge = settling.charged(amount=10_000, currency="eur")
    settling.terms(exchange_rates={"eur/usd": "1.1"})
    dispute = settling.decide("charges", charge, "dispute")
    settling.terms(exchange_rates={"eur/usd": "1.0"})
    won = settling.decide("disputes", dispute["id"], "won")
    assert (won["currency"], won["amount"]) == ("eur", 10_000)
    assert settled(settling, dispute["id"]) == [
        ("usd", -11_000, "1.1", 1_500),
        ("usd", 10_000, "1.0", 0),
    ]


def test_a_minimum_holds_for_what_a_charge_converts_to(settling: Sandbox) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="must convert to at least") as caught:
        settling.intent(70, "jpy")
    assert caught.value.code == "amount_too_small"
    assert "$0.50. ¥70 converts to approximately $0.46" in str(caught.value)


def test_connected_accounts_are_paid_in_what_was_transferred(settling: Sandbox) -> None:
    settling.charged(amount=50_000, currency="gbp")
    account = settling.account()
    settling.transfer(account, 5_000, currency="gbp")
    assert settling.available("gbp", account) == 5_000


@pytest.mark.parametrize(
    "rates",
    [
        {"eur/usd": 1.1},
        {"eur/usd": "0"},
        {"eur/usd": "-1"},
        {"eur-usd": "1"},
        {"eur/usd": "1.1234567890123456"},
    ],
)
def test_a_rate_is_a_decimal_text_that_json_keeps(sandbox: Sandbox, rates: Any) -> None:
    with pytest.raises(StripeFault, match="a rate is like"):
        sandbox.terms(exchange_rates=rates)


@pytest.mark.parametrize(
    "wish",
    [{"nonsense": 1}, {"id": "x"}, {"refunds_begin": "whim"}, {"refund_fee": {"usd": 1.5}},
     {"dispute_fee_returned": 1}],
)  # fmt: skip
def test_only_terms_can_be_turned(sandbox: Sandbox, wish: Any) -> None:
    with pytest.raises(StripeFault):
        sandbox.terms(**wish)
