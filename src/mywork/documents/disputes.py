"""Disputes: as lines of their orders, with their costs for sellers and finance, and contested."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import asdict

from mywork.documents.document import Amount, Currency, Document, Id, Moment, money
from mywork.documents.examples import DISPUTE_ID, ORDER_ID, SELLER_ID

DisputeStatus = Annotated[
    Literal[
        "inquiry", "needs_response", "evidence_submitted", "won", "lost", "inquiry_closed",
        "prevented",
    ],
    Meta(
        title="DisputeStatus",
        description="The first three are open; an inquiry asks, and takes no money yet.",
    ),
]  # fmt: skip


class OrderDispute(Document):
    """A dispute of an order: what the buyer's bank asks for, and until when it is answered."""

    id: Id
    status: DisputeStatus
    inquiry: bool
    reason: str
    amount: Amount
    amount_minor: int
    currency: Currency
    evidence_due_by: Moment | None
    evidence_submitted_at: Moment | None
    opened_at: Moment
    withdrawn_at: Moment | None
    closed_at: Moment | None


ORDER_DISPUTE = OrderDispute(
    id=DISPUTE_ID,
    status="won",
    inquiry=False,
    reason="product_not_received",
    **money("amount", 20_000, "USD"),
    currency="USD",
    evidence_due_by=datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC),
    evidence_submitted_at=datetime(2026, 11, 15, 10, tzinfo=UTC),
    opened_at=datetime(2026, 11, 14, 8, tzinfo=UTC),
    withdrawn_at=datetime(2026, 11, 14, 8, tzinfo=UTC),
    closed_at=datetime(2026, 12, 20, 8, tzinfo=UTC),
)


class Dispute(OrderDispute):
    """A dispute with what it costs its seller, in the currency that they are owed.

    `set_aside` waits for the outcome; `cost` is gone for good: the fee, and what was lost.
    """

    order_id: Id
    charge_id: str
    seller_id: Id
    owed_currency: Currency
    set_aside: Amount
    set_aside_minor: int
    fee: Amount
    fee_minor: int
    cost: Amount
    cost_minor: int


DISPUTE = Dispute(
    **asdict(ORDER_DISPUTE),
    order_id=ORDER_ID,
    charge_id="ch_1abc",
    seller_id=SELLER_ID,
    owed_currency="USD",
    **money("set_aside", 0, "USD"),
    **money("fee", 1_500, "USD"),
    **money("cost", 1_500, "USD"),
)


class SubmittedEvidence(Document):
    """Evidence that went to the bank; `final` closes the contest."""

    id: Id
    order_id: Id
    final: bool


SUBMITTED_EVIDENCE = SubmittedEvidence(id=DISPUTE_ID, order_id=ORDER_ID, final=True)
