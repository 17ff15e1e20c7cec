"""A seller's statement: opening + lines = closing, in one currency, equal to the ledger.

Each line is an entry that touches the seller's accounts. Lines stand in the order in which things
happened, by effective time and object; in which order we heard of them does not show.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from eventstore import EventStore, Recorded
from mywork.domain import order
from mywork.domain.catalogue import EVENTS
from mywork.domain.identifiers import SellerId
from mywork.domain.money import exponent
from mywork.ledger.statement_words import Words, words
from mywork.ledger.time_range import TimeRange

# The life of a seller's money, and what they owe us; each is an account.
STAGES = ("pending", "reserve", "refunding", "disputed", "available", "in_payout", "receivable")
_LIFE = {event: number for number, event in enumerate(EVENTS.values())}

_AT_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_WINDOW = "SELECT set_config('role', 'mywork_reader', true), set_config('mywork.user_id', %s, true)"
_OPENING = """
SELECT stage, sum(amount_minor)::bigint FROM ledger.seller_lines
 WHERE currency = %(currency)s AND effective_at < %(since)s GROUP BY stage
"""
_LINES = """
SELECT position, stream, version, name, state, recorded_at, stage, amount_minor, effective_at,
       first_name, first_state
  FROM ledger.seller_lines
 WHERE currency = %(currency)s AND effective_at >= %(since)s AND effective_at < %(until)s
 ORDER BY position
"""

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
class Statement:
    seller_id: SellerId
    currency: str
    time_range: TimeRange
    opening: Stages
    lines: Sequence[Line]

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
    exponent(currency)
    asked = {"currency": currency, "since": time_range.since, "until": time_range.until}
    with store.connection() as connection, connection.transaction():
        connection.execute(_AT_ONE_MOMENT)
        connection.execute(_WINDOW, (seller_id,))
        opening = _summed([dict(connection.execute(_OPENING, asked).fetchall())])
        rows = connection.execute(_LINES, asked).fetchall()
    entries = sorted(_entries(store, rows), key=_order)
    return Statement(seller_id, currency, time_range, opening, tuple(_lines(opening, entries)))


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


def _terms(store: EventStore, row: tuple[Any, ...]) -> order.OrderPlaced | None:
    """What an order was placed for: the first event of its stream."""
    position, stream, _, _, _, recorded_at, *_, first_name, first_state = row
    first = store.catalogue.decode((position, stream, 1, first_name, first_state, recorded_at))
    return first.event if isinstance(first.event, order.OrderPlaced) else None


def _order(entry: _Entry) -> tuple[Any, ...]:
    """By time, then object, then the order of an object's life; never by when we heard of it."""
    recorded = entry.recorded
    life = _LIFE[type(recorded.event)]
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
