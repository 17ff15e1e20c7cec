"""The state of the stand-in: objects by account and kind, its clock, and a journal that keeps it.

Everything is plain JSON in Stripe's own shapes. What a request changed is written to the journal
as one line when it ends, so a kill -9 keeps all of a request or nothing.
"""

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from mywork.sandbox.stripe.errors import Json, missing
from mywork.sandbox.stripe.journal import Journal
from mywork.sandbox.stripe.listing import Shelf
from mywork.sandbox.stripe.totals import Totals

PLATFORM = ""  # the account whose key it is; connected accounts are `acct_...`
DUE = "due"
# Stripe lists events for 30 days, and may forget an idempotency key after 24 hours.
KEPT_SECONDS = {"event": 30 * 86_400, "idempotency": 86_400}


class Clock(Protocol):
    def now(self) -> datetime: ...
    def freeze(self, at: datetime) -> None: ...
    def run_from(self, at: datetime) -> None: ...


class World:
    """`tables[account/kind][id]` holds the objects, oldest first."""

    def __init__(self, clock: Clock, *, journal: Path | None = None, seed: int | None = None):
        self.clock = clock
        self.tables: dict[str, dict[str, Json]] = {}
        self.totals: dict[str, Totals] = {}  # of accounts; `balance` keeps them
        self.listeners: list[Callable[[Json], None]] = []  # told of every event at once
        # By kind: until when, of which account, which id.
        self._fading: dict[str, deque[tuple[int, str, str]]] = {
            kind: deque() for kind in KEPT_SECONDS
        }
        self._shelves: dict[str, Shelf] = {}
        self._due: list[tuple[int, int, str]] = []  # a heap: when, in which order, the id
        self._ordered = 0
        self._moment: int | None = None
        self._held: int | None = None
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
        for task in self.all(PLATFORM, DUE):
            self._queue(task)
        for table in self.tables:
            account, _, kind = table.partition("/")
            if kind in KEPT_SECONDS:
                for document in self.all(account, kind):
                    self._keep_for_a_while(account, kind, document)
        self._fading = {kind: deque(sorted(fading)) for kind, fading in self._fading.items()}

    # Time and chance ----------------------------------------------------------------------

    def now(self) -> int:
        """Seconds, as Stripe counts time."""
        return self.real_now() if self._moment is None else self._moment

    def real_now(self) -> int:
        """What the clock says, whatever is being done at a time of its own."""
        return int(self.clock.now().timestamp()) if self._held is None else self._held

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the clock still: a request happens at one moment, and looks at the clock once."""
        self._held = self.real_now()
        try:
            yield
        finally:
            self._held = None

    @contextmanager
    def at(self, moment: int) -> Iterator[None]:
        """Do something at a time of its own: a test clock's, or when it was due."""
        before, self._moment = self._moment, moment
        try:
            yield
        finally:
            self._moment = before

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_1{self._random.getrandbits(92):023x}"

    def chance(self, probability: float) -> bool:
        return probability > 0 and self._random.random() < probability

    def below(self, limit: int) -> int:
        """Any whole number from 0 on, below a limit."""
        return self._random.randrange(limit)

    def shuffle(self, items: list[Any]) -> None:
        self._random.shuffle(items)

    def later(self, at: int, action: str, account: str, subject: str) -> None:
        """Have `due.tick` do an action to an object at a time, after what was asked before."""
        at -= max(0, self.now() - self.real_now())  # a test clock's future is not ours
        task = {"id": self.new_id("due"), "at": at, "action": action}
        self._queue(self.put(PLATFORM, DUE, task | {"account": account, "object": subject}))

    def _queue(self, task: Json) -> None:
        self._ordered += 1
        heapq.heappush(self._due, (task["at"], self._ordered, task["id"]))

    def due(self) -> Iterator[Json]:
        """What the time has come for, earliest first, each handed out once."""
        while self._due and self._due[0][0] <= self.now():
            identifier = heapq.heappop(self._due)[2]
            task = self.find(PLATFORM, DUE, identifier)
            self.remove(PLATFORM, DUE, identifier)
            yield task

    # Objects ------------------------------------------------------------------------------

    def put(self, account: str, kind: str, document: Json) -> Json:
        """Add or change an object; it is kept when the request ends."""
        table = f"{account}/{kind}"
        self.tables.setdefault(table, {})[document["id"]] = document
        if table in self._shelves:
            self._shelves[table].keep(document)
        self._changes[table, document["id"]] = document
        return document

    def put_for_a_while(self, account: str, kind: str, document: Json) -> Json:
        """Add an object that Stripe forgets, `KEPT_SECONDS` after it was `created`."""
        self._keep_for_a_while(account, kind, document)
        return self.put(account, kind, document)

    def _keep_for_a_while(self, account: str, kind: str, document: Json) -> None:
        until = document.get("created", 0) + KEPT_SECONDS[kind]
        self._fading[kind].append((until, account, document["id"]))

    def forget_what_is_old(self) -> None:
        """An event that somebody still has to be told of is kept until then."""
        now = self.real_now()
        for kind, fading in self._fading.items():
            while fading and fading[0][0] <= now:
                _, account, identifier = fading.popleft()
                if self.find(account, kind, identifier).get("pending_webhooks"):
                    fading.append((now + KEPT_SECONDS[kind], account, identifier))
                else:
                    self.remove(account, kind, identifier)

    def remove(self, account: str, kind: str, identifier: str) -> None:
        """Forget what was only to be remembered until it is done."""
        table = f"{account}/{kind}"
        if self.tables[table].pop(identifier, None) is not None and table in self._shelves:
            self._shelves[table].forget(identifier)
        self._changes[table, identifier] = None

    def find(self, account: str, kind: str, identifier: str) -> Json:
        """The object, or Stripe's 404."""
        try:
            return self.tables[f"{account}/{kind}"][identifier]
        except KeyError:
            raise missing(kind.replace("_", " "), identifier) from None

    def all(self, account: str, kind: str) -> list[Json]:
        """Every object of a kind, oldest first; for few objects, or for tests."""
        return list(self.tables.get(f"{account}/{kind}", {}).values())

    def where(self, account: str, kind: str, field: str, value: Any) -> list[Json]:
        """The objects of a kind with a value in a field, oldest first, by an index."""
        return self.shelf(account, kind).where(field, value)

    def shelf(self, account: str, kind: str) -> Shelf:
        """For pages of a kind's objects."""
        table = f"{account}/{kind}"
        if table not in self._shelves:
            self._shelves[table] = Shelf(self.tables.setdefault(table, {}))
        return self._shelves[table]

    def keep(self) -> None:
        """Write what changed to the journal."""
        if self._journal is not None and self._changes:
            self._journal.append([(t, i, d) for (t, i), d in self._changes.items()])
        self._changes.clear()
