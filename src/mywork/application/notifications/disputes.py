"""Disputes: the seller hears of each with its deadline, and how it ended; finance of warnings."""

from collections.abc import Mapping, Sequence
from typing import Any

from mywork.application.notifications.notice import FINANCE, Notice, Write, amount, last
from mywork.documents.wording import minute
from mywork.domain.charge.state import DisputeOutcome
from mywork.domain.order.dispute_messages import DisputeClosed, DisputeOpened, FraudWarned
from mywork.domain.order.sale_messages import OrderPlaced

_ENDS: Mapping[DisputeOutcome, tuple[str, str]] = {
    "won": ("Dispute won", "was decided for you. The money is yours again."),
    "lost": ("Dispute lost", "was decided for the buyer. The money went back to them."),
    "inquiry_closed": ("Inquiry closed", "was closed without a dispute. Nothing was taken."),
    "prevented": ("Dispute prevented", "did not become a dispute. Nothing more is taken."),
}


def _opened(event: DisputeOpened, earlier: Sequence[Any]) -> Sequence[Notice]:
    terms = last(OrderPlaced, earlier)
    what = "Inquiry" if event.inquiry else "Dispute"
    does = "inquires about" if event.inquiry else "disputes"
    due = event.evidence_due_by
    deadline = f"Send your evidence before {minute(due)}.\n" if due else ""
    text = (
        f"The buyer's bank {does} {amount(event.amount_minor, event.currency)} of "
        f"{terms.product_title}, order {terms.order_number} ({event.reason}).\n"
        f"{deadline}Until it is decided, this money is neither released nor paid out.\n"
        f"Dispute {event.dispute_id}."
    )
    return (Notice(event.seller_id, f"{what}: order {terms.order_number}", text),)


def _closed(event: DisputeClosed, earlier: Sequence[Any]) -> Sequence[Notice]:
    terms = last(OrderPlaced, earlier)
    subject, how = _ENDS[event.outcome]
    cost = f" Your share of it was {amount(event.seller_minor, event.currency)}."
    text = (
        f"The case about {terms.product_title}, order {terms.order_number}, {how}"
        f"{cost if event.seller_minor else ''}\nDispute {event.dispute_id}."
    )
    return (Notice(event.seller_id, f"{subject}: order {terms.order_number}", text),)


def _warned(event: FraudWarned, earlier: Sequence[Any]) -> Sequence[Notice]:
    """A refund before the dispute saves its fee."""
    terms = last(OrderPlaced, earlier)
    advice = "A refund now may prevent a dispute." if event.actionable else "Nothing can be done."
    text = (
        f"The issuer reports fraud ({event.fraud_type}) on {event.charge_id}, "
        f"order {terms.order_number}. {advice}\nWarning {event.warning_id}."
    )
    return (Notice(FINANCE, f"Early fraud warning: order {terms.order_number}", text),)


NOTICES: Mapping[type, Write] = {
    DisputeOpened: _opened,
    DisputeClosed: _closed,
    FraudWarned: _warned,
}
