"""The totals by time, counted anew from replayed postings, up to where their follower stands."""

from mywork.assurance.comparing import Comparison
from mywork.ledger.differences import Compared
from mywork.ledger.findings import Cursor

TOTALS, PERIOD_TOTALS = "ledger.totals", "ledger.period_totals"

# By minute and block of 2^10 positions, the finest grain: the others are sums of these cells.
_TABLE = """
CREATE TEMP TABLE replayed_cells (
    account text, currency text, minute timestamptz, block integer, period text,
    amount_minor bigint)
"""
_COUNTED = "SELECT ledger.counted_position()"
_COUNT = """
INSERT INTO replayed_cells
SELECT p.account, p.currency, date_trunc('minute', n.effective_at, 'UTC'), (p.position - 1) >> 10,
       n.period, sum(p.amount_minor)
  FROM replayed_postings p JOIN replayed_entries n USING (position)
 WHERE p.position <= %s GROUP BY 1, 2, 3, 4, 5
"""
_LIVE = """
SELECT t.grain, a.code AS account, a.currency, t.starts_at, t.block, t.amount_minor
  FROM ledger.totals t LEFT JOIN ledger.accounts a ON a.id = t.account_id
"""
_REPLAYED = """
SELECT g.grain, c.account, c.currency, date_trunc(g.unit, c.minute, 'UTC') AS starts_at,
       c.block >> g.coarser AS block, sum(c.amount_minor) AS amount_minor
  FROM replayed_cells c
  JOIN (VALUES (1, 'minute', 0), (2, 'day', 5), (3, 'month', 10)) AS g(grain, unit, coarser)
    ON c.block < (SELECT ledger.counted_position()) >> 10 + g.coarser << g.coarser
 GROUP BY 1, 2, 3, 4, 5
"""
_LIVE_PERIODS = """
SELECT a.code AS account, a.currency, t.period, t.amount_minor
  FROM ledger.period_totals t LEFT JOIN ledger.accounts a ON a.id = t.account_id
"""
_REPLAYED_PERIODS = """
SELECT account, currency, period, sum(amount_minor) AS amount_minor
  FROM replayed_cells GROUP BY 1, 2, 3
"""


class ReplayedTotals:
    """Counts every page of replayed postings before it makes room for the next."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        cursor.execute(_TABLE)
        row = cursor.execute(_COUNTED).fetchone()
        self._counted = int(row[0]) if row else 0

    def count(self, after: int) -> None:
        """The page behind a position."""
        if after < self._counted:
            self._cursor.execute(_COUNT, (self._counted,))

    def finish(self) -> list[Compared]:
        self._cursor.execute("ANALYZE replayed_cells")
        cells = Comparison(
            TOTALS,
            _LIVE,
            _REPLAYED,
            key=("grain", "account", "currency", "starts_at", "block"),
            columns=("amount_minor",),
        )
        periods = Comparison(
            PERIOD_TOTALS,
            _LIVE_PERIODS,
            _REPLAYED_PERIODS,
            key=("account", "currency", "period"),
            columns=("amount_minor",),
        )
        return [
            self._compared(cells, _LIVE),
            self._compared(periods, _LIVE_PERIODS),
        ]

    def _compared(self, comparison: Comparison, live: str) -> Compared:
        comparison.compare(self._cursor)
        row = self._cursor.execute(f"SELECT count(*) FROM ({live}) rows").fetchone()
        return comparison.result(self._counted, int(row[0]) if row else 0)
