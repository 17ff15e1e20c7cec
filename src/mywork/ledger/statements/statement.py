"""A seller's statement: opening + lines = closing, in one currency, equal to the ledger.

It is of a range of effective time, or of an accounting period; the latter, once the month is
closed, never changes. Each line is an entry that touches the seller's accounts. Lines stand in the
order in which things happened, by effective time and object; in which order we heard of them does
not show.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import psycopg

from eventstore.envelope import Recorded
from eventstore.store import EventStore
from mywork.domain.catalogue import concept_of
from mywork.domain.errors import VersionNotFound
from mywork.domain.identifiers import SellerId
from mywork.domain.money import exponent
from mywork.domain.order.sale_messages import OrderPlaced
from mywork.domain.period.months import Period, begins_at, ends_at, following
from mywork.ledger.statements.words import Words, words
from mywork.ledger.time_range import TimeRange

# The life of a seller's money, and what they owe us; each is an account.
STAGES = ("pending", "reserve", "refunding", "disputed", "available", "in_payout", "receivable")
_WHOLE_HISTORY = 2**63 - 1

_WINDOW = "SELECT set_config('role', 'mywork_reader', true), set_config('mywork.user_id', %s, true)"
_OPENING = """
SELECT stage, sum(amount_minor)::bigint FROM ledger.seller_lines
 WHERE currency = %(currency)s AND {before} GROUP BY stage
"""
_LINES = """
SELECT position, stream, version, name, state, recorded_at, stage, amount_minor, effective_at,
       first_name, first_state
  FROM ledger.seller_lines WHERE currency = %(currency)s AND {within} ORDER BY position
"""
# The closings of a month, the first to the last: the row of each was written by its event.
_CLOSINGS = """
SELECT c.position, e.recorded_at
  FROM ledger.closings c JOIN eventstore.events e ON e.notification_id = c.position
 WHERE c.first_open = %s AND c.checked_position IS NOT NULL ORDER BY c.position
"""
_FIRST_OPEN = "SELECT first_open FROM ledger.closings ORDER BY position DESC LIMIT 1"

Stages = Mapping[str, int]  # minor units by stage; what is owed to the seller is positive


@dataclass(frozen=True, slots=True)
class Line:
    """`moves` by stage; they sum to `amount_minor`. `balance_minor` is what is owed after it."""

    effective_at: datetime
    event: str
    words: Words
    moves: Stages
    amount_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Edition:
    """A month's statement as of its `version`-th closing, at `closed_at`; 0 while it is open.

    `position` is the closing's own: the statement knows of no later event.
    """

    period: Period
    version: int = 0
    closed_at: datetime | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """`edition` where it is of an accounting period; the time range is that month, then."""

    seller_id: SellerId
    currency: str
    time_range: TimeRange
    opening: Stages
    lines: Sequence[Line]
    edition: Edition | None = None

    @property
    def closing(self) -> Stages:
        """The opening and every line, stage by stage."""
        return _summed([self.opening, *(line.moves for line in self.lines)])


def statement(
    store: EventStore, seller_id: SellerId, currency: str, time_range: TimeRange
) -> Statement:
    """Read through the seller's own window, at one moment; raises CurrencyUnsupported.

    Somebody who never sold anything has a statement without lines.
    """
    scope = _Scope(
        before="effective_at < %(since)s",
        within="effective_at >= %(since)s AND effective_at < %(until)s",
        asked={"since": time_range.since, "until": time_range.until},
    )
    with store.snapshot() as connection:
        opening, entries = _read(store, connection, (seller_id, currency), scope)
    return Statement(seller_id, currency, time_range, opening, tuple(_lines(opening, entries)))


def period_statement(
    store: EventStore,
    seller_id: SellerId,
    currency: str,
    month: Period,
    *,
    version: int | None = None,
) -> Statement:
    """Of an accounting period: whatever belongs to it, also what happened earlier and came late.

    By default as of the last closing, or as it is now while the month is open; a version is as of
    that closing. Raises CurrencyUnsupported and VersionNotFound.
    """
    scope = _Scope(
        before="period < %(period)s AND position <= %(as_of)s",
        within="period = %(period)s AND position <= %(as_of)s",
        asked={"period": month},
    )
    with store.snapshot() as connection:
        edition, scope.asked["as_of"] = _edition(connection, month, version)
        opening, entries = _read(store, connection, (seller_id, currency), scope)
    time_range = TimeRange(begins_at(month), ends_at(month))
    lines = tuple(_lines(opening, entries))
    return Statement(seller_id, currency, time_range, opening, lines, edition)


def _edition(
    connection: psycopg.Connection[Any], month: Period, version: int | None
) -> tuple[Edition, int]:
    """Which edition is meant, and the last position that it knows of."""
    closings = connection.execute(_CLOSINGS, (following(month),)).fetchall()
    row = connection.execute(_FIRST_OPEN).fetchone()
    if version is None:
        version = len(closings) if row and row[0] > month else 0
    if not 0 <= version <= len(closings):
        raise VersionNotFound(f"{month} was closed {len(closings)} times: no version {version}")
    if version == 0:
        return Edition(month), _WHOLE_HISTORY
    position, closed_at = closings[version - 1]
    return Edition(month, version, closed_at, position), position


@dataclass(frozen=True, slots=True)
class _Scope:
    """Conditions on a seller's lines, `before` and `within` what is stated, and their values."""

    before: str
    within: str
    asked: dict[str, Any]


def _read(
    store: EventStore,
    connection: psycopg.Connection[Any],
    of: tuple[SellerId, str],
    scope: _Scope,
) -> tuple[dict[str, int], "list[_Entry]"]:
    """What is owed before the scope, and the entries within it, through the seller's window."""
    seller_id, currency = of
    exponent(currency)
    asked = scope.asked | {"currency": currency}
    connection.execute(_WINDOW, (seller_id,))
    opening = connection.execute(_OPENING.format(before=scope.before), asked).fetchall()
    rows = connection.execute(_LINES.format(within=scope.within), asked).fetchall()
    return _summed([dict(opening)]), sorted(_entries(store, rows), key=_order)


@dataclass(frozen=True, slots=True)
class _Entry:
    recorded: Recorded
    words: Words
    moves: Stages


def _entries(store: EventStore, rows: Iterable[tuple[Any, ...]]) -> Iterator[_Entry]:
    for _, lines in groupby(rows, key=lambda row: row[0]):
        found = list(lines)
        recorded = store.catalogue.decode(found[0][:6])
        moves = _summed([{stage: amount} for *_, stage, amount, _, _, _ in found])
        said = words(recorded.event, _terms(store, found[0]), recorded.name)
        yield _Entry(recorded, said, {stage: moved for stage, moved in moves.items() if moved})


def _terms(store: EventStore, row: tuple[Any, ...]) -> OrderPlaced | None:
    """What an order was placed for: the first event of its stream."""
    position, stream, _, _, _, recorded_at, *_, first_name, first_state = row
    first = store.catalogue.decode((position, stream, 1, first_name, first_state, recorded_at))
    return first.event if isinstance(first.event, OrderPlaced) else None


def _order(entry: _Entry) -> tuple[Any, ...]:
    """By time, then object, then the order of an object's life; never by when we heard of it."""
    recorded = entry.recorded
    life = list(concept_of(recorded.name).events).index(recorded.name)
    at = recorded.metadata.effective_at
    return at, recorded.stream, entry.words.object_id, life, recorded.version


def _lines(opening: Stages, entries: Iterable[_Entry]) -> Iterator[Line]:
    balance_minor = sum(opening.values())
    for entry in entries:
        amount_minor = sum(entry.moves.values())
        balance_minor += amount_minor
        yield Line(
            effective_at=entry.recorded.metadata.effective_at,
            event=entry.recorded.name,
            words=entry.words,
            moves=entry.moves,
            amount_minor=amount_minor,
            balance_minor=balance_minor,
        )


def _summed(amounts: Iterable[Stages]) -> dict[str, int]:
    """Every stage, in the order of a seller's money's life."""
    total = dict.fromkeys(STAGES, 0)
    for stages in amounts:
        for stage, amount_minor in stages.items():
            total[stage] += amount_minor
    return total
