"""Given some events, a row has this state and sends that: pure, without a database."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from events import EXAMPLES
from folding import folded, recorded, sent

from mywork.projections.catalogue import named, projections
from mywork.projections.projection import Projection


@pytest.mark.parametrize("projection", projections(), ids=lambda projection: projection.name)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_event_is_folded_or_of_no_interest(projection: Projection[Any], name: str) -> None:
    """Also where its beginning is missing: a fold never stops the history."""
    for key in projection.keys(EXAMPLES[name]):
        row = projection.evolve(None, recorded(1, name))
        assert key
        assert row is None or orjson.loads(projection.document(row))


@pytest.mark.parametrize(
    ("then", "status", "payment_status", "failure_code"),
    [
        ((), "pending", "pending", None),
        (("initiated",), "pending", "pending", None),
        (("initiated", "attempt_failed"), "pending", "failed", "generic_decline"),
        (("initiated", "attempt_failed", "paid"), "completed", "completed", None),
        (("expired",), "expired", "cancelled", None),
        (("initiated", "attempt_failed", "expired"), "failed", "failed", "generic_decline"),
        (("granted",), "completed", "not_required", None),
    ],
)
def test_an_order(
    then: tuple[str, ...], status: str, payment_status: str, failure_code: str | None
) -> None:
    names = {"initiated": "payment_initiated", "attempt_failed": "payment_attempt_failed"}
    events = ["order.placed.v1", *(f"order.{names.get(name, name)}.v1" for name in then)]
    order = sent("orders", *events)
    found = (order["status"], order["payment_status"], order["failure_code"])
    assert found == (status, payment_status, failure_code)
    assert (order["paid_at"] is not None) == (status == "completed")


def test_a_sale_is_held_until_its_money_is_released() -> None:
    held = sent("sales", "order.placed.v1", "order.paid.v1")
    assert (held["release_at"], held["released_at"]) == ("2026-11-17T12:00:00Z", None)
    assert (held["pending_minor"], held["available_minor"]) == (26_013, 0)
    released = sent("sales", "order.placed.v1", "order.paid.v1", "order.funds_released.v1")
    assert released["released_at"] == "2026-11-10T14:00:00Z"
    assert (released["pending_minor"], released["available_minor"]) == (0, 26_013)
    assert released["why_not_yet"] == []
    shares = ("seller_share_minor", "commission_minor", "processing_fee_minor")
    assert sum(released[share] for share in shares) == released["amount_minor"] == 29_900
    assert sent("sales", "order.placed.v1", "order.granted.v1")["release_at"] is None
    assert sent("sales", "order.placed.v1", "order.expired.v1")["status"] == "expired"


FAILED = ("sent", "bank_payout_begun", "bank_payout_failed")


@pytest.mark.parametrize(
    ("then", "status", "reason"),
    [
        ((), "pending", None),
        (("refused",), "cancelled", "account_invalid"),
        (("cancelled",), "cancelled", "changed my mind"),
        (("queued",), "queued", None),
        (("held",), "held", "an identity check is open"),
        (("held", "dispatched"), "processing", None),
        (("sent",), "processing", None),
        (("sent", "transfer_settled", "bank_payout_begun"), "processing", None),
        (("sent", "bank_payout_begun", "bank_payout_failed"), "failed", "account_closed"),
        (("sent", "bank_payout_begun", "bank_payout_failed", "completed"), "completed", None),
        (("sent", "bank_payout_begun", "completed", "bank_payout_failed"), "failed",
         "account_closed"),
        (("sent", "bank_payout_begun", "bank_payout_failed", "bank_payout_retried"), "processing",
         None),
        ((*FAILED, "reversal_requested"), "failed", "account_closed"),
        ((*FAILED, "reversal_requested", "reversal_failed"), "held", "balance_insufficient"),
        ((*FAILED, "reversal_requested", "transfer_reversed"), "reversed", "account_closed"),
        (("sent", "bank_payout_begun", "transfer_reversed", "completed"), "reversed", None),
    ],
)  # fmt: skip
def test_a_payout(then: tuple[str, ...], status: str, reason: str | None) -> None:
    payout = sent("payouts", "payout.requested.v1", *(f"payout.{name}.v1" for name in then))
    assert (payout["status"], payout["reason"]) == (status, reason)
    assert (payout["completed_at"] is not None) == (status == "completed")
    assert payout["bank_payout_id"] == ("po_1" if "bank_payout_begun" in then else None)
    assert (payout["reversed_at"] is not None) == (status == "reversed")


def test_a_payout_that_goes_to_the_bank_again_says_when() -> None:
    names = [*(f"payout.{name}.v1" for name in FAILED), "payout.bank_retry_scheduled.v1"]
    assert sent("payouts", "payout.requested.v1", *names)["retry_at"] == "2026-11-11T12:00:00Z"


def test_a_product_and_what_it_sold() -> None:
    draft = sent("products", "product.drafted.v1", "product.priced.v1")
    assert (draft["status"], draft["price_minor"], draft["published_at"]) == ("draft", 29_900, None)
    assert draft["licenses"] == {
        "standard": {"price": 299.0, "price_minor": 29_900}, "extended": None, "enterprise": None,
    }  # fmt: skip
    paid = EXAMPLES["order.paid.v1"]
    events = ["product.drafted.v1", "product.priced.v1", "product.published.v1", paid, paid]
    events += [replace(paid, currency="JPY", amount_minor=5_000), "order.granted.v1"]
    assert sent("products", *events)["stats"] == {"sales": 4}
    assert sent("products", *events)["status"] == "active"
    assert folded(named("products"), *events).revenue_minor == {"USD": 59_800, "JPY": 5_000}


def test_roles() -> None:
    granted, revoked = "user.role_granted.v1", "user.role_revoked.v1"
    assert sent("roles", granted, granted) == {"user_id": "user_fin", "roles": ["finance"]}
    assert sent("roles", granted, revoked) == {"user_id": "user_fin", "roles": []}


def test_a_break() -> None:
    opened = sent("breaks", "break.opened.v1", "break.settled.v1", "break.funds_available.v1")
    assert (opened["status"], opened["resolved_at"]) == ("open", None)
    resolved = sent("breaks", "break.opened.v1", "break.resolved.v1")
    assert (resolved["status"], resolved["account"]) == ("resolved", "bank")
    assert (resolved["opened_at"], resolved["resolved_at"]) == (
        "2026-11-10T12:00:00Z",
        "2026-11-10T13:00:00Z",
    )


def test_a_break_has_an_owner_and_is_opened_again() -> None:
    names = ["break.opened.v1", "break.assigned.v1", "break.resolved.v1", "break.reopened.v1"]
    again = sent("breaks", *names)
    assert (again["status"], again["owner"], again["resolved_at"]) == ("open", "user_fin", None)
    assert again["opened_at"] == "2026-11-10T12:00:00Z"


def test_a_difference_shows_both_sides_and_ends() -> None:
    found = sent("breaks", "break.difference_found.v1")
    assert (found["status"], found["kind"], found["amount"]) == ("open", "fee_differs", 8.97)
    evidence = found["evidence"]
    assert (evidence["references"], evidence["positions"]) == (["txn_1", "ch_1"], [12])
    assert (evidence["theirs"]["fee"], evidence["ours"]["fee"]) == (8.97, 17.94)
    assert evidence["ours"]["at"] == "2026-11-10T12:00:00Z"
    ended = sent("breaks", "break.difference_found.v1", "break.difference_ended.v1")
    assert (ended["status"], ended["reason"]) == ("resolved", "both sides say the same")
