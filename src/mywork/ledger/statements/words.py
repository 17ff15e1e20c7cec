"""What happened to a seller's money, in words that a seller understands."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mywork.domain.debt import DebtReclassified, DebtRecouped, DebtWrittenOff, WriteOffRecovered
from mywork.domain.money import Money
from mywork.domain.order.dispute_messages import DisputeClosed, DisputeReinstated, DisputeWithdrawn
from mywork.domain.order.refund_messages import (
    RefundCreated,
    RefundDeclined,
    RefundFailed,
    RefundRefused,
    RefundRequested,
)
from mywork.domain.order.sale_messages import OrderPaid, OrderPlaced
from mywork.domain.order.settlement_messages import (
    FundsReleased,
    PaymentConverted,
    ReserveKept,
    ReserveReleased,
)
from mywork.domain.payout.reversal_messages import TransferReversed
from mywork.domain.payout.transfer_messages import (
    PayoutCancelled,
    PayoutRefused,
    PayoutRequested,
    PayoutSent,
)


@dataclass(frozen=True, slots=True)
class Words:
    """`reference` is the order's number or the payout's id; `object_id` what of it, if several."""

    text: str
    reference: str
    object_id: str = ""


def words(event: Any, terms: OrderPlaced | None, name: str) -> Words:
    """Every event that touches a seller's account; one that is new here is named plainly."""
    reference = terms.order_number if terms else getattr(event, "payout_id", "")
    told = (_of_sale(event, terms), _of_refund(event), _of_dispute(event), _of_payout(event))
    text = next(filter(None, (*told, _of_debt(event))), "")
    return Words(text or _plain(name), reference, _object(event))


def _of_sale(event: Any, terms: OrderPlaced | None) -> str:
    match event:
        case OrderPaid():
            what = f"{terms.product_title} ({terms.licence} licence)" if terms else "a product"
            commission = Money(event.commission_minor, event.currency)
            processing = Money(event.processing_fee_minor, event.currency)
            price = Money(event.amount_minor, event.currency)
            return f"Sale of {what}: {price} less {commission} commission, {processing} processing"
        case PaymentConverted():
            before = Money(event.amount_minor, event.currency)
            after = Money(event.settled_minor, event.settlement_currency)
            return f"Stripe settled {before} as {after}"
        case FundsReleased():
            return "Hold over: free to be paid out"
        case ReserveKept():
            return f"Kept in reserve until {_day(event.until)}"
        case ReserveReleased():
            return "Reserve over: free to be paid out"
        case _:
            return ""


def _of_refund(event: Any) -> str:
    match event:
        case RefundRequested():
            asked = Money(event.asked_minor, event.asked_currency)
            return f"Refund of {asked} requested: your share is set aside"
        case RefundDeclined():
            return "Refund declined: your share is yours again"
        case RefundRefused():
            return "Refund refused by Stripe: your share is yours again"
        case RefundCreated():
            return "Refund made to the buyer"
        case RefundFailed():
            how = "cancelled" if event.cancelled else "failed"
            return f"Refund {how}: your share is yours again"
        case _:
            return ""


def _of_dispute(event: Any) -> str:
    match event:
        case DisputeWithdrawn():
            taken = Money(event.amount_minor, event.currency)
            fee = Money(event.fee_minor, event.currency)
            charged = f", with a fee of {fee}" if event.fee_minor else ""
            return f"Dispute: the buyer's bank took {taken}{charged}; your share waits for the end"
        case DisputeReinstated():
            return f"Dispute: {Money(event.amount_minor, event.currency)} came back"
        case DisputeClosed():
            return "Dispute lost: your share is gone"
        case _:
            return ""


def _of_payout(event: Any) -> str:
    match event:
        case PayoutRequested():
            return "Payout begun"
        case PayoutSent():
            return "Payout sent to your Stripe account"
        case PayoutRefused():
            return "Payout refused by Stripe: back in your balance"
        case PayoutCancelled():
            return "Payout cancelled: back in your balance"
        case TransferReversed():
            return "Payout came back from your Stripe account"
        case _:
            return ""


def _of_debt(event: Any) -> str:
    match event:
        case DebtReclassified():
            return f"Below zero since {_day(event.since)}: now owed to us"
        case DebtRecouped():
            return "Paid what was owed to us"
        case DebtWrittenOff():
            return "What was owed to us is given up"
        case WriteOffRecovered():
            return "Paid what had been given up"
        case _:
            return ""


def _object(event: Any) -> str:
    """Which refund or dispute of an order, which payout: what tells two lines of a stream apart."""
    for name in ("refund_id", "dispute_id", "payout_id"):
        if hasattr(event, name):
            return str(getattr(event, name))
    return ""


def _plain(name: str) -> str:
    """`payout.transfer_reversed.v1` -> `Payout: transfer reversed`."""
    concept, happened, _ = name.split(".")
    return f"{concept.capitalize()}: {happened.replace('_', ' ')}"


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()
