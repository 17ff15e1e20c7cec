"""Totals: what makes a balance at any two times cheap, however long the history.

They are counted behind the append by a follower of the history, so writing pays nothing; whoever
reads adds the postings that are not counted yet, so an answer is exact at every moment. How they
are cut is said in `migrations/0003_totals.sql`. They say nothing that the postings do not, and can
be counted again at any time.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg

from eventstore.envelope import Recorded
from eventstore.follow import Follower
from eventstore.progress import Progress
from eventstore.recorder import translated
from eventstore.store import EventStore
from mywork.ledger.findings import Check, by_query

NAME = "totals"  # of the follower
STEP = 1 << 15  # positions counted in one step of a rebuild
_COUNT = "SELECT ledger.count_totals(%s, %s)"
_BALANCES = "SELECT account_id, balance_minor FROM ledger.balances_at(%s, %s, %s)"
_TAKE_TURN = """
INSERT INTO eventstore.followers (name, position) VALUES (%(name)s, 0)
ON CONFLICT (name) DO UPDATE SET updated_at = clock_timestamp()
"""
_FORGET = ("DELETE FROM ledger.totals", "DELETE FROM ledger.period_totals")
_REACHED = "UPDATE eventstore.followers SET position = %(position)s WHERE name = %(name)s"


def follower() -> Follower:
    """Counts each block of positions once it is whole."""
    return Follower(NAME, _count)


def _count(cursor: psycopg.Cursor[Any], page: Sequence[Recorded]) -> None:
    cursor.execute(_COUNT, (page[0].position - 1, page[-1].position))


def balances_at(
    store: EventStore,
    account_ids: Sequence[int],
    *,
    at: datetime | None = None,
    as_known_at: datetime | None = None,
) -> dict[int, int]:
    """Debit-positive minor units by account, of what had happened by a time (inclusive) and was
    booked by another; None is the end of time, and now. Accounts without a posting are absent."""
    with store.connection() as connection:
        rows = connection.execute(_BALANCES, (list(account_ids), at, as_known_at), prepare=True)
        return dict(rows.fetchall())


def rebuild(store: EventStore, *, progress: Progress | None = None) -> int:
    """Count everything again from the postings; returns the position reached.

    In one transaction: who reads meanwhile sees the totals of before. The follower waits.
    """
    with translated(), psycopg.connect(store.url) as owner:
        owner.execute(_TAKE_TURN, {"name": NAME})
        for statement in _FORGET:
            owner.execute(statement)
        head = store.head()
        for before in range(0, head, STEP):
            after = min(before + STEP, head)
            owner.execute(_COUNT, (before, after))
            if before % (STEP * 16) == 0:  # the next steps read what was written so far
                owner.execute("ANALYZE ledger.totals")
            if progress is not None:
                progress(after, head)
        owner.execute(_REACHED, {"name": NAME, "position": head})
    with translated(), psycopg.connect(store.url, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE ledger.totals")  # answers come from the indexes alone
    return head


# Every cell of whole blocks is counted anew, each grain from the postings themselves.
_COUNTED_ANEW = """
SELECT g.grain, p.account_id, date_trunc(g.unit, n.effective_at, 'UTC') AS starts_at,
       ((p.position - 1) >> g.bits)::integer AS block, sum(p.amount_minor) AS amount_minor
  FROM ledger.postings p
  JOIN ledger.entries n ON n.position = p.position
  JOIN (VALUES (1, 'minute', 10), (2, 'day', 15), (3, 'month', 20)) AS g(grain, unit, bits)
    ON p.position <= ledger.counted_position() >> g.bits << g.bits
 GROUP BY 1, 2, 3, 4
"""
_DIFFERENT_TOTALS = f"""
SELECT 'account ' || coalesce(a.code || ' ' || a.currency, account_id::text),
       format('total of grain %s, block %s, from %s: %s, where the postings come to %s', grain,
              block, to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
              coalesce(t.amount_minor::text, 'missing'), coalesce(c.amount_minor::text, 'nothing'))
  FROM ledger.totals t
  FULL JOIN ({_COUNTED_ANEW}) c USING (grain, account_id, starts_at, block)
  LEFT JOIN ledger.accounts a ON a.id = account_id
 WHERE t.amount_minor IS DISTINCT FROM c.amount_minor
 ORDER BY 1, grain, block, starts_at
"""
_DIFFERENT_PERIODS = """
SELECT 'account ' || coalesce(a.code || ' ' || a.currency, account_id::text),
       format('total of period %s: %s, where the postings come to %s', period,
              coalesce(t.amount_minor::text, 'missing'), coalesce(c.amount_minor::text, 'nothing'))
  FROM ledger.period_totals t
  FULL JOIN (SELECT p.account_id, n.period, sum(p.amount_minor) AS amount_minor
               FROM ledger.postings p JOIN ledger.entries n ON n.position = p.position
              WHERE p.position <= ledger.counted_position()
              GROUP BY 1, 2) c USING (account_id, period)
  LEFT JOIN ledger.accounts a ON a.id = account_id
 WHERE t.amount_minor IS DISTINCT FROM c.amount_minor
 ORDER BY 1, period
"""


def checks() -> tuple[Check, ...]:
    """That the totals are what the postings come to, cell by cell."""
    return (
        by_query(
            "totals",
            "What is counted of each account by time is what its postings sum to.",
            _DIFFERENT_TOTALS,
            rests_on=("entries", "postings"),
        ),
        by_query(
            "period_totals",
            "What is counted of each account by accounting period is what its postings sum to.",
            _DIFFERENT_PERIODS,
            rests_on=("entries", "postings"),
        ),
    )
