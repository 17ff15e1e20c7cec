"""Payouts: from the request to the bank, and back where it must be."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta

from mywork.documents.document import Amount, Currency, Document, Id, Moment, money
from mywork.documents.examples import PAYOUT_ID
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
PayoutTrigger = Annotated[
    Trigger, Meta(title="PayoutTrigger", description="Asked for, or by a run of ours.")
]


class Payout(Document):
    """A payout. `reason` says why it is held, was cancelled or failed."""

    id: Id
    status: PayoutStatus
    amount: Amount
    amount_minor: int
    reversed: Amount
    reversed_minor: int
    currency: Currency
    trigger: PayoutTrigger
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
    transfer_id="tr_1abc",
    bank_payout_id="po_1abc",
    reason="could_not_process",
    requested_at=datetime(2026, 11, 17, 12, tzinfo=UTC),
    completed_at=None,
    retry_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    reversed_at=None,
)
