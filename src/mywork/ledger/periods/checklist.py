"""What of a month is not settled or explained yet, as the ledger has it: its share of a checklist.

Each check reads one snapshot. The facts of a month are looked at together with those of the month
before: what was too young to be missed when that one was closed is old enough now, and anything
older was settled, or that month would not be closed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from mywork.domain.accounts import STRIPE_UNCLEARED, SUSPENSE_STRIPE
from mywork.domain.money import Money
from mywork.domain.period.messages import Check, Failing
from mywork.domain.period.months import Period, month_of, preceding
from mywork.domain.streams import BREAKS
from mywork.ledger.periods.months import asked_for, of_months

Cursor = psycopg.Cursor[Any]

_STANDS = """
SELECT (SELECT coalesce(max(notification_id), 0) FROM eventstore.events),
       (SELECT first_open FROM ledger.closings ORDER BY position DESC LIMIT 1),
       (SELECT min(effective_at) FROM ledger.entries)
"""
_OBJECTS = of_months(f"""
looked AS (
    SELECT p.object_id, p.currency, sum(p.amount_minor) AS left_minor
      FROM months JOIN ledger.postings p USING (position)
      JOIN ledger.accounts a ON a.id = p.account_id
     WHERE a.code = '{STRIPE_UNCLEARED}' GROUP BY p.object_id, p.currency)
SELECT (SELECT count(*) FROM looked), l.object_id, l.currency, s.left_minor, s.since, e.topic,
       coalesce(convert_from(f.state, 'UTF8')::jsonb #>> '{{data,order_number}}', e.originator_id)
  FROM looked l
 CROSS JOIN LATERAL (
       SELECT sum(p.amount_minor)::bigint AS left_minor, min(n.booked_at) AS since,
              min(p.position) AS first
         FROM ledger.postings p JOIN ledger.entries n USING (position)
         JOIN ledger.accounts a ON a.id = p.account_id
        WHERE a.code = '{STRIPE_UNCLEARED}'
          AND (p.object_id, p.currency) = (l.object_id, l.currency)
       ) s
  JOIN eventstore.events e ON e.notification_id = s.first
  JOIN eventstore.events f ON f.originator_id = e.originator_id AND f.originator_version = 1
 WHERE l.left_minor <> 0 AND s.left_minor <> 0
 UNION ALL SELECT count(*), '', '', 0, NULL, '', '' FROM looked
 ORDER BY 5, 2
""")
_SUSPENSE = f"""
SELECT p.object_id, p.currency, sum(p.amount_minor)::bigint,
       (array_agg(e.originator_id ORDER BY p.position))[1]
  FROM ledger.postings p JOIN ledger.entries n USING (position)
  JOIN ledger.accounts a ON a.id = p.account_id
  JOIN eventstore.events e ON e.notification_id = p.position
 WHERE a.code = '{SUSPENSE_STRIPE}'
 GROUP BY p.object_id, p.currency HAVING min(n.period) <= %(period)s ORDER BY min(p.position)
"""
_DIFFERENCES = of_months("""
SELECT p.currency, sum(p.amount_minor)::bigint
  FROM months JOIN ledger.postings p USING (position) GROUP BY p.currency ORDER BY p.currency
""")
# What a person or card paid: its fee is known once its balance transaction has come.
_PAYMENTS = ("order.paid.", "subscription.invoice_paid.")


@dataclass(frozen=True, slots=True)
class Stands:
    """`head` is the last event's position; `first` the month in which the books begin."""

    head: int
    first_open: Period | None
    first: Period


@dataclass(frozen=True, slots=True)
class _Uncleared:
    """A Stripe object that does not net to zero, with the event that first named it."""

    object_id: str
    currency: str
    left_minor: int
    since: datetime
    event: str
    of: str


def stands(cursor: Cursor) -> Stands:
    """Where the books stand on a snapshot."""
    ((head, first_open, earliest),) = cursor.execute(_STANDS).fetchall()
    first = month_of(earliest) if earliest else Period("")
    return Stands(head, Period(first_open) if first_open else None, first)


def checks(cursor: Cursor, month: Period, *, missed_since: datetime) -> list[Check]:
    """`missed_since`: a fact booked by then, and still without its transaction, is overdue."""
    return [
        _suspense_empty(cursor, month),
        *_facts(cursor, month, missed_since),
        _balanced(cursor, month),
    ]


def _suspense_empty(cursor: Cursor, month: Period) -> Check:
    """What came into suspense by the month's end was explained, whenever that was."""
    rows = cursor.execute(_SUSPENSE, {"period": month}).fetchall()
    failing = tuple(
        Failing(_break_of(stream, object_id), f"{Money(-left, currency)} in suspense: explain it")
        for object_id, currency, left, stream in rows
        if left
    )
    return Check("suspense_empty", len(rows), failing)


def _break_of(stream: str, object_id: str) -> str:
    """The break that holds the money; what exceeds a payment has a break named after it."""
    return stream.removeprefix(BREAKS) if stream.startswith(BREAKS) else f"{object_id}.excess"


def _facts(cursor: Cursor, month: Period, missed_since: datetime) -> Iterator[Check]:
    first = preceding(month)
    asked = asked_for(first, month)
    *rows, (examined, *_) = cursor.execute(_OBJECTS, asked).fetchall()
    found = [_Uncleared(*row[1:]) for row in rows]
    payments = [item for item in found if item.event.startswith(_PAYMENTS)]
    late = [item for item in found if item not in payments and item.since <= missed_since]
    yield Check("fees_known", examined, tuple(map(_fee_unknown, payments)))
    yield Check("facts_cleared", examined, tuple(map(_overdue, late)))


def _fee_unknown(item: _Uncleared) -> Failing:
    paid = Money(item.left_minor, item.currency)
    detail = f"the fee is not known: {paid} of {item.object_id} wait for Stripe's transaction"
    return Failing(item.of, detail)


def _overdue(item: _Uncleared) -> Failing:
    since = item.since.astimezone(UTC).date()
    amount = Money(item.left_minor, item.currency)
    return Failing(item.object_id, f"{amount} of {item.of} wait for Stripe since {since}")


def _balanced(cursor: Cursor, month: Period) -> Check:
    rows = cursor.execute(_DIFFERENCES, asked_for(month)).fetchall()
    failing = tuple(
        Failing(currency, f"debits and credits differ by {Money(difference, currency)}")
        for currency, difference in rows
        if difference
    )
    return Check("trial_balance_balanced", len(rows), failing)
