"""Reading the history of a snapshot, page by page, whatever state it is in."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from eventstore.catalogue import Catalogue
from eventstore.envelope import Recorded
from eventstore.errors import BrokenHistory, UnknownEventName
from mywork.ledger.differences import Compared, Difference
from mywork.ledger.findings import SHOWN, Cursor

PAGE = 10_000
EVENTS = "eventstore.events"
_PAGE = """
SELECT notification_id, originator_id, originator_version, topic, state, recorded_at
  FROM eventstore.events WHERE notification_id > %s ORDER BY notification_id LIMIT %s
"""
_HEAD = "SELECT coalesce(max(notification_id), 0) FROM eventstore.events"
_POSITIONS = "SELECT name, position FROM eventstore.followers"


def head(cursor: Cursor) -> int:
    """The position of the last event; 0 when there is none."""
    row = cursor.execute(_HEAD).fetchone()
    return int(row[0]) if row else 0


def positions(cursor: Cursor) -> dict[str, int]:
    """Where each follower stands."""
    return dict(cursor.execute(_POSITIONS).fetchall())


class History:
    """The events of a snapshot, each decoded once; what cannot be decoded is kept as a finding."""

    def __init__(self, cursor: Cursor, catalogue: Catalogue) -> None:
        self._cursor = cursor
        self._catalogue = catalogue
        self._broken: list[Difference] = []
        self._more = 0
        self.events = 0
        self.position = 0

    def pages(self, size: int = PAGE) -> Iterator[Sequence[Recorded]]:
        """Events in the order of their positions."""
        while True:
            rows = self._cursor.execute(_PAGE, (self.position, size), prepare=True).fetchall()
            if not rows:
                return
            page = self._decoded(rows)
            self.position = rows[-1][0]
            self.events += len(rows)
            yield page

    def result(self) -> Compared:
        return Compared(EVENTS, self.position, self.events, tuple(self._broken), self._more)

    def _decoded(self, rows: Sequence[tuple[Any, ...]]) -> Sequence[Recorded]:
        decode = self._catalogue.decode
        try:
            return [decode(row) for row in rows]
        except (BrokenHistory, UnknownEventName, msgspec.MsgspecError):
            return [found for row in rows if (found := self._tolerant(row)) is not None]

    def _tolerant(self, row: tuple[Any, ...]) -> Recorded | None:
        try:
            return self._catalogue.decode(row)
        except (BrokenHistory, UnknownEventName, msgspec.MsgspecError) as error:
            if len(self._broken) < SHOWN:
                live = {"name": row[3], "stream": row[1], "version": row[2]}
                note = f"{row[3]} of {row[1]} does not decode: {error}"
                self._broken.append(Difference(EVENTS, str(row[0]), live, None, note))
            else:
                self._more += 1
            return None
