"""A balance opened: what it was, what moved it, kind by kind, and its last or largest entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import psycopg

from eventstore.store import EventStore
from mywork.domain.catalogue import EVENTS
from mywork.ledger.account_lines import (
    COLUMNS,
    RUNNING,
    Line,
    balance_before,
    find_account,
    place_of,
)
from mywork.ledger.book import AccountKey
from mywork.ledger.explain.rules import rule_of
from mywork.ledger.time_range import TimeRange

LARGEST = 3  # entries of each kind that are named

_KINDS = f"""
{RUNNING},
kinds AS (
    SELECT e.topic, r.*, row_number() OVER kind AS rank,
           count(*) OVER (PARTITION BY e.topic) AS lines,
           (sum(r.amount_minor) OVER (PARTITION BY e.topic))::bigint AS total
      FROM running r JOIN eventstore.events e ON e.notification_id = r.position
    WINDOW kind AS (PARTITION BY e.topic ORDER BY abs(r.amount_minor) DESC, r.position))
SELECT r.topic, r.lines, r.total, {COLUMNS}
  FROM kinds r JOIN eventstore.events e ON e.notification_id = r.position
 WHERE r.rank <= %(largest)s
 ORDER BY abs(r.total) DESC, r.topic, r.rank
"""
_LAST = f"""
{RUNNING}
SELECT {COLUMNS}
  FROM running r JOIN eventstore.events e ON e.notification_id = r.position
 WHERE (r.effective_at, r.position) < (%(before_at)s, %(before)s)
 ORDER BY r.effective_at DESC, r.position DESC, r.line DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the events of one name moved; `sentence` is their rule's, `largest` their largest
    lines. Amounts are debit-positive minor units."""

    event: str
    sentence: str
    entries: int
    amount_minor: int
    largest: Sequence[Line]


@dataclass(frozen=True, slots=True)
class ExplainedAccount:
    """opening + kinds = balance, debit-positive. `last` begins with the latest line; `following`
    is the place of the page before it in time, None at the beginning of the time range."""

    key: AccountKey
    time_range: TimeRange
    opening_minor: int
    kinds: Sequence[Kind]
    balance_minor: int
    last: Sequence[Line]
    following: str | None


def explain_account(
    store: EventStore,
    key: AccountKey,
    time_range: TimeRange,
    *,
    as_known_at: datetime | None = None,
    after: str = "",
    limit: int = 20,
) -> ExplainedAccount:
    """A balance at the end of a time range, from its balance at the beginning.

    Raises AccountNotFound, and PlaceInvalid for an `after` that is no `following` of ours.
    """
    before_at, before = place_of(after) if after else (time_range.until, 0)
    with store.snapshot() as connection:
        account_id = find_account(connection, key)
        asked: dict[str, Any] = {
            "account": account_id,
            "since": time_range.since,
            "until": time_range.until,
            "as_known_at": as_known_at,
            "minutes": None,
            "largest": LARGEST,
            "before_at": before_at,
            "before": before,
            "limit": limit + 1,
        }
        kinds = _kinds(connection, asked)
        lines = [Line(*row) for row in connection.execute(_LAST, asked)]
        opening, balance = (
            balance_before(connection, account_id, end, as_known_at)
            for end in (time_range.since, time_range.until)
        )
    following = lines[limit - 1].place if len(lines) > limit else None
    return ExplainedAccount(key, time_range, opening, kinds, balance, lines[:limit], following)


def _kinds(connection: psycopg.Connection[Any], asked: dict[str, Any]) -> list[Kind]:
    rows = connection.execute(_KINDS, asked).fetchall()
    return [
        Kind(name, _sentence(name), size, total, [Line(*row[3:]) for row in found])
        for (name, size, total), found in groupby(rows, key=lambda row: row[:3])
    ]


def _sentence(name: str) -> str:
    """Of the rule that posts it; a retired name has none."""
    event = EVENTS.get(name)
    rule = rule_of(event) if event is not None else None
    return rule.sentence if rule is not None else ""
