"""Subscriptions: what may be asked, what Stripe says, what is earned; and what is refused."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from events import AT, EXAMPLES, FIRST_OF_DECEMBER, MONTH_LATER
from scenario import Scenario
from transactions import moved, otherwise

from mywork.domain.errors import (
    AlreadySubscribed,
    CurrencyUnsupported,
    HoldNotOver,
    InvoiceNotFound,
    NothingToResume,
    PaymentDisagrees,
    PlanChangePending,
    PredecessorMissing,
    SubscriptionNotActive,
    SubscriptionNotFound,
    TierUnknown,
)
from mywork.domain.identifiers import UserId
from mywork.domain.subscription.contract_messages import (
    CancelSubscription,
    ChangePlan,
    EndGrace,
    FollowSubscription,
    OpenCustomer,
    RefusePlanChange,
    RefuseSubscription,
    ResumeSubscription,
    Snapshot,
    Subscribe,
)
from mywork.domain.subscription.decider import SUBSCRIPTION
from mywork.domain.subscription.dispute_messages import (
    CloseInvoiceDispute,
    MoveInvoiceDispute,
    OpenInvoiceDispute,
)
from mywork.domain.subscription.invoice_messages import (
    ConcludeInvoiceRefund,
    FailInvoice,
    RecogniseRevenue,
    RecordInvoice,
    RecordInvoiceRefund,
)
from mywork.domain.subscription.plans import PLANS, plan_for
from mywork.domain.subscription.settlement_messages import (
    MakeSubscriptionFundsAvailable,
    SettleSubscription,
)

DAY = timedelta(days=1)
PRO, TEAM = plan_for("pro", "USD"), plan_for("team", "USD")


def example(name: str) -> Any:
    return EXAMPLES[f"subscription.{name}.v1"]


REQUESTED, STARTED, ACTIVE = example("requested"), example("started"), example("status_changed")
CHANGING, SCHEDULED, ENDED = (
    example("plan_change_requested"),
    example("cancellation_scheduled"),
    example("ended"),
)
PAID, SETTLED = example("invoice_paid"), example("invoice_settled")

nobody = Scenario(SUBSCRIPTION)
requested = nobody.given(REQUESTED)
incomplete = requested.given(example("customer_opened"), STARTED)
active = incomplete.given(ACTIVE)
ending = active.given(SCHEDULED)
ended = active.given(ENDED)
overdue = active.given(replace(ACTIVE, status="past_due", grace_until=AT + 37 * DAY))
paid = active.given(PAID)
settled = paid.given(SETTLED)

SUBSCRIBE: Any = Subscribe("bo", "1", PRO, AT)
REFUSE: Any = RefuseSubscription("bo", "1", "resource_missing", AT)
OPEN: Any = OpenCustomer("bo", "cus_1", AT)
CHANGE: Any = ChangePlan("bo", TEAM, AT)
REFUSE_CHANGE: Any = RefusePlanChange("bo", "team-usd-2026-1", "card_declined", AT)
CANCEL: Any = CancelSubscription("bo", AT)
RESUME: Any = ResumeSubscription("bo", AT)
SNAPSHOT: Any = Snapshot(
    "sub_1", "cus_1", "1", "pro", "USD", 2_900, "active", AT, MONTH_LATER, None, None, ""
)
END_GRACE: Any = EndGrace("bo", AT + 37 * DAY)


def follow(**changes: Any) -> Any:
    return FollowSubscription("bo", replace(SNAPSHOT, **changes), AT)


# Plans --------------------------------------------------------------------------------------


def test_a_plan_is_a_tier_in_a_currency() -> None:
    assert (PRO.price_minor, TEAM.price_minor) == (2_900, 9_900)
    assert plan_for("enterprise", "JPY").price_minor == 74_800
    with pytest.raises(TierUnknown, match="choose pro, team, enterprise"):
        plan_for("royal", "USD")
    with pytest.raises(CurrencyUnsupported, match="use one of EUR"):
        plan_for("pro", "CHF")


def test_three_decimal_prices_can_be_charged() -> None:
    for plan in PLANS.values():
        assert plan.currency != "KWD" or plan.price_minor % 10 == 0


# Asking -------------------------------------------------------------------------------------


def test_subscribing() -> None:
    nobody.when(SUBSCRIBE).then(REQUESTED)
    again = replace(SUBSCRIBE, request_id="2")
    for before in (ended, requested.given(example("refused"))):
        before.when(again).then(replace(REQUESTED, request_id="2"))
        before.when(SUBSCRIBE).nothing_new()  # the first request came to nothing, and stays so


def test_asking_again_before_it_is_paid_is_the_same_request() -> None:
    for before in (requested, incomplete):
        before.when(replace(SUBSCRIBE, request_id="2")).nothing_new()
        before.when(SUBSCRIBE).nothing_new()


def test_nobody_has_two_subscriptions() -> None:
    other = replace(SUBSCRIBE, request_id="2", plan=TEAM)
    requested.when(other).refused(AlreadySubscribed, "you asked for pro")
    incomplete.when(other).refused(AlreadySubscribed, "pay or cancel it")
    active.when(other).refused(AlreadySubscribed, "change the plan")
    active.when(replace(SUBSCRIBE, request_id="2")).refused(AlreadySubscribed)
    active.when(SUBSCRIBE).nothing_new()


def test_stripe_refuses_a_subscription() -> None:
    requested.when(REFUSE).then(example("refused"))
    active.when(REFUSE).nothing_new()
    requested.when(replace(REFUSE, request_id="2")).nothing_new()


def test_a_customer_is_opened_once() -> None:
    requested.when(OPEN).then(example("customer_opened"))
    incomplete.when(replace(OPEN, customer_id="cus_2")).nothing_new()


def test_changing_the_plan() -> None:
    active.when(CHANGE).then(CHANGING)
    active.when(replace(CHANGE, plan=PRO)).nothing_new()
    active.given(CHANGING).when(CHANGE).nothing_new()
    enterprise = replace(CHANGE, plan=plan_for("enterprise", "USD"))
    active.given(CHANGING).when(enterprise).refused(PlanChangePending)
    nobody.when(CHANGE).refused(SubscriptionNotFound)
    ended.when(CHANGE).refused(SubscriptionNotFound)
    overdue.when(CHANGE).refused(SubscriptionNotActive, "pay the open invoice")
    incomplete.when(CHANGE).refused(SubscriptionNotActive, "pay its first invoice")
    in_euros = replace(CHANGE, plan=plan_for("team", "EUR"))
    active.when(in_euros).refused(SubscriptionNotActive, "is in USD")


def test_a_refused_change_changes_nothing() -> None:
    refused = active.given(CHANGING)
    refused.when(REFUSE_CHANGE).then(example("plan_change_refused"))
    active.when(REFUSE_CHANGE).nothing_new()
    refused.when(replace(REFUSE_CHANGE, plan_id="pro-usd-2026-1")).nothing_new()
    refused.given(example("plan_change_refused")).when(CHANGE).then(CHANGING)


def test_cancelling_is_for_the_end_of_what_is_paid() -> None:
    active.when(CANCEL).then(example("cancellation_requested"))
    active.given(example("cancellation_requested")).when(CANCEL).nothing_new()
    ending.when(CANCEL).nothing_new()
    nobody.when(CANCEL).refused(SubscriptionNotFound)
    for unpaid in (incomplete, overdue):
        unpaid.when(CANCEL).then(replace(example("cancellation_requested"), at_once=True))


def test_resuming() -> None:
    ending.when(RESUME).then(example("resumption_requested"))
    active.given(example("cancellation_requested")).when(RESUME).then(
        example("resumption_requested")
    )
    active.given(replace(ACTIVE, status="paused")).when(RESUME).then(
        example("resumption_requested")
    )
    ending.given(example("resumption_requested")).when(RESUME).nothing_new()
    active.when(RESUME).refused(NothingToResume)
    ended.when(RESUME).refused(SubscriptionNotFound)


def test_resumed_it_may_be_cancelled_again() -> None:
    resumed = ending.given(example("resumption_requested"))
    resumed.when(CANCEL).then(example("cancellation_requested"))
    withdrawn = resumed.given(example("cancellation_withdrawn"))
    withdrawn.when(RESUME).refused(NothingToResume)
    withdrawn.when(CANCEL).then(example("cancellation_requested"))


# What Stripe says ---------------------------------------------------------------------------


def test_it_begins_when_stripe_has_it() -> None:
    requested.when(follow(status="incomplete")).then(STARTED)
    requested.when(follow()).then(STARTED, ACTIVE)
    incomplete.when(follow()).then(ACTIVE)
    active.when(follow()).nothing_new()


def test_one_made_by_hand_is_followed_too() -> None:
    by_hand = replace(STARTED, subscription_id="sub_9", request_id="")
    found = follow(subscription_id="sub_9", request_id="", status="incomplete")
    for before in (nobody, ended):
        before.when(found).then(by_hand)


@pytest.mark.parametrize("status", ["trialing", "past_due", "unpaid", "paused"])
def test_every_status_of_stripes_is_known(status: Any) -> None:
    grace_until = AT + 7 * DAY if status == "past_due" else None
    active.when(follow(status=status)).then(replace(ACTIVE, status=status, grace_until=grace_until))


@pytest.mark.parametrize("status", ["canceled", "incomplete_expired"])
def test_what_has_ended_stays_ended(status: Any) -> None:
    end = follow(status=status, ended_at=MONTH_LATER, end_reason="cancellation_requested")
    active.when(end).then(replace(ENDED, status=status))
    requested.when(end).then(STARTED, replace(ENDED, status=status))
    ended.when(end).nothing_new()
    ended.when(follow()).nothing_new()
    requested.when(replace(end, snapshot=replace(end.snapshot, request_id=""))).nothing_new()


def test_a_second_one_waits_for_the_end_of_the_first() -> None:
    second = follow(subscription_id="sub_2", request_id="2")
    active.when(second).refused(PredecessorMissing)
    ended.when(second).then(replace(STARTED, subscription_id="sub_2", request_id="2"),
                            replace(ACTIVE, subscription_id="sub_2"))  # fmt: skip


def test_a_snapshot_tells_all_that_was_missed() -> None:
    later = MONTH_LATER + 31 * DAY
    found = follow(
        tier="team", price_minor=9_900, period_start=MONTH_LATER, period_end=later,
        cancels_at=later, status="past_due",
    )  # fmt: skip
    active.given(CHANGING).when(found).then(
        example("plan_changed"),
        example("period_begun"),
        replace(SCHEDULED, ends_at=later),
        replace(ACTIVE, status="past_due", grace_until=MONTH_LATER + 7 * DAY),
    )
    ending.when(follow()).then(example("cancellation_withdrawn"))


def test_grace_ends_after_seven_days_unless_it_was_paid() -> None:
    overdue.when(END_GRACE).then(example("grace_ended"))
    overdue.when(replace(END_GRACE, at=AT + 36 * DAY)).nothing_new()
    overdue.given(example("grace_ended")).when(END_GRACE).nothing_new()
    for other in (active, nobody, ended):
        other.when(END_GRACE).nothing_new()


# Money --------------------------------------------------------------------------------------

LINE = PAID.lines[0]
RECORD: Any = RecordInvoice(
    "bo", "in_1", "sub_1", "ch_2", "USD", 2_900, 0, PAID.lines, AT
)  # fmt: skip
RECOGNISE: Any = RecogniseRevenue("bo", "in_1", FIRST_OF_DECEMBER)
REFUND: Any = RecordInvoiceRefund("bo", "re_2", "ch_2", "USD", 2_900, FIRST_OF_DECEMBER)
SETTLE: Any = SettleSubscription(
    UserId("bo"),
    moved("txn_6", "charge", "ch_2", 2_900, AT, fee_minor=114, available_on=AT + 2 * DAY),
)


def conclude(outcome: Any, reason: str = "") -> Any:
    at = example("invoice_refund_failed").failed_at
    return ConcludeInvoiceRefund("bo", "re_2", outcome, reason, at)


def settle_refund(**changes: Any) -> Any:
    transaction = moved("txn_7", "refund", "re_2", -2_900, AT)
    return SettleSubscription(UserId("bo"), replace(transaction, **changes))


def test_an_invoice_is_paid_once_whatever_became_of_its_subscription() -> None:
    for before in (requested, active, ended):
        before.when(RECORD).then(PAID)
    paid.when(RECORD).nothing_new()


@pytest.mark.parametrize("change", [{"amount_minor": 2_899}, {"credit_minor": 1}])
def test_an_invoice_that_disagrees_is_unforeseen(change: dict[str, Any]) -> None:
    active.when(replace(RECORD, **change)).refused(PaymentDisagrees)


def test_money_of_a_user_who_never_asked_is_unforeseen() -> None:
    nobody.when(RECORD).refused(PaymentDisagrees, "never asked")


def test_credit_is_granted_and_applied() -> None:
    lines = (replace(LINE, amount_minor=-4_950), replace(LINE, amount_minor=1_450))
    granted = replace(
        RECORD, invoice_id="in_2", charge_id="", amount_minor=0, credit_minor=-3_500, lines=lines
    )
    active.when(granted).then(
        replace(PAID, invoice_id="in_2", charge_id="", amount_minor=0, lines=lines),
        example("credit_granted"),
    )
    applied = replace(RECORD, invoice_id="in_3", charge_id="", amount_minor=0, credit_minor=2_900)
    active.when(applied).then(
        replace(PAID, invoice_id="in_3", charge_id="", amount_minor=0), example("credit_applied")
    )


def test_a_failed_attempt_is_told_unless_it_was_paid() -> None:
    failed = example("invoice_failed")
    fail: Any = FailInvoice("bo", "in_4", "sub_1", 1, failed.next_attempt_at, MONTH_LATER)
    active.when(fail).then(failed)
    nobody.when(fail).refused(PredecessorMissing)
    paid.when(replace(fail, invoice_id="in_1")).nothing_new()


def test_a_months_end_books_what_was_earned() -> None:
    recognised = example("revenue_recognised")
    paid.when(RECOGNISE).then(recognised)
    paid.given(recognised).when(RECOGNISE).nothing_new()
    paid.when(replace(RECOGNISE, at=AT)).nothing_new()
    rest = replace(recognised, through=MONTH_LATER, amount_minor=967, deferred_minor=0)
    paid.given(recognised).when(replace(RECOGNISE, at=MONTH_LATER)).then(rest)
    paid.given(recognised, rest).when(RECOGNISE).nothing_new()
    active.when(RECOGNISE).refused(InvoiceNotFound)


def test_a_refund_takes_first_what_is_not_earned() -> None:
    refunded = example("invoice_refunded")
    for before in (settled, settled.given(example("revenue_recognised"))):
        before.when(REFUND).then(refunded)
    small = replace(REFUND, amount_minor=900)
    settled.when(small).then(
        replace(refunded, asked_minor=900, amount_minor=900, deferred_minor=900, revenue_minor=0)
    )
    settled.given(refunded).when(REFUND).nothing_new()
    for before in (active, paid):
        before.when(REFUND).refused(PredecessorMissing)
    settled.when(replace(REFUND, amount_minor=2_901)).refused(PaymentDisagrees)
    again = replace(REFUND, stripe_refund_id="re_3")
    settled.given(refunded).when(again).refused(PaymentDisagrees)
    settled.when(replace(REFUND, currency="EUR")).refused(PaymentDisagrees)


def test_a_refund_that_comes_late_is_made_up_for_at_each_months_end_behind_it() -> None:
    """In time: deferred 967 of 2,900 go back, and nothing is left to earn."""
    end = replace(RECOGNISE, at=MONTH_LATER)
    (first,) = settled.when(RECOGNISE).events()
    (earned,) = settled.given(first).when(end).events()
    (late,) = settled.given(first, earned).when(REFUND).events()
    assert late == example("invoice_refunded")
    known = settled.given(first, earned, late)
    known.when(RECOGNISE).nothing_new()  # the refund was made at that very moment
    known.when(end).then(replace(earned, amount_minor=-967))
    settled.given(first, late).when(end).nothing_new()


def test_a_failed_refund_gives_both_parts_back() -> None:
    refunded = settled.given(example("invoice_refunded"))
    refunded.when(conclude("failed", "expired_or_canceled_card")).then(
        example("invoice_refund_failed")
    )
    refunded.when(conclude("canceled")).then(
        replace(example("invoice_refund_failed"), cancelled=True, failure_reason="")
    )
    refunded.when(conclude("succeeded")).then(example("invoice_refund_succeeded"))
    refunded.given(example("invoice_refund_succeeded")).when(conclude("succeeded")).nothing_new()
    failed = refunded.given(example("invoice_refund_failed"))
    failed.when(conclude("failed")).nothing_new()
    failed.when(REFUND).nothing_new()
    failed.when(replace(RECOGNISE, at=MONTH_LATER)).then(
        replace(
            example("revenue_recognised"),
            through=MONTH_LATER, amount_minor=2_900, deferred_minor=0,
        )
    )  # fmt: skip
    paid.when(conclude("failed")).refused(PredecessorMissing)


def test_settling() -> None:
    paid.when(SETTLE).then(SETTLED)
    settled.when(SETTLE).nothing_new()
    active.when(SETTLE).refused(PredecessorMissing)
    paid.when(otherwise(SETTLE, amount_minor=2_899)).refused(PaymentDisagrees, "was 29.00 USD")
    again = otherwise(SETTLE, id="txn_8")
    settled.when(again).refused(PaymentDisagrees, "txn_6 has settled")


def test_a_refund_settles_going_out_and_coming_back() -> None:
    refunded = settled.given(example("invoice_refunded"))
    moved = example("invoice_refund_settled")
    refunded.when(settle_refund()).then(moved)
    refunded.given(moved).when(settle_refund()).nothing_new()
    settled.when(settle_refund()).refused(PredecessorMissing)
    for wrong in ({"currency": "EUR"}, {"amount_minor": -2_899}):
        refunded.when(settle_refund(**wrong)).refused(PaymentDisagrees)
    failed = refunded.given(moved, example("invoice_refund_failed"))
    failed.when(settle_refund(id="txn_8", amount_minor=2_900)).then(
        replace(moved, transaction_id="txn_8", amount_minor=-2_900, moved_minor=-2_900)
    )


# Disputes -----------------------------------------------------------------------------------

DISPUTED, MOVED = example("invoice_disputed"), example("invoice_dispute_moved")
LOST, DISPUTE_SETTLED = example("invoice_dispute_closed"), example("invoice_dispute_settled")
DISPUTE: Any = OpenInvoiceDispute(
    "bo", "dp_2", "ch_2", "USD", 2_900, "fraudulent", False, AT
)  # fmt: skip
LOSE: Any = CloseInvoiceDispute("bo", "dp_2", "lost", FIRST_OF_DECEMBER)
WIN: Any = replace(LOSE, outcome="won")

disputed = settled.given(DISPUTED)
held = disputed.given(MOVED)


def move(amount_minor: int, transaction_id: str = "txn_8", currency: str = "USD") -> Any:
    return MoveInvoiceDispute(
        "bo", "dp_2", transaction_id, currency, amount_minor, AT  # type: ignore[arg-type]
    )  # fmt: skip


def settle_dispute(**changes: Any) -> Any:
    transaction = moved("txn_8", "dispute", "dp_2", -2_900, AT, fee_minor=1_500)
    return SettleSubscription(UserId("bo"), replace(transaction, **changes))


def test_what_a_won_dispute_held_comes_back_by_its_own_transaction() -> None:
    won = replace(LOST, outcome="won", held_minor=0, deferred_minor=0, revenue_minor=0)
    held.when(WIN).then(won)
    back = replace(MOVED, transaction_id="txn_9", amount_minor=-2_900, held_minor=-2_900)
    held.given(won).when(move(2_900, "txn_9")).then(back)


def test_a_dispute_holds_what_it_takes_until_it_is_decided() -> None:
    settled.when(DISPUTE).then(DISPUTED)
    disputed.when(DISPUTE).nothing_new()
    disputed.when(move(-2_900)).then(MOVED)
    held.when(move(-2_900)).nothing_new()
    back = replace(MOVED, transaction_id="txn_9", amount_minor=-2_900, held_minor=-2_900)
    held.when(move(2_900, "txn_9")).then(back)
    won = replace(LOST, outcome="won", held_minor=0, deferred_minor=0, revenue_minor=0)
    held.given(back).when(WIN).then(won)
    held.given(back, won).when(replace(RECOGNISE, at=MONTH_LATER)).then(
        replace(
            example("revenue_recognised"),
            through=MONTH_LATER, amount_minor=2_900, deferred_minor=0,
        )
    )  # fmt: skip


def test_what_must_come_before_a_dispute() -> None:
    for before in (active, paid):
        before.when(DISPUTE).refused(PredecessorMissing)
    for command in (move(-2_900), LOSE, settle_dispute()):
        settled.when(command).refused(PredecessorMissing)
    for command in (move(-2_900, currency="EUR"), settle_dispute(currency="EUR")):
        disputed.when(command).refused(PaymentDisagrees, "settled in USD")


def test_a_lost_dispute_takes_first_what_is_not_earned() -> None:
    held.when(LOSE).then(LOST)
    lost = held.given(LOST)
    lost.when(LOSE).nothing_new()
    lost.when(WIN).nothing_new()
    (earned,) = lost.when(replace(RECOGNISE, at=MONTH_LATER)).events()
    assert earned.amount_minor == 1_933  # what was earned before, and is booked at a month's end
    lost.when(REFUND).refused(PaymentDisagrees, r"0\.00 USD is left")


def test_a_lost_dispute_takes_no_more_than_refunds_left() -> None:
    refunded = replace(
        example("invoice_refunded"),
        asked_minor=900, amount_minor=900, deferred_minor=900, revenue_minor=0,
    )  # fmt: skip
    settled.given(refunded, DISPUTED, MOVED).when(LOSE).then(
        replace(LOST, deferred_minor=67, revenue_minor=1_933, excess_minor=900)
    )


def test_an_inquiry_takes_nothing() -> None:
    closed = replace(LOSE, outcome="inquiry_closed")
    settled.when(replace(DISPUTE, inquiry=True)).then(replace(DISPUTED, inquiry=True))
    (event,) = disputed.when(closed).events()
    assert (event.held_minor, event.deferred_minor, event.revenue_minor) == (0, 0, 0)


def test_a_dispute_settles_with_its_fee_each_way() -> None:
    held.when(settle_dispute()).then(DISPUTE_SETTLED)
    known = held.given(DISPUTE_SETTLED)
    known.when(settle_dispute()).nothing_new()
    back = settle_dispute(id="txn_9", amount_minor=2_900, fee_minor=-1_500)
    known.when(back).then(
        replace(DISPUTE_SETTLED, transaction_id="txn_9", amount_minor=-2_900, fee_minor=-1_500)
    )


def test_a_dispute_abroad_moves_at_the_rate_of_its_day() -> None:
    euros = replace(PAID, invoice_id="in_5", charge_id="ch_3", currency="EUR")
    before = active.given(euros)
    settle = otherwise(SETTLE, object_id="ch_3", amount_minor=3_190, exchange_rate="1.1")
    before = before.given(*before.when(settle).events())
    opened = replace(DISPUTE, charge_id="ch_3", currency="EUR")
    before = before.given(*before.when(opened).events())
    before = before.given(*before.when(move(-3_480)).events())
    (lost,) = before.when(LOSE).events()
    assert (lost.held_minor, lost.exchange_loss_minor, lost.excess_minor) == (3_480, 290, 0)
    assert (lost.deferred_minor, lost.revenue_minor) == (1_064, 2_126)
    (back,) = before.when(move(3_335, "txn_9")).events()
    assert (back.amount_minor, back.held_minor) == (-3_335, -3_480)


# Other money --------------------------------------------------------------------------------


def test_settled_in_another_currency_it_is_earned_in_that_one() -> None:
    euros = replace(PAID, invoice_id="in_5", charge_id="ch_3", currency="EUR")
    earned = replace(example("revenue_recognised"), invoice_id="in_5", currency="EUR")
    settle = otherwise(
        SETTLE, object_id="ch_3", currency="USD", amount_minor=3_190, exchange_rate="1.1"
    )
    in_dollars = replace(
        SETTLED, invoice_id="in_5", charge_id="ch_3", amount_minor=3_190, exchange_rate="1.1"
    )
    converted = example("invoice_converted")
    active.given(euros, earned).when(settle).then(in_dollars, converted)
    unearned = replace(
        converted, deferred_minor=2_900, revenue_minor=0, settled_deferred_minor=3_190,
        settled_revenue_minor=0, earned_through=None,
    )  # fmt: skip
    active.given(euros).when(settle).then(in_dollars, unearned)
    rest = replace(
        example("revenue_recognised"),
        invoice_id="in_5", through=MONTH_LATER, amount_minor=1_064, deferred_minor=0,
    )  # fmt: skip
    known = active.given(euros, earned, in_dollars, converted)
    known.when(replace(RECOGNISE, invoice_id="in_5", at=MONTH_LATER)).then(rest)
    refund = replace(REFUND, charge_id="ch_3", currency="EUR")
    (refunded,) = known.when(refund).events()
    assert (refunded.asked_currency, refunded.asked_minor) == ("EUR", 2_900)
    assert (refunded.currency, refunded.amount_minor) == ("USD", 3_190)
    assert (refunded.deferred_minor, refunded.revenue_minor) == (1_064, 2_126)
    (moved,) = known.given(refunded).when(settle_refund(amount_minor=-3_200)).events()
    assert (moved.amount_minor, moved.moved_minor, moved.exchange_loss_minor) == (
        3_190, 3_200, 10,
    )  # fmt: skip


def test_refunds_in_parts_cost_in_another_currency_what_one_would() -> None:
    euros = replace(PAID, invoice_id="in_5", charge_id="ch_3", currency="EUR")
    settle = otherwise(SETTLE, object_id="ch_3", amount_minor=3_190, exchange_rate="1.1")
    history = active.given(euros)
    history = history.given(*history.when(settle).events())
    costs = []
    for number, amount_minor in enumerate((5, 5, 2_890)):
        refund = replace(
            REFUND, stripe_refund_id=f"re_{number}", charge_id="ch_3", currency="EUR",
            amount_minor=amount_minor,
        )  # fmt: skip
        (refunded,) = history.when(refund).events()
        history = history.given(refunded)
        costs.append(refunded.amount_minor)
    assert costs == [6, 5, 3_179]  # 5.5 is rounded up once


def test_what_was_paid_from_credit_is_not_converted() -> None:
    lines = (replace(LINE, amount_minor=2_900),)
    mixed = replace(
        PAID, invoice_id="in_5", charge_id="ch_3", currency="EUR", amount_minor=1_900, lines=lines
    )
    applied = replace(
        example("credit_applied"), invoice_id="in_5", currency="EUR", amount_minor=1_000
    )
    settle = otherwise(SETTLE, object_id="ch_3", amount_minor=2_090, exchange_rate="1.1")
    earned = replace(example("revenue_recognised"), invoice_id="in_5", currency="EUR")
    late = active.given(mixed, applied, earned)
    late = late.given(*late.when(settle).events())
    rest = late.when(replace(RECOGNISE, invoice_id="in_5", at=MONTH_LATER)).events()
    assert {event.currency: event.amount_minor for event in rest} == {"USD": 697, "EUR": 333}
    history = active.given(mixed, applied)
    converted = history.given(*history.when(settle).events())
    for at, expected in ((FIRST_OF_DECEMBER, (1_393, 666)), (MONTH_LATER, (2_090, 1_000))):
        command = replace(RECOGNISE, invoice_id="in_5", at=at)
        found = {event.currency: event.amount_minor for event in converted.when(command).events()}
        assert found == dict(zip(("USD", "EUR"), expected, strict=True))


def test_funds_become_available_when_stripe_said() -> None:
    def ripen(transaction_id: str, at: datetime) -> Any:
        return MakeSubscriptionFundsAvailable("bo", transaction_id, at)  # type: ignore[arg-type]

    settled.when(ripen("txn_6", AT + 2 * DAY)).then(example("funds_available"))
    settled.when(ripen("txn_6", AT)).refused(HoldNotOver)
    paid.when(ripen("txn_6", AT + 2 * DAY)).nothing_new()
    settled.given(example("funds_available")).when(ripen("txn_6", AT + 3 * DAY)).nothing_new()
    later = replace(example("invoice_refund_settled"), available_on=AT + DAY, fee_minor=5)
    refunded = settled.given(example("invoice_refunded"), later)
    of_dispute = replace(DISPUTE_SETTLED, available_on=AT + DAY)
    held.given(of_dispute).when(ripen("txn_8", AT + DAY)).then(
        replace(example("funds_available"), transaction_id="txn_8", net_minor=-4_400)
    )
    refunded.when(ripen("txn_7", AT + DAY)).then(
        replace(example("funds_available"), transaction_id="txn_7", net_minor=-2_905)
    )
