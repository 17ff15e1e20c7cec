"""Breaks as people read them: the oldest first, with whoever looks after each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mywork.domain.money import Money
from mywork.rendering.terminal import console, print_json, table_of


def breaks(found: Sequence[dict[str, Any]], now: datetime, *, as_json: bool = False) -> None:
    """`found` are documents of the read table; ages are in whole days."""
    if as_json:
        print_json(found)
        return
    table = table_of("Breaks", ("break", "kind", "status"), ("amount", "days"), ("owner", "detail"))
    for item in found:
        currency = item["currency"]
        amount = str(Money(item["amount_minor"], currency)) if currency else ""
        days = (now - datetime.fromisoformat(item["opened_at"])).days
        owner, detail = item["owner"] or "", item["reason"] or item["detail"]
        table.add_row(item["id"], item["kind"], item["status"], amount, str(days), owner, detail)
    console().print(table if found else "there are no breaks")
