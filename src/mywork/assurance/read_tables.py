"""The read tables, replayed: each folded anew up to the position where the live one stands.

Their replays are made of the projections' own definitions and folds, as temporary tables. A table
that another version of the software has filled cannot be compared; that is said instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from eventstore.envelope import Recorded
from mywork.assurance.comparing import Comparison
from mywork.ledger.differences import Compared, Difference
from mywork.ledger.findings import Cursor
from mywork.projections.catalogue import PROJECTION_NAMES, named
from mywork.projections.definitions import fingerprint
from mywork.projections.install import create
from mywork.projections.projection import LIVE, Projection

TEMPORARY = "pg_temp"  # the session's own schema, which goes with the session however that ends
_CHANGED = "were made by another version of the software: mywork projections rebuild {}"
_DEFINITIONS = f"SELECT name, fingerprint FROM {LIVE}.definitions"


class ReplayedTables:
    """Feed it every page, then `finish`. `positions` says where each follower stands."""

    def __init__(
        self,
        cursor: Cursor,
        positions: Mapping[str, int],
        chosen: Sequence[str] = PROJECTION_NAMES,
    ) -> None:
        self._cursor = cursor
        known = dict(cursor.execute(_DEFINITIONS).fetchall())
        self._changed = [name for name in chosen if known.get(name) != fingerprint(name)]
        self._tables = [
            _ReplayedTable(cursor, named(name), positions.get(name, 0))
            for name in chosen
            if name not in self._changed
        ]
        self._pages = 0

    def apply(self, page: Sequence[Recorded], _: int) -> None:
        for table in self._tables:
            table.apply(page)
        self._pages += 1
        # While the tables are small, plans are made that would be ruinous for larger ones.
        if self._pages.bit_count() == 1:
            self._analyze()

    def finish(self) -> list[Compared]:
        self._analyze()
        changed = [_not_comparable(name, _CHANGED.format(name)) for name in self._changed]
        return [table.compared() for table in self._tables] + changed

    def _analyze(self) -> None:
        for table in self._tables:
            self._cursor.execute(f"ANALYZE {TEMPORARY}.{table.name}")


class _ReplayedTable:
    def __init__(self, cursor: Cursor, projection: Projection[Any], position: int) -> None:
        self.name = projection.name
        self._cursor = cursor
        self._position = position
        create(cursor.connection, projection.name, TEMPORARY)
        self._write = projection.writer(TEMPORARY)
        self._failed = ""
        key, *columns = (field.name for field in fields(projection.row))
        self._comparison = Comparison(
            f"{LIVE}.{self.name}",
            f"TABLE {LIVE}.{self.name}",
            f"TABLE {TEMPORARY}.{self.name}",
            key=(key,),
            columns=(*columns, "document", "position"),
        )

    def apply(self, page: Sequence[Recorded]) -> None:
        if not page or page[0].position > self._position:
            return
        if page[-1].position > self._position:
            page = [recorded for recorded in page if recorded.position <= self._position]
        if self._failed:
            return
        try:
            with self._cursor.connection.transaction():
                self._write(self._cursor, page)
        except Exception as error:  # noqa: BLE001  a broken history breaks folds; that is a finding
            events = f"events {page[0].position} to {page[-1].position}"
            self._failed = f"cannot be folded from {events}: {type(error).__name__}: {error}"

    def compared(self) -> Compared:
        if self._failed:
            return _not_comparable(self.name, self._failed)
        self._comparison.compare(self._cursor)
        row = self._cursor.execute(f"SELECT count(*) FROM {TEMPORARY}.{self.name}").fetchone()
        return self._comparison.result(self._position, row[0] if row else 0)


def _not_comparable(name: str, note: str) -> Compared:
    table = f"{LIVE}.{name}"
    return Compared(table, 0, 0, (Difference(table, "all rows", None, None, note),))
