"""What of a month is open among breaks, and whether the projections have read all of it."""

from typing import Any

import psycopg

from mywork.domain.money import Money
from mywork.domain.period.messages import Check, Failing
from mywork.domain.period.months import Period, ends_at
from mywork.projections.catalogue import PROJECTION_NAMES

Cursor = psycopg.Cursor[Any]

READERS = (*PROJECTION_NAMES, "policies")  # what follows from the history, as calls and deadlines

# A break is of a month by when it was opened, or by when what it is about was booked here or
# happened at Stripe or the bank.
_BREAKS = """
SELECT b.break_id, b.kind, b.currency, b.amount_minor, b.detail, b.status = 'open'
  FROM read.breaks b
 WHERE b.opened_at < %(until)s
    OR b.status = 'open' AND (
       least((b.evidence #>> '{theirs,at}')::timestamptz, (b.evidence #>> '{ours,at}')::timestamptz)
           < %(until)s
       OR EXISTS (
           SELECT FROM ledger.postings p JOIN ledger.entries n USING (position)
            WHERE p.object_id = b.object_id AND n.period <= %(period)s))
 ORDER BY b.opened_at, b.break_id
"""
_BEHIND = """
SELECT name, coalesce(f.position, 0), last.position
  FROM unnest(%(names)s::text[]) AS name LEFT JOIN eventstore.followers f USING (name),
       (SELECT coalesce(max(position), 0) AS position FROM ledger.entries
         WHERE period <= %(period)s) last
 ORDER BY name
"""


def checks(cursor: Cursor, month: Period) -> list[Check]:
    """On the snapshot of a cursor."""
    return [_no_open_breaks(cursor, month), _caught_up(cursor, month)]


def _no_open_breaks(cursor: Cursor, month: Period) -> Check:
    asked = {"until": ends_at(month), "period": month}
    rows = cursor.execute(_BREAKS, asked).fetchall()
    failing = tuple(
        Failing(break_id, _said(kind, currency, amount_minor, detail))
        for break_id, kind, currency, amount_minor, detail, is_open in rows
        if is_open
    )
    return Check("no_open_breaks", len(rows), failing)


def _said(kind: str, currency: str, amount_minor: int, detail: str) -> str:
    amount = f" of {Money(amount_minor, currency)}" if currency else ""
    return f"the break{amount} is open ({detail or kind.replace('_', ' ')})"


def _caught_up(cursor: Cursor, month: Period) -> Check:
    asked = {"names": list(READERS), "period": month}
    rows = cursor.execute(_BEHIND, asked).fetchall()
    failing = tuple(
        Failing(name, f"the projection is at {position}, the month's last entry at {last}")
        for name, position, last in rows
        if position < last
    )
    return Check("projections_caught_up", len(rows), failing)
