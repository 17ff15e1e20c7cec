"""What guards the tables: is everything there that the migrations made, and is it switched on?

Triggers, constraints, unique indexes, row level security, functions, views and privileges are read
from PostgreSQL's catalogue as lines of text and compared with `protection.txt`, which a test writes
from a database that has only been migrated. So whoever switched a trigger off to edit a row, or
gave a role more than it had, is seen for as long as that lasts.
"""

from collections.abc import Iterator
from pathlib import Path

from mywork.ledger.findings import Check, Cursor

EXPECTED = Path(__file__).with_name("protection.txt")
_GUARDS = Path(__file__).with_name("protection.sql")
_SEPARATOR = " := "

# Everything is named in full, whatever the session's search path is.
_NAMED_IN_FULL = "SET LOCAL search_path = pg_catalog"


def guards(cursor: Cursor) -> dict[str, str]:
    """What guards the tables of a database: what it is called, and how it is defined."""
    cursor.execute(_NAMED_IN_FULL)
    rows = cursor.execute(_GUARDS.read_text(encoding="utf-8").encode()).fetchall()
    return {name: " ".join(text.split()) for name, text in rows}


def expected() -> dict[str, str]:
    """What the migrations make."""
    found = {}
    for line in EXPECTED.read_text(encoding="utf-8").splitlines():
        name, _, text = line.partition(_SEPARATOR)
        found[name] = text
    return found


def written(found: dict[str, str]) -> str:
    """The text of `protection.txt` for what was found."""
    return "".join(f"{name}{_SEPARATOR}{text}\n" for name, text in sorted(found.items()))


def _as_migrated(cursor: Cursor) -> Iterator[tuple[str, str]]:
    found, wanted = guards(cursor), expected()
    for name in sorted(found.keys() | wanted.keys()):
        there, made = found.get(name), wanted.get(name)
        if there is None:
            yield name, f"is gone; the migrations made it: {made}"
        elif made is None:
            yield name, f"is there, and no migration made it: {there}"
        elif there != made:
            yield name, f"is {there}; the migrations made it {made}"


PROTECTION = Check(
    "protection",
    "Triggers, constraints and privileges guard the tables as the migrations made them.",
    _as_migrated,
)
