"""The balance sheet: assets = liabilities + equity with the result, in each currency.

Nothing is set off (IAS 1.32): an account that stands on its other side is listed there, so what a
seller owes us hides in nothing that we owe to others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from eventstore.store import EventStore
from mywork.ledger.financials.items import Item, currencies, items_of, total
from mywork.ledger.time_range import INSTANT
from mywork.ledger.trial_balance import Row, read_trial_balance

_HELD = ("asset", "liability")
_EARNED = ("income", "expense")


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """In one currency, at a moment. The equity ends with the result of the years before and of
    the year of the moment (UTC); no entry closes a year, so both are sums of income and expense."""

    currency: str
    assets: Sequence[Item]
    liabilities: Sequence[Item]
    equity: Sequence[Item]

    @property
    def assets_minor(self) -> int:
        return total(self.assets)

    @property
    def liabilities_minor(self) -> int:
        return total(self.liabilities)

    @property
    def equity_minor(self) -> int:
        return total(self.equity)

    @property
    def balanced(self) -> bool:
        return self.assets_minor == self.liabilities_minor + self.equity_minor


def balance_sheet(
    store: EventStore, at: datetime, *, as_known_at: datetime | None = None
) -> list[BalanceSheet]:
    """Of every currency, at a moment (itself included), as booked by another (None: now)."""
    year = at.astimezone(UTC).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    with store.snapshot() as connection:
        rows, earlier = (
            read_trial_balance(connection, at=end, as_known_at=as_known_at).rows
            for end in (at, year - INSTANT)
        )
    return [
        _of_currency(
            currency,
            [row for row in rows if row.currency == currency],
            _result([row for row in earlier if row.currency == currency]),
        )
        for currency in currencies(rows)
    ]


def _of_currency(currency: str, rows: Sequence[Row], earlier_minor: int) -> BalanceSheet:
    held = [row for row in rows if row.kind in _HELD]
    results = (
        Item("result:earlier", "what was earned in the years before", earlier_minor),
        Item("result:year", "what was earned this year", _result(rows) - earlier_minor),
    )
    return BalanceSheet(
        currency,
        assets=items_of((row for row in held if row.balance_minor > 0), 1),
        liabilities=items_of((row for row in held if row.balance_minor < 0), -1),
        equity=(*items_of((row for row in rows if row.kind == "equity"), -1), *results),
    )


def _result(rows: Sequence[Row]) -> int:
    return -sum(row.balance_minor for row in rows if row.kind in _EARNED)
