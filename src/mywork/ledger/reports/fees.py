"""Quoted fees against actual ones: what sellers bore, and what Stripe really took.

The variance is a report, not a rewrite: `recovery:*` holds what was quoted when an order was
placed (or borne by the seller of a dispute), `expense:*` what the balance transactions said. Both
are read from the postings of a time range by effective time, so each column is the account's own
movement, to the cent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eventstore.store import EventStore
from mywork.domain.accounts import (
    EXPENSE_DISPUTE,
    EXPENSE_PROCESSING,
    RECOVERY_DISPUTE,
    RECOVERY_PROCESSING,
)
from mywork.domain.streams import ORDERS
from mywork.ledger.time_range import TimeRange

PAGE = 10_000

_MOVED = f"""
moved AS (
    SELECT {{key}} AS key, p.currency,
           coalesce(-sum(p.amount_minor) FILTER (WHERE a.code = '{RECOVERY_PROCESSING}'), 0)::bigint
               AS quoted,
           coalesce(sum(p.amount_minor) FILTER (WHERE a.code = '{EXPENSE_PROCESSING}'), 0)::bigint
               AS actual,
           coalesce(-sum(p.amount_minor) FILTER (WHERE a.code = '{RECOVERY_DISPUTE}'), 0)::bigint
               AS dispute_quoted,
           coalesce(sum(p.amount_minor) FILTER (WHERE a.code = '{EXPENSE_DISPUTE}'), 0)::bigint
               AS dispute_actual
      FROM ledger.postings p
      JOIN ledger.accounts a ON a.id = p.account_id
      JOIN ledger.entries n ON n.position = p.position
      {{join}}
     WHERE a.code IN ('{RECOVERY_PROCESSING}', '{EXPENSE_PROCESSING}',
                      '{RECOVERY_DISPUTE}', '{EXPENSE_DISPUTE}')
       AND n.effective_at >= %(from)s AND n.effective_at < %(to)s
     GROUP BY key, p.currency)
"""
_BY_MONTH = f"""
WITH {_MOVED.format(key="to_char(n.effective_at AT TIME ZONE 'UTC', 'YYYY-MM')", join="")}
SELECT key, '', currency, quoted, actual, dispute_quoted, dispute_actual, true FROM moved
 ORDER BY key, currency
"""
# The number is in the first event of an order's stream; an order is settled by its charge's own
# balance transaction, whenever that came.
_EVENTS = "JOIN eventstore.events e ON e.notification_id = p.position"
_BY_ORDER = f"""
WITH {_MOVED.format(key="e.originator_id", join=_EVENTS)}
SELECT key, coalesce(convert_from(f.state, 'UTF8')::jsonb #>> '{{data,order_number}}', ''),
       currency, quoted, actual, dispute_quoted, dispute_actual,
       NOT starts_with(key, '{ORDERS}')
       OR EXISTS (SELECT FROM eventstore.events s
                   WHERE s.originator_id = key AND starts_with(s.topic, 'order.payment_settled.'))
  FROM moved
  LEFT JOIN eventstore.events f ON f.originator_id = key AND f.originator_version = 1
 WHERE (key, currency) > (%(after_key)s, %(after_currency)s)
   AND (quoted, actual, dispute_quoted, dispute_actual) <> (0, 0, 0, 0)
 ORDER BY key, currency LIMIT %(limit)s
"""
_UNSETTLED = """
SELECT e.originator_id, convert_from(f.state, 'UTF8')::jsonb #>> '{data,order_number}'
  FROM ledger.entries n
  JOIN eventstore.events e ON e.notification_id = n.position
  JOIN eventstore.events f ON f.originator_id = e.originator_id AND f.originator_version = 1
 WHERE starts_with(e.topic, 'order.paid.')
   AND n.effective_at >= %(from)s AND n.effective_at < %(to)s
   AND NOT EXISTS (SELECT FROM eventstore.events s
                    WHERE s.originator_id = e.originator_id
                      AND starts_with(s.topic, 'order.payment_settled.'))
 ORDER BY n.effective_at, e.originator_id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class FeeRow:
    """Of an order (`key` is its stream) or a month (`2026-11`), in one currency, in minor units.

    A positive variance is ours: more was quoted than Stripe took. `known` is False while the
    order's payment has no balance transaction yet, so that its actual fee is still to come.
    """

    key: str
    order_number: str
    currency: str
    quoted_minor: int
    actual_minor: int
    dispute_quoted_minor: int
    dispute_actual_minor: int
    known: bool

    @property
    def variance_minor(self) -> int:
        return self.quoted_minor - self.actual_minor

    @property
    def dispute_variance_minor(self) -> int:
        return self.dispute_quoted_minor - self.dispute_actual_minor


def by_month(store: EventStore, time_range: TimeRange) -> Sequence[FeeRow]:
    """Every month and currency of the time range with fees."""
    with store.connection() as connection:
        rows = connection.execute(_BY_MONTH, _asked(time_range))
        return [FeeRow(*row) for row in rows]


def by_order(
    store: EventStore, time_range: TimeRange, *, after: tuple[str, str] = ("", ""), limit: int
) -> Sequence[FeeRow]:
    """Orders with fees in the time_range, behind a (key, currency), in the order of their keys."""
    asked = _asked(time_range) | {"after_key": after[0], "after_currency": after[1], "limit": limit}
    with store.connection() as connection:
        return [FeeRow(*row) for row in connection.execute(_BY_ORDER, asked)]


def every_order(store: EventStore, time_range: TimeRange) -> Iterator[FeeRow]:
    """All of them, page by page."""
    after = ("", "")
    while rows := by_order(store, time_range, after=after, limit=PAGE):
        yield from rows
        after = rows[-1].key, rows[-1].currency


def unsettled_orders(
    store: EventStore, time_range: TimeRange, *, limit: int
) -> Sequence[tuple[str, str]]:
    """Orders paid in the time range whose actual fee is not known yet: stream and number."""
    with store.connection() as connection:
        return connection.execute(_UNSETTLED, _asked(time_range) | {"limit": limit}).fetchall()


def _asked(time_range: TimeRange) -> dict[str, Any]:
    return {"from": time_range.since, "to": time_range.until}
