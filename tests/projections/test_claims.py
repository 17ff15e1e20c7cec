"""What refunds and disputes make of an order: its status, its access, what is told of each."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from events import AT, EXAMPLES
from folding import sent

PLACED, PAID = EXAMPLES["order.placed.v1"], EXAMPLES["order.paid.v1"]
REQUESTED, APPROVED = EXAMPLES["order.refund_requested.v1"], EXAMPLES["order.refund_approved.v1"]
CREATED, SUCCEEDED = EXAMPLES["order.refund_created.v1"], EXAMPLES["order.refund_succeeded.v1"]
FAILED = EXAMPLES["order.refund_failed.v1"]
DECLINED, REFUSED = EXAMPLES["order.refund_declined.v1"], EXAMPLES["order.refund_refused.v1"]
OPENED, WITHDRAWN = EXAMPLES["order.dispute_opened.v1"], EXAMPLES["order.dispute_withdrawn.v1"]
REINSTATED = EXAMPLES["order.dispute_reinstated.v1"]
LOST, ANSWERED = EXAMPLES["order.dispute_closed.v1"], EXAMPLES["order.evidence_submitted.v1"]
WARNED = EXAMPLES["order.fraud_warned.v1"]
PART = replace(REQUESTED, asked_minor=10_000, amount_minor=10_000, seller_minor=9_000)
INQUIRY = replace(OPENED, inquiry=True)
NOTHING = {"held_minor": 0, "seller_minor": 0, "set_aside_minor": 0, "commission_minor": 0}
WON = replace(LOST, outcome="won", **NOTHING)


def order_after(*events: Any) -> Any:
    return sent("orders", PLACED, PAID, *events)


# Orders -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "status", "access", "refunded_minor", "refund"),
    [
        ((REQUESTED,), "completed", "active", 0, "requested"),
        ((REQUESTED, APPROVED), "completed", "active", 0, "approved"),
        ((REQUESTED, APPROVED, CREATED), "refunded", "revoked", 29_900, "pending"),
        ((REQUESTED, APPROVED, CREATED, SUCCEEDED), "refunded", "revoked", 29_900, "succeeded"),
        ((REQUESTED, APPROVED, CREATED, FAILED), "completed", "active", 0, "failed"),
        ((REQUESTED, APPROVED, CREATED, SUCCEEDED, FAILED), "completed", "active", 0, "failed"),
        ((REQUESTED, CREATED, replace(FAILED, cancelled=True)), "completed", "active", 0,
         "cancelled"),
        ((REQUESTED, DECLINED), "completed", "active", 0, "declined"),
        ((REQUESTED, APPROVED, REFUSED), "completed", "active", 0, "refused"),
        ((PART, APPROVED, CREATED), "partially_refunded", "active", 10_000, "pending"),
    ],
)  # fmt: skip
def test_refunds_of_an_order(
    then: tuple[Any, ...], status: str, access: str, refunded_minor: int, refund: str
) -> None:
    order = order_after(*then)
    assert (order["status"], order["access"]) == (status, access)
    assert order["refunded_minor"] == refunded_minor
    assert [line["status"] for line in order["refunds"]] == [refund]
    assert order["payment_status"] == ("refunded" if status == "refunded" else "completed")


def test_a_refund_says_who_asked_why_and_why_not() -> None:
    (line,) = order_after(REQUESTED, DECLINED)["refunds"]
    assert (line["asked_by"], line["reason"], line["note"]) == (
        "buyer", "it does not run here", "it was used",
    )  # fmt: skip
    assert (line["amount_minor"], line["currency"]) == (29_900, "USD")
    assert (line["requested_at"], line["changed_at"]) == (
        "2026-11-10T14:00:00Z", "2026-11-10T15:00:00Z",
    )  # fmt: skip


def test_two_partial_refunds_refund_an_order() -> None:
    rest = replace(REQUESTED, refund_id="r2", asked_minor=19_900)
    events = [PART, APPROVED, CREATED, rest, replace(CREATED, refund_id="r2")]
    order = order_after(*events)
    assert (order["status"], order["access"], order["refunded_minor"]) == (
        "refunded", "revoked", 29_900,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("then", "status", "access", "disputed", "dispute"),
    [
        ((INQUIRY,), "completed", "active", False, "inquiry"),
        ((INQUIRY, ANSWERED), "completed", "active", False, "evidence_submitted"),
        ((INQUIRY, ANSWERED, OPENED), "disputed", "active", True, "needs_response"),
        ((INQUIRY, replace(WON, outcome="inquiry_closed")), "completed", "active", False,
         "inquiry_closed"),
        ((OPENED,), "disputed", "active", True, "needs_response"),
        ((OPENED, WITHDRAWN), "disputed", "revoked", True, "needs_response"),
        ((OPENED, WITHDRAWN, replace(ANSWERED, final=False)), "disputed", "revoked", True,
         "needs_response"),
        ((OPENED, WITHDRAWN, ANSWERED), "disputed", "revoked", True, "evidence_submitted"),
        ((OPENED, WITHDRAWN, ANSWERED, LOST), "disputed", "revoked", True, "lost"),
        ((OPENED, WITHDRAWN, WON), "completed", "active", False, "won"),
        ((OPENED, WITHDRAWN, REINSTATED), "disputed", "active", True, "needs_response"),
        ((OPENED, WITHDRAWN, WON, REINSTATED), "completed", "active", False, "won"),
        ((PART, APPROVED, CREATED, OPENED, WITHDRAWN, WON), "partially_refunded", "active", False,
         "won"),
    ],
)  # fmt: skip
def test_disputes_of_an_order(
    then: tuple[Any, ...], status: str, access: str, *, disputed: bool, dispute: str
) -> None:
    order = order_after(*then)
    assert (order["status"], order["access"], order["disputed"]) == (status, access, disputed)
    assert [line["status"] for line in order["disputes"]] == [dispute]


def test_an_order_that_was_never_paid_has_no_access() -> None:
    assert sent("orders", PLACED)["access"] is None
    assert sent("orders", PLACED, EXAMPLES["order.expired.v1"])["access"] is None
    assert sent("orders", PLACED, EXAMPLES["order.granted.v1"])["access"] == "active"


def test_of_two_failed_attempts_the_later_is_shown_whichever_came_last() -> None:
    first = EXAMPLES["order.payment_attempt_failed.v1"]
    later = replace(first, failure_code="expired_card")
    assert sent("orders", PLACED, first, later)["failure_code"] == "expired_card"


# In whichever order it became known --------------------------------------------------------


def at(event: Any, hours: int) -> tuple[Any, Any]:
    return event, AT + timedelta(hours=hours)


@pytest.mark.parametrize("name", ["orders", "sales"])
def test_the_order_of_what_is_independent_changes_nothing(name: str) -> None:
    """Two refunds, a dispute and a warning, each in its own order, woven in every way."""
    second = replace(PART, refund_id="r2")
    strands = (
        [at(PART, 3), at(APPROVED, 4), at(CREATED, 6)],
        [at(second, 5), at(replace(CREATED, refund_id="r2"), 7)],
        [at(OPENED, 2), at(WITHDRAWN, 8)],
        [at(WARNED, 1)],
    )
    start = [at(PLACED, 0), at(PAID, 0)]
    found = {str(sent(name, *start, *woven)) for woven in weaves(*strands)}
    assert len(found) == 1


def weaves(*strands: list[Any]) -> Any:
    turns = [number for number, strand in enumerate(strands) for _ in strand]
    for order in set(permutations(turns)):
        left = [iter(strand) for strand in strands]
        yield [next(left[number]) for number in order]


# A dispute ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "set_aside_minor", "fee_minor", "cost_minor"),
    [
        ((), 0, 0, 0),
        ((WITHDRAWN,), 26_910, 1_500, 1_500),
        ((WITHDRAWN, LOST), 0, 1_500, 28_410),
        ((WITHDRAWN, WON, replace(REINSTATED, fee_minor=0)), 0, 1_500, 1_500),
        ((WITHDRAWN, REINSTATED, WON), 0, 0, 0),
    ],
)
def test_what_a_dispute_costs_its_seller(
    then: tuple[Any, ...], set_aside_minor: int, fee_minor: int, cost_minor: int
) -> None:
    dispute = sent("disputes", OPENED, *then)
    found = dispute["set_aside_minor"], dispute["fee_minor"], dispute["cost_minor"]
    assert found == (set_aside_minor, fee_minor, cost_minor)


def test_a_dispute_keeps_its_dates() -> None:
    dispute = sent("disputes", INQUIRY, OPENED, WITHDRAWN, ANSWERED, LOST)
    assert dispute["id"] == "dp_1"
    assert (dispute["status"], dispute["inquiry"], dispute["reason"]) == (
        "lost", False, "fraudulent",
    )  # fmt: skip
    assert [dispute[f"{name}_at"][11:13] for name in ("opened", "withdrawn", "closed")] == [
        "13", "14", "16",
    ]  # fmt: skip
    assert dispute["evidence_submitted_at"] == "2026-11-10T15:00:00Z"
    assert dispute["evidence_due_by"] == "2026-11-19T12:00:00Z"
    assert sent("disputes", INQUIRY)["status"] == "inquiry"
