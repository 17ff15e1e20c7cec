"""Refunds and disputes on a terminal."""

from collections.abc import Sequence

from mywork.documents.disputes import Dispute
from mywork.documents.document import Page
from mywork.documents.refunds import OrderRefund
from mywork.domain.money import Money
from mywork.rendering.terminal import console, minute, print_documents, print_json, table_of


def refunds(found: Sequence[OrderRefund], *, as_json: bool = False) -> None:
    """Refunds as their orders tell them, with the order's number."""
    if as_json:
        print_documents(found)
        return
    table = table_of("Refunds", ("order", "refund", "status", "asked by"), ("amount",), ("reason",))
    for refund in found:
        amount = str(Money(refund.amount_minor, refund.currency))
        names = (refund.order_number, refund.id, refund.status, refund.asked_by)
        table.add_row(*names, amount, refund.note or refund.reason)
    console().print(table if found else "nothing was refunded")


def disputes(found: Sequence[Dispute], *, as_json: bool = False) -> None:
    """Disputes, with what they cost their seller and until when to answer."""
    if as_json:
        print_json(Page(data=tuple(found), next_cursor=None))
        return
    numbers = ("amount", "cost")
    table = table_of("Disputes", ("dispute", "seller", "status"), numbers, ("answer by", "reason"))
    for dispute in found:
        amount = str(Money(dispute.amount_minor, dispute.currency))
        cost = str(Money(dispute.cost_minor, dispute.owed_currency))
        due_by = minute(dispute.evidence_due_by) if dispute.evidence_due_by else ""
        names = (dispute.id, dispute.seller_id, dispute.status)
        table.add_row(*names, amount, cost, due_by, dispute.reason)
    console().print(table if found else "nothing is disputed")
