"""What sellers owe."""

from collections.abc import Sequence
from dataclasses import asdict

from mywork.application.payouts.debts import Collected
from mywork.application.payouts.receivables import AGES, Receivable
from mywork.domain.money import Money
from mywork.rendering.terminal import amounts_of, console, print_json, table_of


def collected(found: Sequence[Collected], *, as_json: bool = False) -> None:
    if as_json:
        print_json(
            [
                {
                    "seller": item.seller_id,
                    "currency": item.became_debt.currency,
                    "became_debt_minor": item.became_debt.amount_minor,
                    "recouped_minor": item.recouped.amount_minor,
                    "why_not": item.why_not,
                }
                for item in found
            ]
        )
        return
    table = table_of("Debts", ("seller",), ("became a debt", "recouped"), ("why not",))
    for item in found:
        table.add_row(item.seller_id, str(item.became_debt), str(item.recouped), item.why_not)
    console().print(table if found else "nothing is overdue, and nothing can be recouped")


def receivables(found: Sequence[Receivable], *, as_json: bool = False) -> None:
    if as_json:
        print_json([asdict(item) for item in found])
        return
    ages = tuple(f"{age.replace('_', '-')} days" for age in AGES)
    table = table_of("Receivables", ("seller",), (*ages, "written off"), ("since", "proposed"))
    for item in found:
        amounts = amounts_of([*item.ages.values(), item.written_off_minor], item.currency)
        since = f"{item.since:%Y-%m-%d}" if item.since else ""
        proposed = str(Money(item.proposed_minor, item.currency)) if item.proposed_minor else ""
        table.add_row(item.seller_id, *amounts, since, proposed)
    console().print(table if found else "no seller owes anything")
