"""Refunds and disputes through the real SDK, signed webhooks and Stripe's own balance."""

from typing import Any

import pytest
from marketplace import ADA, BO, Marketplace

from mywork.application.commands import envelope
from mywork.application.usecases.refunding import Asked
from mywork.domain.breaks.explanation_messages import BreakOpened, ResolveBreak
from mywork.domain.errors import (
    MoneyInvalid,
    OrderDisputed,
    OrderNotFound,
    OrderNotRefundable,
    RefundExceedsPayment,
    RefundWindowOver,
)
from mywork.domain.identifiers import UserId
from mywork.domain.order.dispute_messages import (
    DisputeClosed,
    DisputeOpened,
    DisputeReinstated,
    DisputeWithdrawn,
    FraudWarned,
)
from mywork.domain.order.refund_messages import RefundDeclined, RefundRequested, RefundSucceeded
from mywork.domain.order.sale_messages import OrderPlaced, RecordDownload
from mywork.domain.order.settlement_messages import FundsReleased
from mywork.sandbox.stripe import balance as stripe_balance
from mywork.sandbox.stripe import disputes, refunds

STAGES = ("pending", "reserve", "refunding", "disputed", "available", "in_payout")
ADMIN = UserId("user_root")


@pytest.fixture
def sold(marketplace: Marketplace) -> OrderPlaced:
    """One sale of 299.00, paid and settled; our own 50.00 cover what Stripe keeps of it."""
    stripe_balance.record(
        marketplace.world, "", amount=5_000, currency="usd", source="tu_1", category="topup"
    )
    marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product())
    marketplace.pay(terms, card="pm_card_bypassPending")
    marketplace.settle()
    return terms


def stages(marketplace: Marketplace, currency: str = "USD") -> dict[str, int]:
    codes = [f"seller:{ADA}:{stage}" for stage in STAGES]
    found = zip(STAGES, marketplace.balances(*codes, currency=currency), strict=True)
    return {stage: amount for stage, amount in found if amount}


def charge_of(marketplace: Marketplace) -> dict[str, Any]:
    return dict(marketplace.world.all("", "charge")[0])


def refund(marketplace: Marketplace, terms: Any, by: Any = "buyer", **asked: Any) -> Any:
    actor = {"buyer": BO, "seller": ADA, "admin": ADMIN}[by]
    request_id = asked.pop("request_id", str(asked))
    return marketplace.core.refunding.request(
        terms.order_id, actor, Asked(by, **asked), request_id=request_id
    )


# Refunds ------------------------------------------------------------------------------------


def test_a_buyer_who_downloaded_nothing_is_refunded_at_once(
    marketplace: Marketplace, sold: OrderPlaced
) -> None:
    decision = refund(marketplace, sold)
    assert decision.status == "approved"
    assert stages(marketplace) == {"refunding": 26_910, "available": -897}
    marketplace.settle()
    assert stages(marketplace) == {"available": -897}
    assert marketplace.balances("revenue:commission", "recovery:processing") == (0, 897)
    assert [r["status"] for r in marketplace.world.all("", "refund")] == ["succeeded"]
    assert len(marketplace.events(RefundSucceeded)) == 1
    marketplace.check_at_rest()
    assert refund(marketplace, sold).status == "succeeded"  # the same request again
    assert len(marketplace.events(RefundRequested)) == 1


def test_after_a_download_a_person_decides(marketplace: Marketplace, sold: OrderPlaced) -> None:
    now = marketplace.clock.now()
    marketplace.core.handler.handle(envelope(RecordDownload(sold.order_id, now), actor=BO))
    asked = refund(marketplace, sold, amount="99.00")
    assert asked.status == "requested"
    marketplace.settle()
    assert marketplace.world.all("", "refund") == []
    with pytest.raises(OrderNotFound):
        marketplace.core.refunding.decline(
            sold.order_id, asked.refund_id, UserId("user_eve"), "seller", reason="no"
        )
    declined = marketplace.core.refunding.decline(
        sold.order_id, asked.refund_id, ADA, "seller", reason="it was used"
    )
    assert declined.status == "declined"
    assert stages(marketplace) == {"pending": 26_013}
    again = refund(marketplace, sold, amount="99.00", request_id="again")
    marketplace.core.refunding.approve(sold.order_id, again.refund_id, ADA, "seller")
    marketplace.settle()
    assert len(marketplace.world.all("", "refund")) == 1
    marketplace.check_at_rest()


def test_what_waits_for_a_decision_is_out_of_release_and_payout(
    marketplace: Marketplace, sold: OrderPlaced
) -> None:
    now = marketplace.clock.now()
    marketplace.core.handler.handle(envelope(RecordDownload(sold.order_id, now), actor=BO))
    refund(marketplace, sold, amount="100.00")
    marketplace.advance(days=7)
    marketplace.settle()
    assert stages(marketplace) == {"refunding": 9_000, "available": 17_013}
    paid = marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    assert paid.requested.amount_minor == 17_013


def test_partial_refunds_in_three_currencies_of_time(
    marketplace: Marketplace, sold: OrderPlaced
) -> None:
    """Before release, after release, after the payout: the last one takes the residue."""
    refund(marketplace, sold, "seller", amount="33.33")
    marketplace.settle()
    marketplace.check_at_rest()
    marketplace.advance(days=8)
    marketplace.settle()
    refund(marketplace, sold, "seller", amount="33.33", request_id="2")
    marketplace.settle()
    available = stages(marketplace)["available"]
    marketplace.core.paying_out.request(ADA, "USD", request_id="p")
    marketplace.settle()
    assert stages(marketplace) == {}
    marketplace.advance(days=30)
    marketplace.settle()
    with pytest.raises(RefundWindowOver, match="ask an admin"):
        refund(marketplace, sold, "seller", request_id="3")
    refund(marketplace, sold, "admin", request_id="4")
    marketplace.settle()
    assert stages(marketplace) == {"available": -897 - available}
    assert marketplace.balances("revenue:commission") == (0,)
    assert sum(r["amount"] for r in marketplace.world.all("", "refund")) == 29_900


def test_an_admin_lets_the_platform_bear_the_fee(
    marketplace: Marketplace, sold: OrderPlaced
) -> None:
    refund(marketplace, sold, "admin", platform_bears_fee=True)
    marketplace.settle()
    assert stages(marketplace) == {}
    assert marketplace.balances("revenue:commission", "recovery:processing") == (0, 0)
    marketplace.check_at_rest()


def test_a_refund_that_fails_later_gives_everybody_their_part_again(
    marketplace: Marketplace, sold: OrderPlaced
) -> None:
    refund(marketplace, sold)
    marketplace.settle()
    (made,) = marketplace.world.all("", "refund")
    refunds.fail(marketplace.world, "", made["id"])
    marketplace.settle()
    assert stages(marketplace) == {"pending": 26_910, "available": -897}
    assert marketplace.balances("revenue:commission") == (2_990,)
    marketplace.check_at_rest()
    marketplace.advance(days=7)
    marketplace.settle()
    assert stages(marketplace) == {"available": 26_013}


def test_a_refund_with_an_unknown_outcome_is_looked_up_and_not_repeated(
    marketplace: Marketplace, sold: OrderPlaced, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mywork.application.ports.faults import VendorUnavailable

    create = marketplace.payments.create_refund

    def create_and_hang_up(*args: Any, **kwargs: Any) -> Any:
        create(*args, **kwargs)
        marketplace.world.tables["/idempotency"].clear()  # a day later Stripe has forgotten it
        raise VendorUnavailable("the connection was reset")

    monkeypatch.setattr(marketplace.payments, "create_refund", create_and_hang_up)
    refund(marketplace, sold)
    marketplace.runner.catch_up()
    assert marketplace.core.outbox_dispatcher.drain() == 0
    monkeypatch.setattr(marketplace.payments, "create_refund", create)
    with marketplace.core.store.transaction() as cursor:
        cursor.execute("UPDATE operations.outbox SET due_at = now() - interval '1 second'")
    marketplace.settle()
    assert len(marketplace.world.all("", "refund")) == 1
    marketplace.check_at_rest()


def test_a_refund_made_at_stripe_is_booked_as_ours_is(
    marketplace: Marketplace, sold: OrderPlaced
) -> None:
    marketplace.stripe.refunds.create({"charge": charge_of(marketplace)["id"], "amount": 9_900})
    marketplace.settle()
    (requested,) = marketplace.events(RefundRequested)
    assert (requested.asked_by, requested.seller_minor, requested.commission_minor) == (
        "stripe",
        8_910,
        990,
    )
    marketplace.check_at_rest()


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"amount": "299.01"}, RefundExceedsPayment),
        ({"amount": "0"}, MoneyInvalid),
        ({"amount": "-1.00"}, MoneyInvalid),
        ({"amount": "1.001"}, MoneyInvalid),
        ({"amount": "1e9"}, RefundExceedsPayment),
    ],
)
def test_an_amount_that_cannot_be_refunded_changes_nothing(
    marketplace: Marketplace, sold: OrderPlaced, asked: Any, refusal: type[Exception]
) -> None:
    head = marketplace.core.store.head()
    with pytest.raises(refusal):
        refund(marketplace, sold, **asked)
    assert marketplace.core.store.head() == head


def test_a_free_order_has_nothing_to_refund(marketplace: Marketplace) -> None:
    marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product(price_minor=0))
    with pytest.raises(OrderNotRefundable):
        refund(marketplace, terms)


# Disputes -----------------------------------------------------------------------------------


def dispute(marketplace: Marketplace, **opening: Any) -> str:
    charge = marketplace.world.all("", "charge")[0]
    opened = disputes.open_(marketplace.world, "", charge, disputes.Opening(**opening))
    marketplace.settle()
    return str(opened["id"])


def test_a_dispute_takes_the_share_and_the_fee_and_stops_release(
    marketplace: Marketplace, sold: OrderPlaced
) -> None:
    dispute(marketplace)
    (withdrawn,) = marketplace.events(DisputeWithdrawn)
    assert (withdrawn.seller_minor, withdrawn.commission_minor) == (26_910, 2_990)
    fee = withdrawn.fee_minor
    assert fee > 0
    assert stages(marketplace) == {"disputed": 26_910, "available": -897 - fee}
    assert marketplace.balances("disputes:held", "recovery:dispute", "expense:dispute") == (
        29_900,
        fee,
        fee,
    )
    marketplace.check_at_rest()
    with pytest.raises(OrderDisputed, match="pay the buyer twice"):
        refund(marketplace, sold)
    marketplace.advance(days=7)
    marketplace.settle()
    assert marketplace.events(FundsReleased) == []


def test_a_dispute_that_is_lost_costs_the_seller_and_the_commission(
    marketplace: Marketplace, sold: OrderPlaced
) -> None:
    dispute_id = dispute(marketplace)
    disputes.lose(marketplace.world, "", dispute_id)
    marketplace.settle()
    fee = marketplace.events(DisputeWithdrawn)[0].fee_minor
    assert stages(marketplace) == {"available": -897 - fee}
    assert marketplace.balances("disputes:held", "revenue:commission") == (0, 0)
    marketplace.check_at_rest()
    with pytest.raises(RefundExceedsPayment, match=r"0\.00 USD of this order"):
        refund(marketplace, sold)


def test_a_dispute_that_is_won_gives_the_share_back_and_release_goes_on(
    marketplace: Marketplace, sold: OrderPlaced
) -> None:
    dispute_id = dispute(marketplace)
    marketplace.core.disputing.submit_evidence(
        sold.order_id,
        dispute_id,  # type: ignore[arg-type]
        ADA,
        evidence={"uncategorized_text": "winning_evidence"},
        final=True,
    )
    marketplace.settle()
    marketplace.advance(days=10)
    marketplace.settle()
    marketplace.settle()
    (closed,) = marketplace.events(DisputeClosed)
    assert closed.outcome == "won"
    back = marketplace.events(DisputeReinstated)[0].fee_minor
    fee = marketplace.events(DisputeWithdrawn)[0].fee_minor
    assert stages(marketplace) == {"available": 26_013 - fee + back}
    marketplace.check_at_rest()


def test_an_inquiry_takes_nothing_and_may_become_a_dispute(
    marketplace: Marketplace, sold: OrderPlaced
) -> None:
    dispute_id = dispute(marketplace, inquiry=True)
    assert stages(marketplace) == {"pending": 26_013}
    marketplace.advance(days=7)
    marketplace.settle()
    assert marketplace.events(FundsReleased) == []
    disputes.escalate(marketplace.world, "", dispute_id)
    marketplace.settle()
    assert len(marketplace.events(DisputeOpened)) == 2
    assert stages(marketplace)["disputed"] == 26_910
    marketplace.check_at_rest()


def test_an_inquiry_that_is_closed_lets_the_money_go(
    marketplace: Marketplace, sold: OrderPlaced
) -> None:
    dispute_id = dispute(marketplace, inquiry=True)
    marketplace.advance(days=9)
    marketplace.settle()
    disputes.close_inquiry(marketplace.world, "", dispute_id)
    marketplace.settle()
    assert stages(marketplace) == {"available": 26_013}
    marketplace.check_at_rest()


def test_a_dispute_after_a_refund_debits_the_seller_once(
    marketplace: Marketplace, sold: OrderPlaced
) -> None:
    """Gumroad #4358. What both take beyond the payment lies in suspense, with a break."""
    refund(marketplace, sold, "seller", amount="199.00")
    marketplace.settle()
    dispute_id = dispute(marketplace, amount=29_900)
    (withdrawn,) = marketplace.events(DisputeWithdrawn)
    assert withdrawn.seller_minor + withdrawn.commission_minor == 10_000
    disputes.lose(marketplace.world, "", dispute_id)
    marketplace.settle()
    assert stages(marketplace) == {"available": -897 - withdrawn.fee_minor}
    assert marketplace.balances("suspense:stripe", "revenue:commission") == (-19_900, 0)
    (opened,) = marketplace.events(BreakOpened)
    assert (opened.kind, opened.amount_minor) == ("exceeded_payment", -19_900)
    marketplace.check_at_rest()
    resolve = ResolveBreak(
        opened.break_id, "expense:bad_debt", "the bank keeps it", marketplace.clock.now()
    )
    marketplace.core.handler.handle(envelope(resolve, actor="user_finance"))
    assert marketplace.balances("suspense:stripe", "expense:bad_debt") == (0, 19_900)


def test_a_dispute_ends_a_request_that_waited_for_a_decision(
    marketplace: Marketplace, sold: OrderPlaced
) -> None:
    now = marketplace.clock.now()
    marketplace.core.handler.handle(envelope(RecordDownload(sold.order_id, now), actor=BO))
    refund(marketplace, sold)
    dispute(marketplace)
    assert len(marketplace.events(RefundDeclined)) == 1
    assert stages(marketplace)["disputed"] == 26_910
    marketplace.check_at_rest()


def test_an_early_fraud_warning_is_a_fact(marketplace: Marketplace, sold: OrderPlaced) -> None:
    terms = marketplace.placed_order(marketplace.published_product())
    marketplace.pay(terms, card="pm_card_createIssuerFraudRecord")
    marketplace.settle()
    (warned,) = marketplace.events(FraudWarned)
    assert warned.order_id == terms.order_id
    marketplace.check_at_rest()
