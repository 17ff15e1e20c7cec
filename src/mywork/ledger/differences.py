"""What a replay of the history found: rows compared and rows that differ, table by table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what the history says: the columns that differ, on either side.

    `live` None means that the row is missing, `replayed` None that no event made it; the other
    side then has all its columns. `key` is the row's, its parts divided by spaces. A `note` says
    why a row could not be replayed.
    """

    table: str
    key: str
    live: Columns | None
    replayed: Columns | None
    note: str = ""

    def words(self) -> str:
        """`amount_minor is 100, replayed 200`."""
        if self.note:
            return self.note
        if self.live is None:
            return f"is missing; replayed {_listed(self.replayed or {})}"
        if self.replayed is None:
            return f"has no event behind it: {_listed(self.live)}"
        return ", ".join(
            f"{name} is {value!r}, replayed {self.replayed[name]!r}"
            for name, value in sorted(self.live.items())
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """One table: replayed up to `position`, `rows` of it compared; the first differences, and
    how many `more` there are."""

    table: str
    position: int
    rows: int
    differences: tuple[Difference, ...] = ()
    more: int = 0

    @property
    def differing(self) -> int:
        return len(self.differences) + self.more


@dataclass(frozen=True, slots=True)
class Replayed:
    """A whole replay: the last position of its snapshot, the events read, the time it took.

    `root` is the hash of the largest signed head in the snapshot, over the first `sealed` events;
    empty where nothing was signed.
    """

    position: int
    events: int
    seconds: float
    tables: tuple[Compared, ...]
    sealed: int = 0
    root: str = ""

    @property
    def differing(self) -> int:
        """Rows that differ, in all tables."""
        return sum(table.differing for table in self.tables)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def events_per_second(self) -> int:
        return int(self.events / self.seconds) if self.seconds else 0

    def of(self, table: str) -> Compared:
        return next(found for found in self.tables if found.table == table)


def _listed(columns: Columns) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in sorted(columns.items()))
