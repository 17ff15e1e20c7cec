"""Commands and calls in rows: by stable names, and read as they were written."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from events import EXAMPLES

from eventstore.envelope import Metadata, Recorded
from mywork.application.outbox.calls import Call
from mywork.application.outbox.policies import follow_ups
from mywork.application.stored import Stored, Unreadable, name_of, stored_call, stored_command
from mywork.domain.balance_adjustment import MakeAdjustmentAvailable
from mywork.domain.catalogue import deciders

AT = datetime(2026, 12, 1, 12, 30, 15, 250_000, tzinfo=UTC)
# Rows with these names lie in databases of others: a class may move, its name and fields stay.
NAMES = {
    "align_subscription": {"user_id"},
    "cancel_payment_intent": {"payment_intent_id"},
    "create_bank_payout": {"seller_id", "currency", "payout_id", "attempt"},
    "create_refund": {"order_id", "refund_id", "payment_intent_id", "currency", "amount_minor"},
    "create_transfer": {"seller_id", "currency", "payout_id", "number"},
    "end_grace": {"user_id", "at"},
    "expire_order": {"order_id", "at"},
    "make_break_funds_available": {"break_id", "at"},
    "make_funds_available": {"order_id", "at"},
    "make_adjustment_available": {"transaction_id", "at"},
    "make_return_available": {"break_id", "transaction_id", "at"},
    "make_transaction_available": {"order_id", "transaction_id", "at"},
    "open_break": {
        "break_id",
        "kind",
        "object_id",
        "currency",
        "amount_minor",
        "fee_minor",
        "available_on",
        "concerns",
        "detail",
        "at",
    },
    "recognise_revenue": {"user_id", "invoice_id", "at"},
    "make_subscription_funds_available": {"user_id", "transaction_id", "at"},
    "pause_payouts": {"seller_id", "reason", "at"},
    "release_funds": {"order_id", "at"},
    "release_reserve": {"order_id", "at"},
    "retry_bank_payout": {"seller_id", "currency", "payout_id", "attempt", "at", "paused_because"},
    "return_payment": {"break_id", "charge_id"},
    "reverse_transfer": {"seller_id", "currency", "payout_id", "number", "amount_minor"},
    "send_notice": {"stream", "version"},
}
SELDOM: list[tuple[str, dict[str, Any]]] = [  # events that have more to follow than their example
    ("subscription.status_changed.v1", {"status": "past_due", "grace_until": AT}),
    ("order.dispute_closed.v1", {"excess_minor": 500}),
    ("order.refund_settled.v1", {"available_on": AT}),
    ("break.return_settled.v1", {"available_on": AT}),
]


def test_every_follow_up_is_read_as_it_was_written() -> None:
    found = {}
    seldom = [(name, replace(EXAMPLES[name], **changes)) for name, changes in SELDOM]
    for name, event in (*EXAMPLES.items(), *seldom):
        recorded = Recorded(9, "payouts-ada-USD", 3, name, event, Metadata("t", "c", AT), AT)
        for follow_up in follow_ups(recorded):
            asked = follow_up.asked.read()
            if isinstance(asked, Call):
                assert stored_call(asked, recorded.stream) == follow_up.asked
            else:
                assert stored_command(asked) == follow_up.asked
            found[follow_up.asked.name] = set(type(asked).__dataclass_fields__)
    assert found == NAMES


def test_a_row_of_a_class_that_was_renamed_since_is_read() -> None:
    body = '{"transaction_id": "txn_1", "at": "2026-12-01T00:00:00Z"}'
    asked = Stored("make_movement_available", "movement-txn_1", body).read()
    assert asked == MakeAdjustmentAvailable("txn_1", datetime(2026, 12, 1, tzinfo=UTC))  # type: ignore[arg-type]


def test_no_two_commands_or_calls_share_a_name() -> None:
    names = [name_of(kind) for kind in (*deciders(), *get_args(Call))]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("sing", "{}"),
        ("expire_order", "{}"),
        ("expire_order", '{"order_id": 1, "at": "2026-12-01T00:00:00Z"}'),
        ("expire_order", "nonsense"),
    ],
)
def test_what_is_none_of_ours_is_unreadable(name: str, body: str) -> None:
    with pytest.raises(Unreadable, match=name):
        Stored(name, "order-1", body).read()
