"""Orders: a receipt for the buyer, the news of a sale for the seller."""

from collections.abc import Mapping, Sequence
from typing import Any

from mywork.application.notifications.notice import Notice, Write, amount, last
from mywork.documents.wording import day
from mywork.domain.order.sale_messages import OrderGranted, OrderPaid, OrderPlaced


def _paid(event: OrderPaid, earlier: Sequence[Any]) -> Sequence[Notice]:
    terms = last(OrderPlaced, earlier)
    price = amount(event.amount_minor, event.currency)
    receipt = Notice(
        event.buyer_id,
        f"Receipt for order {terms.order_number}",
        f"You paid {price} for {terms.product_title} ({terms.licence} licence).\n"
        f"Order {terms.order_number}. It is yours to download now.",
    )
    sold = Notice(
        event.seller_id,
        f"Sold: {terms.product_title}",
        f"{terms.product_title} ({terms.licence} licence) was sold for {price}.\n"
        f"Order {terms.order_number}.\n\n"
        f"Your share is {amount(event.seller_share_minor, event.currency)}: the price less "
        f"{amount(event.commission_minor, event.currency)} commission and "
        f"{amount(event.processing_fee_minor, event.currency)} for processing.\n"
        f"It is on hold until {day(event.hold_until)}, then it can be paid out.",
    )
    return (receipt, sold)


def _granted(event: OrderGranted, earlier: Sequence[Any]) -> Sequence[Notice]:
    terms = last(OrderPlaced, earlier)
    text = f"{terms.product_title} is free: it is yours to download now.\n"
    granted = Notice(
        event.buyer_id,
        f"Order {terms.order_number}",
        f"{text}Order {terms.order_number}, {terms.licence} licence.",
    )
    return (granted,)


NOTICES: Mapping[type, Write] = {OrderPaid: _paid, OrderGranted: _granted}
