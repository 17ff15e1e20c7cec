"""Breaks whose money goes back: asked for once it is ours, resolved when all of it has gone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from events import AT, EXAMPLES
from scenario import Scenario
from transactions import moved, otherwise

from mywork.domain.breaks.decider import BREAK
from mywork.domain.breaks.explanation_messages import ResolveBreak, WriteOffFact
from mywork.domain.breaks.return_messages import FailReturn, MakeReturnAvailable, RecordReturn
from mywork.domain.breaks.settlement_messages import BreakFundsAvailable, SettleBreak
from mywork.domain.errors import (
    BreakNotFound,
    BreakNotOpen,
    PaymentDisagrees,
    PredecessorMissing,
    ResolutionInvalid,
)

OPENED: Any = EXAMPLES["break.opened.v1"]
SETTLED: Any = EXAMPLES["break.settled.v1"]
ASKED: Any = EXAMPLES["break.return_asked.v1"]
RETURNED: Any = EXAMPLES["break.returned.v1"]
FAILED: Any = EXAMPLES["break.return_failed.v1"]
RETURN_SETTLED: Any = EXAMPLES["break.return_settled.v1"]
RESOLVED: Any = replace(
    EXAMPLES["break.resolved.v1"],
    suspense_minor=0,
    account="",
    reason="returned to whoever paid it",
)

opened = Scenario(BREAK).given(OPENED)
settled = opened.given(SETTLED, ASKED)
returned = settled.given(RETURNED, RESOLVED)

SETTLE: Any = SettleBreak(
    "ch_9",  # type: ignore[arg-type]
    moved(
        "txn_9", "charge", "ch_9", 29_900, AT, fee_minor=897, available_on=AT + timedelta(days=2)
    ),
)
RECORD: Any = RecordReturn("ch_9", "re_9", "USD", 29_900, AT)  # type: ignore[arg-type]
FAIL: Any = FailReturn("ch_9", "re_9", AT)  # type: ignore[arg-type]
SETTLE_RETURN: Any = SettleBreak(
    "ch_9",  # type: ignore[arg-type]
    moved("txn_10", "refund", "re_9", -29_900, AT),
)
RESOLVE: Any = ResolveBreak("ch_9", "bank", "refunded by hand", AT)  # type: ignore[arg-type]


LATE = "uncleared-ch_1-USD"
WRITTEN_OFF: Any = EXAMPLES["break.fact_written_off.v1"]
WRITE_OFF: Any = WriteOffFact(
    LATE, 29_900, "expense:bad_debt", "Stripe lost it", AT
)  # type: ignore[arg-type]  # fmt: skip
waiting = Scenario(BREAK).given(
    replace(OPENED, break_id=LATE, kind="unsettled_fact", object_id="ch_1")
)


def test_a_fact_that_stripe_will_never_settle_is_written_off_with_what_waits_of_it_now() -> None:
    closed = replace(
        RESOLVED, break_id=LATE, object_id="ch_1", account="expense:bad_debt",
        reason="Stripe lost it",
    )  # fmt: skip
    waiting.when(WRITE_OFF).then(WRITTEN_OFF, closed)
    waiting.given(closed).when(WRITE_OFF).refused(BreakNotOpen)
    waiting.when(replace(WRITE_OFF, reason=" ")).refused(ResolutionInvalid, "reason")
    for account in ("", "nowhere", "stripe:uncleared"):
        waiting.when(replace(WRITE_OFF, account=account)).refused(ResolutionInvalid)
    opened.when(replace(WRITE_OFF, break_id="ch_9")).refused(ResolutionInvalid, "waits for Stripe")
    Scenario(BREAK).when(WRITE_OFF).refused(BreakNotFound)


def test_a_payment_that_nobody_may_keep_is_asked_to_go_back_once_it_is_ours() -> None:
    opened.when(SETTLE).then(SETTLED, ASKED)
    settled.when(SETTLE).nothing_new()
    explained = opened.given(EXAMPLES["break.resolved.v1"])
    explained.when(SETTLE).then(SETTLED)  # a person was faster
    other = Scenario(BREAK).given(replace(OPENED, kind="unexplained_transaction"))
    other.when(SETTLE).then(SETTLED)


def test_a_settlement_in_another_currency_converts_what_is_in_suspense() -> None:
    abroad = Scenario(BREAK).given(replace(OPENED, currency="EUR"))
    events = abroad.when(otherwise(SETTLE, amount_minor=32_394)).events()
    assert events[1] == EXAMPLES["break.converted.v1"]
    converted = abroad.given(*events)
    (back, _) = converted.when(replace(RECORD, currency="EUR")).events()
    assert (back.currency, back.amount_minor) == ("USD", 32_394)
    (part,) = converted.when(replace(RECORD, currency="EUR", amount_minor=14_950)).events()
    assert part.amount_minor == 16_197


def test_returning_resolves_the_break() -> None:
    settled.when(RECORD).then(RETURNED, RESOLVED)
    returned.when(RECORD).nothing_new()
    opened.when(RECORD).refused(PredecessorMissing, "to settle")
    part = replace(RETURNED, amount_minor=10_000)
    settled.when(replace(RECORD, amount_minor=10_000)).then(part)
    returned.when(RESOLVE).refused(BreakNotOpen)


def test_a_return_that_fails_opens_the_break_again() -> None:
    returned.when(FAIL).then(FAILED)
    returned.given(FAILED).when(FAIL).nothing_new()
    settled.when(FAIL).refused(PredecessorMissing)
    returned.given(FAILED).when(RESOLVE).then(EXAMPLES["break.resolved.v1"])


def test_a_returns_transaction_settles_it_once() -> None:
    returned.when(SETTLE_RETURN).then(RETURN_SETTLED)
    returned.given(RETURN_SETTLED).when(SETTLE_RETURN).nothing_new()
    settled.when(SETTLE_RETURN).refused(PredecessorMissing)
    returned.when(otherwise(SETTLE_RETURN, currency="EUR")).refused(PaymentDisagrees)
    back = replace(
        RETURN_SETTLED, transaction_id="txn_11", amount_minor=-29_900, moved_minor=-29_900
    )
    failed = returned.given(RETURN_SETTLED, FAILED)
    failed.when(otherwise(SETTLE_RETURN, id="txn_11", amount_minor=29_900)).then(back)


def test_a_returns_transaction_may_be_due_later() -> None:
    due = AT + timedelta(days=1)
    later = replace(RETURN_SETTLED, available_on=due, fee_minor=25)
    ripe: Any = MakeReturnAvailable("ch_9", "txn_10", due)  # type: ignore[arg-type]
    moved = BreakFundsAvailable("ch_9", "txn_10", "USD", -29_925)  # type: ignore[arg-type]
    returned.given(later).when(ripe).then(moved)
    returned.given(later, moved).when(ripe).nothing_new()
    returned.when(ripe).nothing_new()


def test_a_refund_that_nobody_explained_has_no_return_to_settle() -> None:
    other = Scenario(BREAK).given(replace(OPENED, kind="unexplained_transaction"))
    other.when(SETTLE_RETURN).refused(PaymentDisagrees, "nobody has explained")
