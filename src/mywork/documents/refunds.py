"""Refunds: as lines of their orders, and as the answers to those who ask for and decide them."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import asdict

from mywork.documents.document import Amount, Currency, Document, Id, Moment, money
from mywork.documents.examples import ORDER_ID, REFUND_ID
from mywork.domain.charge.state import RefundStage
from mywork.domain.order.refund_messages import RefundAsker as Asker

RefundStatus = Annotated[
    Literal[
        "requested", "approved", "pending", "succeeded", "failed", "cancelled", "declined",
        "refused",
    ],
    Meta(
        title="RefundStatus",
        description="`requested` waits for a person, `approved` for Stripe, `pending` for a bank.",
    ),
]  # fmt: skip
RefundAsker = Annotated[
    Asker, Meta(title="RefundAsker", description="`stripe`: made in Stripe's dashboard.")
]


class Refund(Document):
    """A refund, from the wish to the bank. `note` says why it was declined, refused, or failed."""

    id: Id
    status: RefundStatus
    amount: Amount
    amount_minor: int
    currency: Currency
    asked_by: RefundAsker
    reason: str
    note: str | None
    requested_at: Moment
    changed_at: Moment


REFUND = Refund(
    id=REFUND_ID,
    status="succeeded",
    **money("amount", 9_900, "USD"),
    currency="USD",
    asked_by="buyer",
    reason="it does not run here",
    note=None,
    requested_at=datetime(2026, 11, 12, 9, tzinfo=UTC),
    changed_at=datetime(2026, 11, 12, 9, 0, 5, tzinfo=UTC),
)


class OrderRefund(Refund):
    """A refund with its order, among those of all orders."""

    order_id: Id
    order_number: str


ORDER_REFUND = OrderRefund(
    **asdict(REFUND),
    order_id=ORDER_ID,
    order_number="MW-2026-00001",
)


class RefundDecision(Document):
    """What became of a refund that was asked for, approved or declined just now."""

    id: Id
    order_id: Id
    status: RefundStatus
    amount: Amount
    amount_minor: int
    currency: Currency


REFUND_DECISION = RefundDecision(
    id=REFUND_ID,
    order_id=ORDER_ID,
    status="approved",
    **money("amount", 9_900, "USD"),
    currency="USD",
)


def status_of(stage: RefundStage) -> RefundStatus:
    """A refund that Stripe has made already is `pending` there."""
    return "pending" if stage == "created" else stage
