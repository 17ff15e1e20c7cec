"""Stripe's stand-in with ids that say what caused them, and the line that remembers our calls.

An id is made of the request or the due task that it comes from, never of chance: so whoever asks
for the same things in another order is told the same ids, and what happened can be compared.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from mywork.sandbox.clock import SandboxClock
from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.faults import Faults
from mywork.sandbox.stripe.transport import InProcess
from mywork.sandbox.stripe.world import World

# A UUID of version 4 or 7 alone: drawn by the SDK or by us, and never the same again.
_DRAWN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def named(identifier: str) -> str:
    """An id as it can be compared: one that was drawn is any other."""
    return "drawn" if _DRAWN.fullmatch(identifier) else identifier


class TracedWorld(World):
    def __init__(self, folder: Path) -> None:
        self._cause = ""
        self._made: Counter[tuple[str, str]] = Counter()
        super().__init__(SandboxClock(folder / "clock.json"), journal=folder / "journal.jsonl")

    def new_id(self, prefix: str) -> str:
        self._made[self._cause, prefix] += 1
        of = f"{self._cause} {prefix} {self._made[self._cause, prefix]}"
        return f"{prefix}_1{hashlib.sha256(of.encode()).hexdigest()[:23]}"

    @contextmanager
    def caused_by(self, cause: str) -> Iterator[None]:
        before, self._cause = self._cause, cause
        try:
            yield
        finally:
            self._cause = before

    def due(self) -> Iterator[Json]:
        """A task is a cause of its own, whoever happens to ask when its time has come."""
        for task in super().due():
            with self.caused_by(task["id"]):
                yield task


class Line(InProcess):
    """Remembers every call that may change something: method, path, idempotency key and body."""

    def __init__(self, world: World) -> None:
        self.faults = Faults(world)
        self.calls: list[tuple[str, str, str, str]] = []
        super().__init__(world, self.faults)

    def request(
        self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        key = named(str((headers or {}).get("Idempotency-Key", "")))
        path, body = urlsplit(url).path, urlencode(sorted(parse_qsl(str(post_data or ""))))
        call = (method.upper(), path, key, body)
        if method.upper() != "GET":
            self.calls.append(call)
        with self._caused_by(" ".join(call)):
            return super().request(method, url, headers, post_data, **more)

    @contextmanager
    def _caused_by(self, cause: str) -> Iterator[None]:
        if not isinstance(self._world, TracedWorld):
            yield
            return
        with self._world.caused_by(cause):
            yield
