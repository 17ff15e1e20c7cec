"""What sellers owe."""

from collections.abc import Sequence

from mywork.documents.debts import AGES, CollectedDebt, Receivables
from mywork.domain.money import Money
from mywork.rendering.terminal import amounts_of, console, print_documents, print_json, table_of


def collected(found: Sequence[CollectedDebt], *, as_json: bool = False) -> None:
    if as_json:
        print_documents(found)
        return
    table = table_of("Debts", ("seller",), ("became a debt", "recouped"), ("why not",))
    for item in found:
        amounts = amounts_of([item.became_debt_minor, item.recouped_minor], item.currency)
        table.add_row(item.seller_id, *amounts, item.why_not)
    console().print(table if found else "nothing is overdue, and nothing can be recouped")


def receivables(found: Receivables, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    ages = tuple(f"{age.removeprefix('age_').replace('_', '-')} days" for age in AGES)
    table = table_of("Receivables", ("seller",), (*ages, "written off"), ("since", "proposed"))
    for item in found.data:
        minor = [*(getattr(item, f"{age}_minor") for age in AGES), item.written_off_minor]
        since = f"{item.since:%Y-%m-%d}" if item.since else ""
        proposed = str(Money(item.proposed_minor, item.currency)) if item.proposed_minor else ""
        table.add_row(item.seller_id, *amounts_of(minor, item.currency), since, proposed)
    console().print(table if found.data else "no seller owes anything")
