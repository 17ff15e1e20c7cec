"""Breaks as people read them: the oldest first, with whoever looks after each."""

from datetime import datetime

from mywork.documents.breaks import Break
from mywork.documents.document import Page
from mywork.domain.money import Money
from mywork.rendering.terminal import console, print_json, table_of


def breaks(found: Page[Break], now: datetime, *, as_json: bool = False) -> None:
    """Ages are in whole days."""
    if as_json:
        print_json(found)
        return
    table = table_of("Breaks", ("break", "kind", "status"), ("amount", "days"), ("owner", "detail"))
    for item in found.data:
        amount = str(Money(item.amount_minor, item.currency)) if item.currency else ""
        days = str((now - item.opened_at).days)
        table.add_row(
            item.id, item.kind, item.status, amount, days, item.owner, item.reason or item.detail
        )
    console().print(table if found.data else "there are no breaks")
