"""`balance_at`: the balance of an account of ten million lines, at two random times.

The floor is the plain sum over its postings at the same times; both must say the same. The lines
are made in the database: three years of entries, most booked within seconds of when they took
effect, one in thirty late, by up to ninety days.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from eventstore.catalogue import Catalogue
from eventstore.store import EventStore
from mywork.bench.report import Result
from mywork.bench.scratch import scratch_database
from mywork.domain.catalogue import EVENTS
from mywork.ledger import totals
from mywork.ledger.book import Book
from mywork.ledger.trial_balance import trial_balance

LINES = 10_000_000
ASKED, SUMMED = 300, 5  # moments asked about, and how many of them are summed as well
KEY = ("revenue:commission", "USD")
SELLERS = 500
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)

_STEP = 500_000
_PREPARE = """
SET session_replication_role = replica;  -- the triggers that check an append would check each step
INSERT INTO ledger.accounts (code, currency, kind, bound_sign)
SELECT 'revenue:commission', 'USD', 'income', 0
 UNION ALL SELECT format('seller:user_%%s:available', n), 'USD', 'liability', 0
             FROM generate_series(1, %(sellers)s) n;
"""
_EVENTS = """
INSERT INTO eventstore.events
SELECT 'bench-' || n, 1, 'bench.line.v1', ''::bytea, n,
       %(begin)s::timestamptz + n * (%(years)s::interval / %(lines)s)
  FROM generate_series(%(first)s::bigint, %(last)s) n
"""
_ENTRIES = """
INSERT INTO ledger.entries
SELECT notification_id, at, recorded_at, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM'), 2
  FROM (SELECT notification_id, recorded_at,
               recorded_at - CASE WHEN random() < 1 / 30.0 THEN random() * interval '90 days'
                                  ELSE random() * interval '10 seconds' END AS at
          FROM eventstore.events WHERE notification_id BETWEEN %(first)s AND %(last)s) e
 ORDER BY notification_id
"""
_POSTINGS = """
INSERT INTO ledger.postings
SELECT n, line, CASE line WHEN 1 THEN revenue.id ELSE revenue.id + 1 + n %% %(sellers)s END, 'USD',
       CASE line WHEN 1 THEN -1 ELSE 1 END * (n %% 997 + 1), NULL
  FROM generate_series(%(first)s::bigint, %(last)s) n, generate_series(1, 2) line,
       (SELECT id FROM ledger.accounts WHERE code = 'revenue:commission') revenue
 ORDER BY n, line
"""
_PLAIN_SUM = """
SELECT coalesce(-sum(p.amount_minor), 0)::bigint
  FROM ledger.accounts a
  JOIN ledger.postings p ON p.account_id = a.id
  JOIN ledger.entries n ON n.position = p.position
 WHERE a.code = %s AND a.currency = %s AND n.effective_at <= %s
   AND n.booked_at <= coalesce(%s::timestamptz, 'infinity')
"""

Moments = tuple[datetime, datetime | None]


def run(scale: float) -> Result:
    lines = max(10_000, int(LINES * scale))
    with scratch_database() as url, EventStore(url, Catalogue(EVENTS)) as store:
        _fill(url, lines)
        counting = _seconds(lambda: totals.rebuild(store))
        ours, plain = _measure(store)
        trial = _seconds(lambda: trial_balance(store, at=BEGIN + YEARS / 2))
    ours.sort()
    details = {
        "lines": lines,
        "median_ms": round(ours[len(ours) // 2] * 1000, 2),
        "p99_ms": round(ours[len(ours) * 99 // 100] * 1000, 2),
        "worst_ms": round(ours[-1] * 1000, 2),
        "plain_ms": round(sum(plain) / len(plain) * 1000, 1),
        "trial_balance_ms": round(trial * 1000, 1),
        "counted_lines_per_second": int(lines * 2 / counting),
        "floor": "the plain sum over the account's postings at the same two times",
    }
    rate, baseline = (int(60 * len(times) / sum(times)) for times in (ours, plain))
    return Result("balance_at", rate, "balances/min", baseline, details)


def _fill(url: str, lines: int) -> None:
    asked: dict[str, Any] = {"sellers": SELLERS, "begin": BEGIN, "years": YEARS, "lines": lines}
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(_PREPARE, asked)
        connection.execute("SELECT setseed(0.5)")
        for first in range(1, lines + 1, _STEP):
            step = asked | {"first": first, "last": min(first + _STEP - 1, lines)}
            for statement in (_EVENTS, _ENTRIES, _POSTINGS):
                connection.execute(statement, step)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _measure(store: EventStore) -> tuple[list[float], list[float]]:
    """Seconds of each answer and of some plain sums; raises when two of them differ."""
    book, chosen = Book(store), random.Random(4)  # noqa: S311  the same moments in every run
    asked = [_moments(chosen) for _ in range(ASKED)]
    book.balance_at(KEY, *asked[0])  # warm
    ours, found = zip(*(_timed(lambda m=m: book.balance_at(KEY, *m)) for m in asked), strict=True)  # type: ignore[misc]
    plain = []
    for moments, balance in list(zip(asked, found, strict=True))[:SUMMED]:
        seconds, summed = _timed(lambda m=moments: _plain_sum(store, m))  # type: ignore[misc]
        if summed != balance:
            raise RuntimeError(f"at {moments} the totals say {balance}, the postings {summed}")
        plain.append(seconds)
    return list(ours), plain


def _moments(chosen: random.Random) -> Moments:
    """Two times of the three years; the second is now in a third of them."""
    at, known = (BEGIN + YEARS * chosen.random() for _ in range(2))
    return at, chosen.choice([None, known, max(at, known)])


def _plain_sum(store: EventStore, moments: Moments) -> int:
    with store.connection() as connection:
        row = connection.execute(_PLAIN_SUM, (*KEY, *moments)).fetchone()
    return int(row[0]) if row else 0


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
