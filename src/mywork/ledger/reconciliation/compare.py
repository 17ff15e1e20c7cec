"""Both sides of every balance transaction, compared as sets by PostgreSQL.

The statement's side is copied into a table of this session; the ledger's is read from postings
themselves, so an edited or doubled row is seen. Equal pairs are counted where they lie, and only
the others come out. One snapshot serves all of it; writers go on meanwhile.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import psycopg

from eventstore.recorder import translated
from mywork.domain.accounts import STRIPE_AVAILABLE, STRIPE_PENDING
from mywork.domain.breaks.difference_messages import CORRECTABLE
from mywork.domain.streams import ADJUSTMENTS, BREAKS
from mywork.ledger.findings import AUDITOR
from mywork.ledger.reconciliation.sides import LedgerSide, Pair, StatementSide

Unit = Literal["second", "minute"]  # how exactly a source tells the time

# The events that post a balance transaction. The break's own id is the transaction's there.
SETTLING = (
    "order.payment_settled.v1",
    "order.refund_settled.v1",
    "order.dispute_settled.v1",
    "payout.transfer_settled.v1",
    "payout.reversal_settled.v1",
    "subscription.invoice_settled.v1",
    "subscription.invoice_refund_settled.v1",
    "subscription.invoice_dispute_settled.v1",
    "movement.recorded.v1",
    "break.opened.v1",
    "break.settled.v1",
    "break.return_settled.v1",
)
CORRECTING = ("break.difference_corrected.v1", "break.reopened.v1")

_TABLES = """
CREATE TEMP TABLE statement_side (id text, category text, object_id text, currency text,
                        amount_minor bigint, fee_minor bigint, at timestamptz);
CREATE TEMP TABLE ledger_side (id text, position bigint, event text, stream text, at timestamptz,
                          is_fee boolean, corrects boolean, category text);
CREATE TEMP TABLE moved (id text, position bigint, currency text, net_minor bigint,
                         expense_minor bigint);
CREATE TEMP TABLE unequal (id text);
"""
_COPY = """
COPY statement_side (id, category, object_id, currency, amount_minor, fee_minor, at) FROM STDIN
"""
# An event as the row that it is: its transaction, and whether all of it is a fee. OFFSET 0 keeps
# PostgreSQL from parsing the state once for each field.
_AS_POSTED = """
SELECT s.data ->> CASE e.topic WHEN 'break.opened.v1' THEN 'break_id' ELSE 'transaction_id' END,
       n.position, e.topic, e.originator_id, date_trunc(%(unit)s, n.effective_at),
       coalesce(s.data ->> 'kind' = 'stripe_fee', false), e.topic = ANY(%(correcting)s),
       coalesce(s.data ->> 'category', '')
  FROM {events}
 CROSS JOIN LATERAL (SELECT convert_from(e.state, 'UTF8')::jsonb -> 'data' AS data OFFSET 0) s
"""
_IN_RANGE = "INSERT INTO ledger_side" + _AS_POSTED.format(
    events="""ledger.entries n JOIN eventstore.events e
    ON e.notification_id = n.position AND e.topic = ANY(%(settling)s)
   AND n.effective_at >= %(since)s
   AND n.effective_at < coalesce(%(until)s::timestamptz, 'infinity')"""
)
# What the statement has and the range has not may lie elsewhere: its object or stream finds it.
_ELSEWHERE = (
    f"""
WITH alone AS (SELECT DISTINCT t.id, t.object_id FROM statement_side t
                WHERE NOT EXISTS (SELECT FROM ledger_side p WHERE p.id = t.id)),
     near AS (SELECT p.position FROM alone a JOIN ledger.postings p ON p.object_id = a.object_id
               UNION
              SELECT e.notification_id FROM alone a JOIN eventstore.events e
                  ON e.originator_id IN ('{ADJUSTMENTS}' || a.id, '{BREAKS}' || a.id)),
     found (id, position, event, stream, at, is_fee, corrects, category) AS ("""
    + _AS_POSTED.format(
        events="""near JOIN ledger.entries n USING (position)
  JOIN eventstore.events e ON e.notification_id = n.position AND e.topic = ANY(%(settling)s)"""
    )
    + """)
INSERT INTO ledger_side SELECT f.* FROM found f JOIN alone USING (id)
"""
)
_CORRECTABLE = ", ".join(f"'{BREAKS}{kind}-' || u.id" for kind in sorted(CORRECTABLE))
_CORRECTIONS = "INSERT INTO ledger_side" + _AS_POSTED.format(
    events=f"""unequal u JOIN eventstore.events e ON e.originator_id IN ({_CORRECTABLE})
   AND e.topic = ANY(%(correcting)s)
  JOIN ledger.entries n ON n.position = e.notification_id"""
)
_MOVED = f"""
INSERT INTO moved
SELECT o.id, o.position, p.currency,
       coalesce(sum(p.amount_minor) FILTER (
           WHERE a.code IN ('{STRIPE_PENDING}', '{STRIPE_AVAILABLE}')), 0),
       coalesce(sum(p.amount_minor) FILTER (WHERE starts_with(a.code, 'expense:')), 0)
  FROM ledger_side o
  JOIN ledger.postings p USING (position)
  JOIN ledger.accounts a ON a.id = p.account_id
 WHERE o.corrects = %(corrects)s AND (a.code IN ('{STRIPE_PENDING}', '{STRIPE_AVAILABLE}')
                                      OR starts_with(a.code, 'expense:'))
 GROUP BY o.id, o.position, p.currency
"""
_SIDES = """
  FROM (SELECT id, count(*) AS times, min(category) AS category, min(currency) AS currency,
               min(amount_minor) AS amount_minor, min(fee_minor) AS fee_minor, min(at) AS at
          FROM statement_side GROUP BY id) t
  FULL JOIN
       (SELECT p.id, count(*) AS times, min(m.currency) AS currency,
               sum(m.net_minor) AS net_minor, sum(m.expense_minor) AS expense_minor,
               min(p.at) AS at, bool_or(p.is_fee) AS is_fee
          FROM ledger_side p LEFT JOIN moved m USING (id, position) GROUP BY p.id) o USING (id)
"""
_EQUAL = """
t.times = 1 AND o.times = 1 AND t.currency = o.currency AND t.at = o.at
AND t.amount_minor - t.fee_minor = o.net_minor
AND o.expense_minor = CASE WHEN o.is_fee THEN t.fee_minor - t.amount_minor ELSE t.fee_minor END
"""
_MATCHED = f"SELECT t.category, count(*) {_SIDES} WHERE {_EQUAL} GROUP BY 1 ORDER BY 1"
_UNEQUAL = f"INSERT INTO unequal SELECT id {_SIDES} WHERE ({_EQUAL}) IS NOT TRUE"
_THEIRS = "SELECT t.* FROM statement_side t JOIN unequal USING (id) ORDER BY id, at"
_OURS = """
SELECT o.id, o.position, o.event, o.stream, m.currency, m.net_minor, m.expense_minor, o.at,
       o.is_fee, o.corrects, o.category
  FROM ledger_side o JOIN unequal USING (id) JOIN moved m USING (id, position)
 ORDER BY o.id, o.position, m.currency
"""
_BALANCE = f"""
SELECT p.currency, sum(p.amount_minor)::bigint FROM ledger.postings p
  JOIN ledger.accounts a ON a.id = p.account_id
 WHERE a.code IN ('{STRIPE_PENDING}', '{STRIPE_AVAILABLE}') GROUP BY 1
"""
_HEAD = "SELECT coalesce(max(notification_id), 0) FROM eventstore.events"


@dataclass(frozen=True, slots=True)
class Span:
    """The transactions that are compared: created from `since` on, before `until` if that is
    said. `unit` is how exactly their times are told."""

    since: datetime
    until: datetime | None = None
    unit: Unit = "second"


@dataclass(frozen=True, slots=True)
class Compared:
    """`matched` counts equal pairs by category. `balances` are what the postings of Stripe's
    accounts sum to, by currency, and `position` the head of the history, in that same snapshot."""

    matched: Mapping[str, int]
    unequal: Sequence[Pair]
    balances: Mapping[str, int]
    position: int


class Comparison:
    """One session with the tables of both sides."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def add(self, lines: Iterable[StatementSide]) -> int:
        """Note the statement's side; returns how many."""
        count = 0
        with self.connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for item in lines:
                copy.write_row(
                    (
                        item.id,
                        item.category,
                        item.object_id,
                        item.currency,
                        item.amount_minor,
                        item.fee_minor,
                        item.at,
                    )
                )
                count += 1
        return count

    def compare(self, span: Span) -> Compared:
        """Every transaction of the statement's side, or of the ledger's within the span."""
        parameters = {
            "since": span.since,
            "until": span.until,
            "unit": span.unit,
            "settling": list(SETTLING),
            "correcting": list(CORRECTING),
        }
        with self.connection.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("ANALYZE statement_side")
            for statement in (_IN_RANGE, "ANALYZE ledger_side", _ELSEWHERE):
                cursor.execute(statement, parameters)
            cursor.execute(_MOVED, {"corrects": False})
            cursor.execute("ANALYZE moved")
            matched = dict(cursor.execute(_MATCHED).fetchall())
            cursor.execute(_UNEQUAL)
            cursor.execute(_CORRECTIONS, parameters)
            cursor.execute(_MOVED, {"corrects": True})
            unequal = _pairs(cursor)
            balances = dict(cursor.execute(_BALANCE).fetchall())
            ((position,),) = cursor.execute(_HEAD).fetchall()
            cursor.execute("COMMIT")
        return Compared(matched, unequal, balances, position)


@contextmanager
def comparison(url: str) -> Iterator[Comparison]:
    """A session of its own, as the role that may only read. Raises EventStoreError."""
    with translated(), psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET ROLE {AUDITOR}")
        connection.execute(_TABLES)
        yield Comparison(connection)


def _pairs(cursor: psycopg.Cursor[Any]) -> list[Pair]:
    pairs: dict[str, Pair] = {}
    for row in cursor.execute(_THEIRS).fetchall():
        pair = pairs.setdefault(row[0], Pair(row[0], (), ()))
        pairs[row[0]] = replace(pair, statement=(*pair.statement, StatementSide(*row)))
    for id_, *row in cursor.execute(_OURS).fetchall():
        pair = pairs.setdefault(id_, Pair(id_, (), ()))
        pairs[id_] = replace(pair, ledger=(*pair.ledger, LedgerSide(*row)))
    return list(pairs.values())
