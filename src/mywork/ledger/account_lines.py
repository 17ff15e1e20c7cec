"""An account's lines: by effective time, with the balance after each, as known at any moment.

The minutes in which an account has lines are read from the totals, so a page costs what is in it,
however long the account and however busy the others are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from eventstore.store import EventStore
from mywork.domain.errors import AccountNotFound, PlaceInvalid
from mywork.domain.period.months import Period
from mywork.ledger.book import AccountKey
from mywork.ledger.time_range import TimeRange

# Of three minutes more than lines are asked for, the last only bounds what is read, and the first
# may lie before the place asked for: the others hold a line more than asked, if there is one.
_MINUTES_MORE = 3

_NO_PLACE = "`after` is `next_after` of the page before, exactly as it was given"
_ACCOUNT = "SELECT id FROM ledger.accounts WHERE code = %s AND currency = %s"
_BALANCE_BEFORE = """
SELECT balance_minor
  FROM ledger.balances_at(ARRAY[%s], %s::timestamptz - interval '1 microsecond', %s)
"""
# The lines of a time range, each with the balance after it: `running`. `minutes` bounds how many
# minutes with lines are read; null reads them all. What is not counted yet is read as a whole.
RUNNING = """
WITH known AS MATERIALIZED (
    SELECT position, least(position, ledger.counted_position()) >> 10 << 10 AS counted
      FROM ledger.position_booked_by(%(as_known_at)s) AS position),
minutes AS MATERIALIZED (
    SELECT DISTINCT starts_at FROM ledger.totals
     WHERE grain = 1 AND account_id = %(account)s AND starts_at < %(until)s
       AND starts_at >= date_trunc('minute', %(since)s::timestamptz, 'UTC')
       AND block < (SELECT counted >> 10 FROM known)
     ORDER BY starts_at LIMIT %(minutes)s),
edge AS MATERIALIZED (
    SELECT CASE count(*) WHEN %(minutes)s THEN max(starts_at) ELSE %(until)s END AS at
      FROM minutes),
found AS (
    SELECT n.*, p.line, p.amount_minor, p.object_id
      FROM minutes m
      JOIN ledger.entries n
        ON n.effective_at >= m.starts_at AND n.effective_at < m.starts_at + interval '1 minute'
      JOIN ledger.postings p ON p.position = n.position AND p.account_id = %(account)s
     WHERE n.position <= (SELECT counted FROM known)
    UNION ALL
    SELECT n.*, p.line, p.amount_minor, p.object_id
      FROM ledger.postings p JOIN ledger.entries n ON n.position = p.position
     WHERE p.account_id = %(account)s
       AND p.position > (SELECT counted FROM known) AND p.position <= (SELECT position FROM known)
       AND n.position > (SELECT counted FROM known) AND n.position <= (SELECT position FROM known)
       AND n.effective_at >= %(since)s AND n.effective_at < %(until)s),
running AS (
    SELECT *, (sum(amount_minor) OVER (ORDER BY effective_at, position, line))::bigint
              + coalesce((SELECT balance_minor FROM ledger.balances_at(
                    ARRAY[%(account)s], %(since)s::timestamptz - interval '1 microsecond',
                    %(as_known_at)s)), 0) AS balance_minor
      FROM found
     WHERE effective_at >= %(since)s AND effective_at < (SELECT at FROM edge))
"""
COLUMNS = """
       r.position, e.topic, e.originator_id, r.effective_at, r.booked_at, r.period,
       r.amount_minor, r.balance_minor, r.object_id
"""
_LINES = f"""
{RUNNING}
SELECT {COLUMNS}
  FROM running r JOIN eventstore.events e ON e.notification_id = r.position
 WHERE (r.effective_at, r.position) > (%(since)s, %(after)s)
 ORDER BY r.effective_at, r.position, r.line LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A posting as an account shows it; amounts are debit-positive minor units."""

    position: int
    event: str
    stream: str
    effective_at: datetime
    booked_at: datetime
    period: Period
    amount_minor: int
    balance_minor: int
    object_id: str | None

    @property
    def place(self) -> str:
        """Where the page after this line begins."""
        return f"{self.effective_at.astimezone(UTC).isoformat()}_{self.position}"


@dataclass(frozen=True, slots=True)
class AccountLines:
    """A page: `opening_minor` at the beginning of the time range, `closing_minor` at its end,
    debit-positive. `following` is the place of the next page, None at the end."""

    opening_minor: int
    lines: Sequence[Line]
    closing_minor: int
    following: str | None


def account_lines(
    store: EventStore,
    key: AccountKey,
    time_range: TimeRange,
    *,
    limit: int,
    as_known_at: datetime | None = None,
    after: str = "",
) -> AccountLines:
    """What took effect in a time range, in that order, a page at a time.

    `after` is `following` of the page before. Raises AccountNotFound for an account that was never
    used, PlaceInvalid for a place that is none. A page never ends within an entry that posts to the
    account twice: no rule does that.
    """
    since, position = place_of(after) if after else (time_range.since, 0)
    with store.snapshot() as connection:
        account_id = find_account(connection, key)
        asked: dict[str, Any] = {
            "account": account_id,
            "since": since,
            "until": time_range.until,
            "as_known_at": as_known_at,
            "after": position,
            "limit": limit + 1,
            "minutes": limit + _MINUTES_MORE,
        }
        lines = [Line(*found) for found in connection.execute(_LINES, asked)]
        opening, closing = (
            balance_before(connection, account_id, end, as_known_at)
            for end in (time_range.since, time_range.until)
        )
    following = lines[limit - 1].place if len(lines) > limit else None
    return AccountLines(opening, lines[:limit], closing, following)


def find_account(connection: psycopg.Connection[Any], key: AccountKey) -> int:
    """The account's number; raises AccountNotFound where it was never used."""
    row = connection.execute(_ACCOUNT, key).fetchone()
    if row is None:
        raise AccountNotFound(f"{key[0]} has never been used in {key[1]}")
    return int(row[0])


def balance_before(
    connection: psycopg.Connection[Any], account_id: int, at: datetime, as_known_at: datetime | None
) -> int:
    """Debit-positive minor units, of what had happened before a moment."""
    row = connection.execute(_BALANCE_BEFORE, (account_id, at, as_known_at)).fetchone()
    return int(row[0]) if row else 0


def place_of(text: str) -> tuple[datetime, int]:
    """The effective time and position that a line's `place` names; raises PlaceInvalid."""
    moment, _, position = text.partition("_")
    try:
        at, number = datetime.fromisoformat(moment), int(position)
    except ValueError:
        raise PlaceInvalid(_NO_PLACE) from None
    if at.tzinfo is None or not 0 < number < 2**63:
        raise PlaceInvalid(_NO_PLACE)
    return at, number
