"""Movements of the stand-in without a payment: fees, reserves, top-ups, corrections."""

from typing import Any

import pytest
import stripe
from stand_in import Sandbox, checked

from mywork.sandbox.stripe import movements
from mywork.sandbox.stripe.errors import StripeFault


def moved(sandbox: Sandbox, kind: str, amount: int, **more: Any) -> Any:
    made = movements.make(sandbox.world, kind, {"amount": amount, **more})
    return sandbox.v1.balance_transactions.retrieve(made["id"])


@pytest.mark.parametrize(
    ("kind", "category", "type_", "sign"),
    [
        ("stripe_fee", "fee", "stripe_fee", -1),
        ("network_cost", "network_cost", "stripe_fee", -1),
        ("tax", "tax", "tax_fee", -1),
        ("adjustment", "other_adjustment", "adjustment", 1),
        ("reserve_hold", "risk_reserved_funds", "reserve_hold", -1),
        ("connect_reserve_hold", "connect_reserved_funds", "reserve_transaction", -1),
    ],
)
def test_a_movement_has_its_category_and_no_source(
    sandbox: Sandbox, kind: str, category: str, type_: str, sign: int
) -> None:
    made = moved(sandbox, kind, 500, description="Radar")
    checked(made)
    assert (made.reporting_category, made.type) == (category, type_)
    assert (made.amount, made.fee, made.net) == (sign * 500, 0, sign * 500)
    assert (made.source, made.description) == (None, "Radar")
    assert sandbox.available() == sign * 500


def test_every_kind_is_of_a_type_that_the_sdk_knows(sandbox: Sandbox) -> None:
    known = str(stripe.BalanceTransaction.__annotations__["type"])
    for kind in movements.KINDS.values():
        assert f"'{kind.type}'" in known.replace('"', "'")


def test_a_correction_goes_either_way(sandbox: Sandbox) -> None:
    assert moved(sandbox, "adjustment", -700).amount == -700


@pytest.mark.parametrize("wish", [{"amount": 0}, {"amount": -5}, {"amount": 1.5}, {"amount": "5"}])
def test_what_is_not_an_amount_is_refused(sandbox: Sandbox, wish: Any) -> None:
    with pytest.raises(StripeFault):
        movements.make(sandbox.world, "stripe_fee", wish)
    with pytest.raises(StripeFault, match="no such movement"):
        movements.make(sandbox.world, "whim", {"amount": 5})
    with pytest.raises(StripeFault, match="not a currency"):
        movements.make(sandbox.world, "stripe_fee", {"amount": 5, "currency": "xyz"})


# Reserves -----------------------------------------------------------------------------------


def test_a_reserve_gives_back_what_it_took_and_no_more(sandbox: Sandbox) -> None:
    moved(sandbox, "connect_reserve_hold", 500)
    moved(sandbox, "connect_reserve_hold", 300, currency="eur")
    held = sandbox.v1.balance.retrieve().connect_reserved
    assert {part.currency: part.amount for part in held} == {"usd": 500, "eur": 300}
    with pytest.raises(StripeFault, match="only 500 usd"):
        moved(sandbox, "connect_reserve_release", 501)
    moved(sandbox, "connect_reserve_release", 500)
    assert (sandbox.available("usd"), sandbox.available("eur")) == (0, -300)


def test_a_reserve_of_stripes_may_have_transactions_of_its_own(sandbox: Sandbox) -> None:
    sandbox.terms(reserves_have_transactions=True)
    moved(sandbox, "reserve_hold", 500)
    found = sandbox.v1.balance_transactions.list().data
    assert [(row.balance_type, row.amount) for row in found] == [
        ("risk_reserved", 500),
        ("payments", -500),
    ]
    assert sandbox.available() == -500


# Top-ups ------------------------------------------------------------------------------------


def test_a_top_up_arrives_and_may_be_taken_back(sandbox: Sandbox) -> None:
    made = sandbox.v1.topups.create(
        {"amount": 2_000, "currency": "usd", "metadata": {"why": "refunds"}}
    )
    checked(made)
    assert (made.status, sandbox.available()) == ("pending", 0)
    sandbox.advance(minutes=1)
    found = sandbox.v1.topups.retrieve(made.id)
    checked(found)
    assert (found.status, sandbox.available()) == ("succeeded", 2_000)
    sandbox.decide("topups", made.id, "reversed")
    assert sandbox.transactions(made.id) == [("topup", 2_000, 0), ("topup_reversal", -2_000, 0)]
    assert sandbox.told() == ["topup.created", "topup.succeeded", "topup.reversed"]
    sandbox.decide("topups", made.id, "reversed")
    sandbox.decide("topups", made.id, "failed")
    assert len(sandbox.told()) == 3


def test_a_top_up_fails_or_is_called_off(sandbox: Sandbox) -> None:
    wanted = {"amount": 2_000, "currency": "usd"}
    failed, canceled = (sandbox.v1.topups.create(wanted).id for _ in range(2))
    sandbox.decide("topups", failed, "failed", code="account_closed")
    assert sandbox.v1.topups.cancel(canceled).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="Only pending"):
        sandbox.v1.topups.cancel(canceled)
    sandbox.advance(minutes=1)
    found = sandbox.v1.topups.list().data
    assert [(row.status, row.failure_code) for row in found] == [
        ("canceled", None),
        ("failed", "account_closed"),
    ]
    assert [row.id for row in sandbox.v1.topups.list({"status": "failed"}).data] == [failed]
    assert sandbox.available() == 0
