"""Refunds: the buyer hears what becomes of the money, the seller what is set aside and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from mywork.application.notifications.notice import Notice, Write, amount, last
from mywork.domain.order.refund_messages import (
    RefundAsker,
    RefundCreated,
    RefundDeclined,
    RefundFailed,
    RefundRefused,
    RefundRequested,
)
from mywork.domain.order.sale_messages import OrderPlaced

_ASKS: Mapping[RefundAsker, str] = {
    "buyer": "The buyer asks for",
    "seller": "You asked for",
    "admin": "We asked for",
    "stripe": "Stripe reports",
}


def _requested(event: RefundRequested, earlier: Sequence[Any]) -> Sequence[Notice]:
    """Nobody is told what they did themselves."""
    if event.asked_by == "seller":
        return ()
    terms = last(OrderPlaced, earlier)
    refund = amount(event.asked_minor, event.asked_currency)
    share = amount(event.seller_minor, event.currency)
    because = f" They say: {event.reason}" if event.reason else ""
    text = (
        f"{_ASKS[event.asked_by]} a refund of {refund} for {terms.product_title}, "
        f"order {terms.order_number}.{because}\n"
        f"Your share of it, {share}, is set aside until the refund is made or declined."
    )
    return (Notice(event.seller_id, f"Refund requested: order {terms.order_number}", text),)


def _declined(event: RefundDeclined, earlier: Sequence[Any]) -> Sequence[Notice]:
    terms = last(OrderPlaced, earlier)
    text = (
        f"Your refund for {terms.product_title}, order {terms.order_number}, was declined.\n"
        f"The reason: {event.reason}"
    )
    return (Notice(terms.buyer_id, f"Refund declined: order {terms.order_number}", text),)


def _refused(event: RefundRefused, earlier: Sequence[Any]) -> Sequence[Notice]:
    terms = last(OrderPlaced, earlier)
    subject = f"Refund not made: order {terms.order_number}"
    what = f"The refund for {terms.product_title}, order {terms.order_number},"
    told = f"{what} could not be made ({event.reason}). You keep access to what you bought."
    share = amount(event.seller_minor, event.currency)
    back = f"{what} could not be made ({event.reason}). Your share of {share} is yours again."
    return (Notice(terms.buyer_id, subject, told), Notice(event.seller_id, subject, back))


def _created(event: RefundCreated, earlier: Sequence[Any]) -> Sequence[Notice]:
    terms = last(OrderPlaced, earlier)
    asked = last(RefundRequested, earlier, refund_id=event.refund_id)
    refund = amount(asked.asked_minor, asked.asked_currency)
    text = (
        f"{refund} for {terms.product_title}, order {terms.order_number}, goes back to your "
        "card. Banks take five to ten days to show it."
    )
    return (Notice(terms.buyer_id, f"Refund of {refund}: order {terms.order_number}", text),)


def _failed(event: RefundFailed, earlier: Sequence[Any]) -> Sequence[Notice]:
    terms = last(OrderPlaced, earlier)
    asked = last(RefundRequested, earlier, refund_id=event.refund_id)
    refund = amount(asked.asked_minor, asked.asked_currency)
    how = "was cancelled" if event.cancelled else f"failed ({event.failure_reason})"
    subject = f"Refund failed: order {terms.order_number}"
    what = f"The refund of {refund} for {terms.product_title}, order {terms.order_number}, {how}."
    share = amount(event.to_pending_minor + event.to_available_minor, event.currency)
    told = f"{what} You have your access again. Write to us, and we refund you another way."
    back = f"{what} Your share of {share} is yours again."
    return (Notice(terms.buyer_id, subject, told), Notice(event.seller_id, subject, back))


NOTICES: Mapping[type, Write] = {
    RefundRequested: _requested,
    RefundDeclined: _declined,
    RefundRefused: _refused,
    RefundCreated: _created,
    RefundFailed: _failed,
}
