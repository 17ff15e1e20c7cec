"""Rows against rows: PostgreSQL joins what is with what should be, and sends what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mywork.ledger.differences import Compared, Difference
from mywork.ledger.findings import SHOWN, Cursor


class Comparison:
    """Compares a table with its replay, in one go or range by range.

    `live` and `replayed` are SQL of rows with the same columns; `key` identifies a row. Amounts
    are integers on both sides, so equal means equal to the cent.
    """

    def __init__(
        self, table: str, live: str, replayed: str, *, key: Sequence[str], columns: Sequence[str]
    ) -> None:
        self._table = table
        self._query = _query(live, replayed, key, columns)
        self._differences: list[Difference] = []
        self._more = 0

    def compare(
        self,
        cursor: Cursor,
        parameters: Mapping[str, Any] | None = None,
        notes: Mapping[str, str] | None = None,
    ) -> None:
        """`notes` says of a row by its key why it could not be replayed."""
        for key, live, replayed in cursor.stream(self._query, parameters):
            found = _difference(self._table, key, live, replayed)
            self.add(replace(found, note=(notes or {}).get(key, "")))

    def add(self, difference: Difference) -> None:
        if len(self._differences) < SHOWN:
            self._differences.append(difference)
        else:
            self._more += 1

    def result(self, position: int, rows: int) -> Compared:
        return Compared(self._table, position, rows, tuple(self._differences), self._more)


def _query(live: str, replayed: str, key: Sequence[str], columns: Sequence[str]) -> str:
    both = [*key, *columns]
    shown = {side: ", ".join(f"'{name}', {side}.{name}" for name in both) for side in ("l", "r")}
    keys = ", ".join(f"coalesce(l.{name}, r.{name})" for name in key)
    left, right = (", ".join(f"{side}.{name}" for name in both) for side in ("l", "r"))
    return f"""
SELECT concat_ws(' ', {keys}),
       CASE WHEN l.{key[0]} IS NOT NULL THEN json_build_object({shown["l"]}) END,
       CASE WHEN r.{key[0]} IS NOT NULL THEN json_build_object({shown["r"]}) END
  FROM ({live}) l FULL JOIN ({replayed}) r
    ON {" AND ".join(f"l.{name} = r.{name}" for name in key)}
 WHERE ({left}) IS DISTINCT FROM ({right})
 ORDER BY {keys}
"""


def _difference(
    table: str, key: str, live: dict[str, Any] | None, replayed: dict[str, Any] | None
) -> Difference:
    if live is None or replayed is None:
        return Difference(table, key, live, replayed)
    names = [name for name, value in live.items() if value != replayed[name]]
    return Difference(
        table,
        key,
        {name: live[name] for name in names},
        {name: replayed[name] for name in names},
    )
