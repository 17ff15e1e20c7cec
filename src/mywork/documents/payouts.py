"""Payouts: from the request to the bank, and back where it must be."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta

from mywork.documents.document import Amount, Currency, Document, Id, Moment, money
from mywork.documents.examples import PAYOUT_ID, SELLER_ID
from mywork.domain.payout.state import Stage
from mywork.domain.payout.transfer_messages import Trigger

PayoutStatus = Annotated[
    Literal[
        "pending", "queued", "processing", "completed", "failed", "reversed", "cancelled", "held"
    ],
    Meta(
        title="PayoutStatus",
        description="`queued` waits for Stripe's balance, `held` for a person.",
    ),
]
WaitingReason = Annotated[
    Literal[
        "pending", "reserve", "refunding", "disputed",
        "requested", "queued", "held", "dispatched",
        "negative", "owed",
        "paused", "not_onboarded", "open_break", "below_minimum", "on_request", "in_flight",
        "after_cutoff",
    ],
    Meta(
        title="WaitingReason",
        description="The life stage of money, where its payout is, what takes it or keeps it back.",
    ),
]  # fmt: skip
PayoutDecision = Annotated[
    Literal["cancel", "retry", "reverse"],
    Meta(title="PayoutDecision", description="`retry` sends it to the bank once more."),
]
PayoutTrigger = Annotated[
    Trigger, Meta(title="PayoutTrigger", description="Asked for, or by a run of ours.")
]


class Payout(Document):
    """A payout. `reason` says why it is held, was cancelled or failed.

    It pays the sales released until `period_end`, the cutoff of its run or the moment that it was
    asked for. `period_start` is where the period of the payout before ended, in this currency,
    where that one was not called off or refused; null for the first.
    """

    id: Id
    status: PayoutStatus
    amount: Amount
    amount_minor: int
    reversed: Amount
    reversed_minor: int
    currency: Currency
    trigger: PayoutTrigger
    period_start: Moment | None
    period_end: Moment
    transfer_id: str | None
    bank_payout_id: str | None
    reason: str | None
    requested_at: Moment
    completed_at: Moment | None
    retry_at: Moment | None
    reversed_at: Moment | None


PAYOUT = Payout(
    id=PAYOUT_ID,
    status="failed",
    **money("amount", 26_013, "USD"),
    **money("reversed", 0, "USD"),
    currency="USD",
    trigger="request",
    period_start=datetime(2026, 11, 10, tzinfo=UTC),
    period_end=datetime(2026, 11, 17, 12, tzinfo=UTC),
    transfer_id="tr_1abc",
    bank_payout_id="po_1abc",
    reason="could_not_process",
    requested_at=datetime(2026, 11, 17, 12, tzinfo=UTC),
    completed_at=None,
    retry_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    reversed_at=None,
)


class RequestedPayout(Document):
    """A payout that was asked for just now, or before with the same key, as it stands."""

    id: Id
    status: PayoutStatus
    amount: Amount
    amount_minor: int
    currency: Currency


REQUESTED_PAYOUT = RequestedPayout(
    id=PAYOUT_ID,
    status="pending",
    **money("amount", 26_013, "USD"),
    currency="USD",
)
_STATUSES: dict[Stage, PayoutStatus] = {
    "requested": "pending",
    "queued": "queued",
    "held": "held",
    "dispatched": "processing",
    "sent": "processing",
    "banking": "processing",
    "failed": "failed",
    "reversing": "failed",
    "blocked": "held",
    "paid": "completed",
    "reversed": "reversed",
    "refused": "cancelled",
    "cancelled": "cancelled",
}


def status_of(stage: Stage) -> PayoutStatus:
    return _STATUSES[stage]


class WaitingMoney(Document):
    """A part of what a seller is owed and is not paid now.

    `until` is null where no clock ends the waiting. `amount` is negative for what is `negative`.
    """

    reason: WaitingReason
    amount: Amount
    amount_minor: int
    until: Moment | None


WAITING_MONEY = WaitingMoney(
    reason="after_cutoff",
    **money("amount", 4_000, "USD"),
    until=datetime(2026, 11, 23, tzinfo=UTC),
)


class PlannedPayout(Document):
    """What a run pays, or would pay, of one balance, or why not; and what of it waits."""

    seller_id: Id
    currency: Currency
    available: Amount
    available_minor: int
    payout: Amount
    payout_minor: int
    why_not: str | None
    waiting: tuple[WaitingMoney, ...]


PLANNED_PAYOUT = PlannedPayout(
    seller_id=SELLER_ID,
    currency="USD",
    **money("available", 30_013, "USD"),
    **money("payout", 26_013, "USD"),
    why_not=None,
    waiting=(WAITING_MONEY,),
)


class CancelledPayout(Document):
    """A payout that its seller has called off."""

    id: Id
    status: PayoutStatus


CANCELLED_PAYOUT = CancelledPayout(id=PAYOUT_ID, status="cancelled")


class DecidedPayout(Document):
    """What an admin has decided about a payout."""

    id: Id
    decision: PayoutDecision


DECIDED_PAYOUT = DecidedPayout(id=PAYOUT_ID, decision="retry")
