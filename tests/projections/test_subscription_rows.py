"""A subscription and its entitlement as rows: what is shown, what may be used, and why not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from events import EXAMPLES, MONTH_LATER
from folding import sent


def example(name: str, **changes: Any) -> Any:
    return replace(EXAMPLES[f"subscription.{name}.v1"], **changes)


REQUESTED, STARTED, ACTIVE = example("requested"), example("started"), example("status_changed")
OVERDUE = example("status_changed", status="past_due", grace_until=MONTH_LATER + timedelta(days=7))
begun = (REQUESTED, example("customer_opened"), STARTED)
active = (*begun, ACTIVE)


def shown(*events: Any) -> Any:
    return sent("subscriptions", *events)


def entitled(*events: Any) -> tuple[str | None, str | None, str | None]:
    found = sent("entitlements", *events)
    return found["tier"], found["until"], found["why_not"]


# Subscriptions ------------------------------------------------------------------------------


def test_it_shows_its_terms_from_the_request_on() -> None:
    requested = shown(REQUESTED)
    assert (requested["status"], requested["tier"]) == ("requested", "pro")
    assert (requested["price"], requested["price_minor"]) == (29.0, 2_900)
    assert requested["period_end"] is None
    found = shown(*active, example("period_begun"))
    assert (found["status"], found["period_start"]) == ("active", "2026-12-10T12:00:00Z")
    assert shown(REQUESTED, example("refused"))["refused"] == "resource_missing"


def test_one_made_by_hand_is_shown_too() -> None:
    found = shown(replace(STARTED, request_id=""), ACTIVE)
    assert (found["status"], found["tier"], found["price_minor"]) == ("active", "pro", 2_900)


def test_what_was_asked_is_shown_until_stripe_answers() -> None:
    changing = (*active, example("plan_change_requested"))
    assert shown(*changing)["awaits"] == "team"
    changed = shown(*changing, example("plan_changed"))
    assert (changed["awaits"], changed["tier"], changed["price_minor"]) == (None, "team", 9_900)
    refused = shown(*changing, example("plan_change_refused"))
    assert (refused["awaits"], refused["refused"], refused["tier"]) == (
        None, "card_declined", "pro",
    )  # fmt: skip
    assert shown(*changing, example("plan_change_refused"), changing[-1])["refused"] is None


def test_ending_and_going_on() -> None:
    asked = (*active, example("cancellation_requested"))
    assert shown(*asked)["awaits"] == "cancellation"
    assert shown(*asked, example("resumption_requested"))["awaits"] is None
    ending = (*asked, example("cancellation_scheduled"))
    assert (shown(*ending)["awaits"], shown(*ending)["ends_at"]) == (None, "2026-12-10T12:00:00Z")
    resuming = (*ending, example("resumption_requested"))
    assert shown(*resuming)["awaits"] == "resumption"
    assert shown(*resuming, example("cancellation_withdrawn"))["ends_at"] is None
    ended = (*ending, example("ended"))
    assert (shown(*ended)["status"], shown(*ended)["ended_at"]) == (
        "cancelled", "2026-12-10T12:00:00Z",
    )  # fmt: skip
    assert shown(*ended, REQUESTED)["ended_at"] is None


def test_money_owed_either_way() -> None:
    failed = shown(*active, OVERDUE, example("invoice_failed"))
    assert failed["next_payment_attempt_at"] == "2026-12-11T12:00:00Z"
    paid = shown(*active, OVERDUE, example("invoice_failed"), example("invoice_paid"))
    assert paid["next_payment_attempt_at"] is None
    assert shown(*active, example("credit_granted"))["credit_minor"] == 3_500
    left = (*active, example("credit_granted"), example("credit_applied"))
    assert (shown(*left)["credit"], shown(*left, REQUESTED)["credit_minor"]) == (6.0, 600)


# Entitlements -------------------------------------------------------------------------------


def test_a_tier_may_be_used_while_it_is_paid_for() -> None:
    assert entitled(*begun) == (None, None, "the first payment is awaited")
    assert entitled(*active) == ("pro", "2026-12-10T12:00:00Z", None)
    trial = (*begun, example("status_changed", status="trialing"))
    assert entitled(*trial)[0] == "pro"
    renewed = (*active, example("period_begun"))
    assert entitled(*renewed)[1] == "2027-01-10T12:00:00Z"
    assert entitled(*active, example("plan_change_requested"))[0] == "pro"
    assert entitled(*active, example("plan_changed"))[0] == "team"


def test_overdue_it_goes_on_for_the_days_of_grace() -> None:
    assert entitled(*active, OVERDUE) == ("pro", "2026-12-17T12:00:00Z", None)
    tier, until, why_not = entitled(*active, OVERDUE, example("grace_ended"))
    assert (tier, until) == (None, None)
    assert "pay the open invoice" in str(why_not)
    assert entitled(*active, OVERDUE, example("grace_ended"), ACTIVE)[0] == "pro"


@pytest.mark.parametrize("status", ["unpaid", "paused"])
def test_not_paid_for_it_may_not_be_used(status: str) -> None:
    tier, _, why_not = entitled(*active, example("status_changed", status=status))
    assert (tier, bool(why_not)) == (None, True)


@pytest.mark.parametrize("status", ["canceled", "incomplete_expired"])
def test_ended_it_may_not_be_used(status: str) -> None:
    ending = (*active, example("cancellation_scheduled"))
    assert entitled(*ending)[:2] == ("pro", "2026-12-10T12:00:00Z")
    going_on = (*ending, example("period_begun"), example("cancellation_withdrawn"))
    assert entitled(*going_on)[1] == "2027-01-10T12:00:00Z"
    tier, _, why_not = entitled(*ending, example("ended", status=status))
    assert (tier, str(why_not).endswith("subscribe again")) == (None, True)
