"""The trial balance: every account at a moment, debits equal to credits.

Two times: `at` asks what had happened by then; `as_known_at` asks what we had booked by then. Now
is read from the balances, any other moment from the totals (`totals`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from eventstore.store import EventStore
from mywork.ledger.accounts import Kind

_NOW = """
SELECT code, currency, kind, balance_minor FROM ledger.accounts
 WHERE starts_with(code, %(prefix)s) ORDER BY currency, code
"""
_AT = """
SELECT a.code, a.currency, a.kind, b.balance_minor
  FROM ledger.balances_at(
         ARRAY(SELECT id FROM ledger.accounts WHERE starts_with(code, %(prefix)s)),
         %(at)s, %(as_known_at)s) b
  JOIN ledger.accounts a ON a.id = b.account_id
 ORDER BY a.currency, a.code
"""


@dataclass(frozen=True, slots=True)
class Row:
    """`balance_minor` is debit-positive; exactly one of debit and credit is not zero."""

    account: str
    currency: str
    kind: Kind
    balance_minor: int

    @property
    def debit_minor(self) -> int:
        return max(self.balance_minor, 0)

    @property
    def credit_minor(self) -> int:
        return max(-self.balance_minor, 0)


@dataclass(frozen=True, slots=True)
class TrialBalance:
    rows: Sequence[Row]

    def totals(self) -> dict[str, tuple[int, int]]:
        """Debits and credits of each currency, in minor units."""
        totals: dict[str, tuple[int, int]] = {}
        for row in self.rows:
            debit, credit = totals.get(row.currency, (0, 0))
            totals[row.currency] = debit + row.debit_minor, credit + row.credit_minor
        return totals

    @property
    def balanced(self) -> bool:
        return all(debit == credit for debit, credit in self.totals().values())


def trial_balance(
    store: EventStore,
    *,
    at: datetime | None = None,
    as_known_at: datetime | None = None,
    prefix: str = "",
) -> TrialBalance:
    """Every account that was ever used, now, or by a moment (itself included)."""
    with store.connection() as connection:
        return read_trial_balance(connection, at=at, as_known_at=as_known_at, prefix=prefix)


def read_trial_balance(
    connection: psycopg.Connection[Any],
    *,
    at: datetime | None = None,
    as_known_at: datetime | None = None,
    prefix: str = "",
) -> TrialBalance:
    """`trial_balance` on a connection, for whoever compares several of one snapshot."""
    query = _NOW if at is None and as_known_at is None else _AT
    parameters = {"at": at, "as_known_at": as_known_at, "prefix": prefix}
    rows = connection.execute(query, parameters).fetchall()
    return TrialBalance([Row(*row) for row in rows])
