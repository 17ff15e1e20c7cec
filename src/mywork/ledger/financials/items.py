"""The lines of a financial statement."""

from collections.abc import Iterable
from dataclasses import dataclass

from mywork.ledger.accounts import chart_row
from mywork.ledger.trial_balance import Row


@dataclass(frozen=True, slots=True)
class Item:
    """`account` is a line of the chart: all sellers are one. `amount_minor` is on the side of the
    statement where the item stands, in minor units of the statement's currency."""

    account: str
    meaning: str
    amount_minor: int


def total(items: Iterable[Item]) -> int:
    return sum(item.amount_minor for item in items)


def items_of(rows: Iterable[Row], sign: int) -> tuple[Item, ...]:
    """One for each line of the chart, in its order; `sign` is +1 where debits are positive."""
    found: dict[str, Item] = {}
    for row in rows:
        line = chart_row(row.account)
        before = found[line.pattern].amount_minor if line.pattern in found else 0
        amount_minor = before + row.balance_minor * sign
        found[line.pattern] = Item(line.pattern, line.meaning, amount_minor)
    return tuple(item for _, item in sorted(found.items()) if item.amount_minor)


def currencies(*rows: Iterable[Row]) -> list[str]:
    return sorted({row.currency for some in rows for row in some})
