"""The state of the stand-in: objects by account and kind, its clock, and a journal that keeps it.

Everything is plain JSON in Stripe's own shapes. What a request changed is written to the journal
as one line when it ends, so a kill -9 keeps all of a request or nothing.
"""

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import orjson

from mywork.sandbox.stripe.errors import Json, missing

PLATFORM = ""  # the account whose key it is; connected accounts are `acct_...`


Change = tuple[str, str, Json | None]  # table, id, object; None where it was removed


class Clock(Protocol):
    def now(self) -> datetime: ...
    def freeze(self, at: datetime) -> None: ...
    def run_from(self, at: datetime) -> None: ...


class Journal:
    """Lines of changed objects; read at start, rewritten once, then appended to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Any = None

    def load(self) -> Iterator[Change]:
        if self._path.exists():
            for line in self._path.read_bytes().splitlines():
                try:
                    changes = orjson.loads(line)
                except orjson.JSONDecodeError:
                    return  # the last line, cut by a crash: that request never answered
                yield from changes

    def rewrite(self, objects: list[Change]) -> None:
        staging = self._path.with_name(f"{self._path.name}.new")
        with staging.open("wb") as file:
            file.writelines(orjson.dumps([item]) + b"\n" for item in objects)
        staging.replace(self._path)
        self._file = self._path.open("ab", buffering=0)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def append(self, changes: list[Change]) -> None:
        self._file.write(orjson.dumps(changes) + b"\n")


class World:
    """`tables[account/kind][id]` holds the objects, oldest first."""

    def __init__(self, clock: Clock, *, journal: Path | None = None, seed: int | None = None):
        self.clock = clock
        self.tables: dict[str, dict[str, Json]] = {}
        self._random = random.Random(seed) if seed is not None else random.SystemRandom()  # noqa: S311
        self._changes: dict[tuple[str, str], Json | None] = {}
        self._journal = Journal(journal) if journal is not None else None
        if self._journal is not None:
            self._load(self._journal)

    def close(self) -> None:
        """Everything is in the journal already; this only lets go of the file."""
        if self._journal is not None:
            self._journal.close()

    def _load(self, journal: Journal) -> None:
        for table, identifier, document in journal.load():
            rows = self.tables.setdefault(table, {})
            if document is None:
                rows.pop(identifier, None)
            else:
                rows[identifier] = document
        journal.rewrite([(t, i, d) for t, rows in self.tables.items() for i, d in rows.items()])

    def now(self) -> int:
        """Seconds, as Stripe counts time."""
        return int(self.clock.now().timestamp())

    def new_id(self, prefix: str) -> str:
        alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"
        return f"{prefix}_1{''.join(self._random.choices(alphabet, k=23))}"

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def shuffle(self, items: list[Any]) -> None:
        self._random.shuffle(items)

    def put(self, account: str, kind: str, document: Json) -> Json:
        """Add or change an object; it is kept when the request ends."""
        table = f"{account}/{kind}"
        self.tables.setdefault(table, {})[document["id"]] = document
        self._changes[table, document["id"]] = document
        return document

    def remove(self, account: str, kind: str, identifier: str) -> None:
        """Forget what was only to be remembered until it is done."""
        table = f"{account}/{kind}"
        self.tables[table].pop(identifier, None)
        self._changes[table, identifier] = None

    def find(self, account: str, kind: str, identifier: str) -> Json:
        """The object, or Stripe's 404."""
        try:
            return self.tables[f"{account}/{kind}"][identifier]
        except KeyError:
            raise missing(kind.replace("_", " "), identifier) from None

    def all(self, account: str, kind: str) -> list[Json]:
        """Every object of a kind, oldest first."""
        return list(self.tables.get(f"{account}/{kind}", {}).values())

    def keep(self) -> None:
        """Write what changed to the journal."""
        if self._journal is not None and self._changes:
            self._journal.append([(t, i, d) for (t, i), d in self._changes.items()])
        self._changes.clear()
