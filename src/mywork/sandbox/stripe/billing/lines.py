"""Lines of invoices: for a period, for what is left of one, for unused time given back.

Proration that is not invoiced at once waits as an invoice item for the subscription's next one.
"""

from dataclasses import dataclass

from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.world import World

ITEM = "invoiceitem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`amount` may be negative: unused time. `item` names the subscription's item."""

    amount: int
    description: str
    start: int
    end: int
    price: Json
    quantity: int
    item: str
    proration: bool = False
    credits: Json | None = None  # the invoice and line that unused time gives back


def document(world: World, invoice: str, subscription: Json, line: Line) -> Json:
    details = {
        "invoice_item": None,
        "proration": line.proration,
        "proration_details": {"credited_items": line.credits},
        "subscription": subscription["id"],
        "subscription_item": line.item,
    }
    return {
        "id": world.new_id("il"),
        "object": "line_item",
        "amount": line.amount,
        "currency": subscription["currency"],
        "description": line.description,
        "discount_amounts": [],
        "discountable": not line.proration,
        "discounts": [],
        "invoice": invoice,
        "livemode": False,
        "metadata": dict(subscription["metadata"]),
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": details,
            "type": "subscription_item_details",
        },
        "period": {"end": line.end, "start": line.start},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": line.price["id"], "product": line.price["product"]},
            "type": "price_details",
            "unit_amount_decimal": line.price["unit_amount_decimal"],
        },
        "quantity": line.quantity,
        "subscription": subscription["id"],
        "subtotal": line.amount,
        "taxes": [],
    }


# Proration that waits -----------------------------------------------------------------------


def keep_for_next(world: World, account: str, subscription: Json, line: Line) -> None:
    """Proration that is not invoiced at once waits for the next invoice."""
    item = {
        "id": world.new_id("ii"),
        "object": ITEM,
        "created": world.now(),
        "subscription": subscription["id"],
        "invoice": None,
        "line": {name: getattr(line, name) for name in Line.__slots__},
    }
    world.put(account, ITEM, item)


def pending_items(world: World, account: str, subscription: str) -> list[Json]:
    waiting = world.where(account, ITEM, "subscription", subscription)
    return [item for item in waiting if item["invoice"] is None]


def document_of_item(world: World, invoice: str, subscription: Json, item: Json) -> Json:
    found = document(world, invoice, subscription, Line(**item["line"]))
    details = found["parent"]["subscription_item_details"] | {"invoice_item": item["id"]}
    found["parent"] |= {
        "invoice_item_details": details,
        "subscription_item_details": None,
        "type": "invoice_item_details",
    }
    return found
