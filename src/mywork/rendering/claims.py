"""Refunds and disputes on a terminal."""

from collections.abc import Sequence
from typing import Any

from mywork.domain.money import Money
from mywork.rendering.terminal import console, print_json, table_of


def refunds(found: Sequence[dict[str, Any]], *, as_json: bool = False) -> None:
    """Refunds as their orders tell them, with the order's number."""
    if as_json:
        print_json(list(found))
        return
    table = table_of("Refunds", ("order", "refund", "status", "asked by"), ("amount",), ("reason",))
    for refund in found:
        amount = str(Money(refund["amount_minor"], refund["currency"]))
        names = (refund["order_number"], refund["id"], refund["status"], refund["asked_by"])
        table.add_row(*names, amount, refund["note"] or refund["reason"])
    console().print(table if found else "nothing was refunded")


def disputes(found: Sequence[dict[str, Any]], *, as_json: bool = False) -> None:
    """Disputes, with what they cost their seller and until when to answer."""
    if as_json:
        print_json(list(found))
        return
    numbers = ("amount", "cost")
    table = table_of("Disputes", ("dispute", "seller", "status"), numbers, ("answer by", "reason"))
    for dispute in found:
        amount = str(Money(dispute["amount_minor"], dispute["currency"]))
        cost = str(Money(dispute["cost_minor"], dispute["owed_currency"]))
        due_by = dispute["evidence_due_by"] or ""
        names = (dispute["id"], dispute["seller_id"], dispute["status"])
        table.add_row(*names, amount, cost, due_by[:16].replace("T", " "), dispute["reason"])
    console().print(table if found else "nothing is disputed")
