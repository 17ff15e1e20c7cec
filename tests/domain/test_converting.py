"""Settled in another currency: whatever refunds have claimed by then is converted with it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from events import AT, EXAMPLES, ORDER_ID, REFUND
from scenario import Scenario
from transactions import moved

from mywork.domain.order.decider import ORDER
from mywork.domain.order.refund_messages import ConcludeRefund, RecordRefund, RequestRefund
from mywork.domain.order.settlement_messages import (
    FundsAvailable,
    MakeTransactionAvailable,
    PaymentConverted,
    SettleOrder,
)
from mywork.ledger.rules.posting import post

DAY = timedelta(days=1)
CONVERTED: Any = EXAMPLES["order.payment_converted.v1"]  # 299.00 EUR became 322.92 USD

paid = Scenario(ORDER).given(
    EXAMPLES["order.placed.v1"],
    EXAMPLES["order.payment_initiated.v1"],
    replace(EXAMPLES["order.paid.v1"], currency="EUR"),
)

SETTLE: Any = SettleOrder(
    ORDER_ID,  # type: ignore[arg-type]
    moved("txn_1", "charge", "ch_1", 32_292, AT, fee_minor=969, exchange_rate="1.08"),
)
ASK: Any = RequestRefund(ORDER_ID, REFUND, 29_900, "admin", "", AT + DAY)  # type: ignore[arg-type]
RECORD: Any = RecordRefund(ORDER_ID, "re_1", REFUND, "EUR", 29_900, AT + DAY)  # type: ignore[arg-type]
FAIL: Any = ConcludeRefund(ORDER_ID, "re_1", "failed", "lost", AT + DAY)  # type: ignore[arg-type]


def after(history: Scenario, *commands: Any) -> Scenario:
    for command in commands:
        history = history.given(*history.when(command).events())
    return history


def converted(history: Scenario) -> PaymentConverted:
    """By its settlement; both sides of its entry balance."""
    _, event = history.when(SETTLE).events()
    assert post(event) is not None
    return event  # type: ignore[no-any-return]


def parts(event: PaymentConverted) -> dict[str, tuple[int, int]]:
    return {part.part: (part.from_minor, part.to_minor) for part in event.parts}


def test_a_sale_without_refunds() -> None:
    assert converted(paid) == CONVERTED


def test_what_waits_for_a_decision_stays_set_aside() -> None:
    downloaded = paid.given(EXAMPLES["order.downloaded.v1"])
    waiting = after(downloaded, replace(ASK, asked_by="buyer"))
    assert parts(converted(waiting)) == {
        "available": (-897, -969),
        "refunding": (26_910, 29_063),
        "commission": (2_990, 3_229),
        "processing": (897, 969),
    }


def test_who_bears_the_processing_fee_of_a_refund_still_does() -> None:
    made = after(paid, replace(ASK, platform_bears_fee=True), RECORD)
    (refund,) = converted(made).refunds
    borne = refund.seller_minor, refund.commission_minor, refund.processing_minor
    assert borne == (28_094, 3_229, 969)
    assert parts(converted(made)) == {"uncleared": (29_900, 32_292)}


def test_what_a_refund_took_beyond_the_payment_stays_in_suspense() -> None:
    made = after(paid, replace(RECORD, refund_id="", amount_minor=40_000))
    found = parts(converted(made))
    assert found["uncleared"] == (40_000, 43_200)
    assert found["suspense"] == (-10_100, -10_908)


def test_a_refund_that_failed_claims_nothing() -> None:
    found = parts(converted(after(paid, ASK, RECORD, FAIL)))
    assert found["pending"][1] + found["available"][1] == 28_094
    assert found["commission"] == (2_990, 3_229)


def test_a_later_refund_moves_and_matures_in_the_new_currency_at_its_own_rate() -> None:
    due = AT + 9 * DAY
    out = moved("txn_3", "refund", "re_1", -32_500, AT, fee_minor=25, available_on=due)
    refunded = after(paid, SETTLE, ASK, RECORD)
    (settled,) = refunded.when(SettleOrder(ORDER_ID, out)).events()
    amounts = settled.amount_minor, settled.moved_minor, settled.exchange_loss_minor
    assert (settled.currency, *amounts) == ("USD", 32_292, 32_500, 208)
    assert post(settled) is not None
    ripen: Any = MakeTransactionAvailable(ORDER_ID, "txn_3", due)  # type: ignore[arg-type]
    refunded.given(settled).when(ripen).then(
        FundsAvailable(ORDER_ID, "txn_3", "USD", -32_525)  # type: ignore[arg-type]
    )
