"""What Stripe's balance transactions have not met yet."""

from collections.abc import Sequence

from mywork.documents.reconciliation import UnclearedObject
from mywork.rendering.terminal import console, minute, print_documents, table_of


def uncleared(found: Sequence[UnclearedObject], *, as_json: bool = False) -> None:
    if as_json:
        print_documents(found)
        return
    table = table_of("Uncleared", ("object", "since"), ("amount",), ("fact of",))
    for item in found:
        amount = f"{item.amount} {item.currency}"
        table.add_row(item.object_id, minute(item.since), amount, item.concerns)
    console().print(table if found else "every fact has met its balance transaction")
