"""Balances of sellers that stand below zero: since when, and how much of it is overdue.

By effective time, so that it is the same however late a fact was booked, and from the postings
alone. What is overdue is what was owed at every moment of the last days: the least of the balance
in that time. A sale that made up for a part, if only for an hour, starts the days of that part
again; what was added yesterday is not overdue today.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from eventstore.store import EventStore
from mywork.domain.accounts import stage_in_sql
from mywork.domain.identifiers import SellerId

# Amounts here are what the seller owes: positive where the balance is below zero.
_NOW = "SELECT id, owner, code, currency, kind, balance_minor FROM ledger.accounts"
_AT = """
SELECT a.id, a.owner, a.code, a.currency, a.kind, b.balance_minor
  FROM ledger.balances_at(
         ARRAY(SELECT id FROM ledger.accounts WHERE owner IS NOT NULL), %(now)s, NULL) b
  JOIN ledger.accounts a ON a.id = b.account_id
"""
_OVERDRAWN = f"""
WITH accounts AS ({{accounts}}),
overdrawn AS (
    SELECT id, owner, currency, balance_minor FROM accounts
     WHERE owner IS NOT NULL AND {stage_in_sql()} = 'available' AND balance_minor > 0),
moments AS (
    SELECT o.id, n.effective_at AS at,
           sum(sum(p.amount_minor)) OVER (PARTITION BY o.id ORDER BY n.effective_at) AS owed
      FROM overdrawn o
      JOIN ledger.postings p ON p.account_id = o.id
      JOIN ledger.entries n ON n.position = p.position
     WHERE n.effective_at <= %(now)s GROUP BY o.id, n.effective_at),
before AS (
    SELECT DISTINCT ON (id) id, owed FROM moments WHERE at <= %(start)s ORDER BY id, at DESC),
clear AS (
    SELECT id, max(at) AS at FROM moments WHERE owed <= 0 GROUP BY id),
owing AS (
    SELECT m.id, min(m.at) FILTER (WHERE c.at IS NULL OR m.at > c.at) AS since,
           min(m.owed) FILTER (WHERE m.at > %(start)s) AS least
      FROM moments m LEFT JOIN clear c ON c.id = m.id GROUP BY m.id)
SELECT o.owner, o.currency, o.balance_minor, coalesce(w.since, %(now)s),
       greatest(least(coalesce(b.owed, 0), w.least), 0)::bigint,
       (SELECT sum(a.balance_minor)::bigint FROM accounts a
         WHERE a.owner = o.owner AND a.currency = o.currency AND a.kind = 'liability'),
       (SELECT coalesce(sum(a.balance_minor), 0)::bigint FROM accounts a
         WHERE a.owner = o.owner AND a.currency = o.currency AND a.kind = 'asset')
  FROM overdrawn o JOIN owing w ON w.id = o.id LEFT JOIN before b ON b.id = o.id
 ORDER BY o.owner, o.currency
"""


@dataclass(frozen=True, slots=True)
class Overdrawn:
    """A balance below zero. `total_minor` is the sum of what we owe the seller, by life stage.

    `available_minor` is negative; `overdue_minor` and `owed_minor` (a debt already) are not.
    """

    seller_id: SellerId
    currency: str
    available_minor: int
    since: datetime
    overdue_minor: int
    total_minor: int
    owed_minor: int


def overdrawn(store: EventStore, *, now: datetime, after: timedelta) -> Sequence[Overdrawn]:
    """Every balance below zero, with what of it has been owed for longer than `after`."""
    return _found(store, _NOW, now, after)


def overdrawn_at(store: EventStore, at: datetime, *, after: timedelta) -> Sequence[Overdrawn]:
    """The same as it was at a moment, as far as is known now."""
    return _found(store, _AT, at, after)


def _found(
    store: EventStore, accounts: str, now: datetime, after: timedelta
) -> Sequence[Overdrawn]:
    query = _OVERDRAWN.format(accounts=accounts)
    with store.connection() as connection:
        rows = connection.execute(query, {"now": now, "start": now - after}).fetchall()
    return [
        Overdrawn(seller_id, currency, -owed, since, overdue, -total, debts)
        for seller_id, currency, owed, since, overdue, total, debts in rows
    ]
