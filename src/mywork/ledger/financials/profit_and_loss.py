"""Profit and loss: income less expense, by accounting period or by effective time.

By period a closed month never changes: what comes late belongs to the first open one. By effective
time it is what happened then, as known now or at any moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from eventstore.store import EventStore
from mywork.domain.errors import TimeRangeInvalid
from mywork.domain.period.months import Period
from mywork.ledger.financials.items import Item, currencies, items_of, total
from mywork.ledger.time_range import INSTANT, TimeRange
from mywork.ledger.trial_balance import Row, read_trial_balance

_KINDS = ("income", "expense")
_OF_PERIODS = """
SELECT a.code, a.currency, a.kind, sum(moved.amount_minor)::bigint
  FROM (SELECT account_id, amount_minor FROM ledger.period_totals
         WHERE period BETWEEN %(first)s AND %(last)s
        UNION ALL
        SELECT p.account_id, p.amount_minor
          FROM ledger.entries n JOIN ledger.postings p ON p.position = n.position
         WHERE n.position > ledger.counted_position() AND p.position > ledger.counted_position()
           AND n.period BETWEEN %(first)s AND %(last)s) moved
  JOIN ledger.accounts a ON a.id = moved.account_id
 WHERE a.kind IN ('income', 'expense')
 GROUP BY a.code, a.currency, a.kind ORDER BY a.currency, a.code
"""


@dataclass(frozen=True, slots=True)
class ProfitAndLoss:
    """In one currency. Income is positive where we earned, expense where we paid."""

    currency: str
    income: Sequence[Item]
    expense: Sequence[Item]

    @property
    def income_minor(self) -> int:
        return total(self.income)

    @property
    def expense_minor(self) -> int:
        return total(self.expense)

    @property
    def result_minor(self) -> int:
        """Positive is a profit."""
        return self.income_minor - self.expense_minor


def profit_and_loss_of_periods(
    store: EventStore, first: Period, last: Period
) -> list[ProfitAndLoss]:
    """From one accounting period to another, both included; raises TimeRangeInvalid."""
    if first > last:
        raise TimeRangeInvalid(f"the last period, {last}, comes before the first, {first}")
    with store.connection() as connection:
        rows = connection.execute(_OF_PERIODS, {"first": first, "last": last}).fetchall()
    return _by_currency([Row(*row) for row in rows])


def profit_and_loss(
    store: EventStore, time_range: TimeRange, *, as_known_at: datetime | None = None
) -> list[ProfitAndLoss]:
    """Of what took effect in a time range, as booked by a moment (None: now)."""
    with store.snapshot() as connection:
        before, after = (
            {
                (row.account, row.currency): row
                for row in read_trial_balance(
                    connection, at=end - INSTANT, as_known_at=as_known_at
                ).rows
            }
            for end in (time_range.since, time_range.until)
        )
    return _by_currency(
        Row(*key, row.kind, row.balance_minor - (before[key].balance_minor if key in before else 0))
        for key, row in after.items()
    )


def _by_currency(rows: Iterable[Row]) -> list[ProfitAndLoss]:
    moved = [row for row in rows if row.kind in _KINDS]
    return [
        ProfitAndLoss(
            currency,
            income=items_of((r for r in moved if (r.currency, r.kind) == (currency, "income")), -1),
            expense=items_of(
                (r for r in moved if (r.currency, r.kind) == (currency, "expense")), 1
            ),
        )
        for currency in currencies(moved)
    ]
