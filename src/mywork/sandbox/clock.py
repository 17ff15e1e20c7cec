"""The sandbox's business time, in a small file that every process of the sandbox reads.

Frozen, it stands still until it is set; running, it is real time plus an offset. The file is read
again only when it has changed.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson


@dataclass(frozen=True, slots=True)
class Setting:
    """`frozen_at` stands still; without it, time is real time plus `offset`."""

    frozen_at: datetime | None = None
    offset: timedelta = timedelta()

    def now(self) -> datetime:
        return self.frozen_at or datetime.now(UTC) + self.offset


class SandboxClock:
    """The Clock port on a file; a file that is not there means real time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = (-1, -1)
        self._setting = Setting()

    def now(self) -> datetime:
        return self._current().now()

    def stamp(self) -> datetime | None:
        """Events are recorded under sandbox time too, so that its history reads as one."""
        return self.now()

    @property
    def mode(self) -> str:
        return "running" if self._current().frozen_at is None else "frozen"

    def freeze(self, at: datetime) -> None:
        self._write({"mode": "frozen", "now": at.astimezone(UTC).isoformat()})

    def run_from(self, at: datetime) -> None:
        offset = at - datetime.now(UTC)
        self._write({"mode": "running", "offset_microseconds": offset // timedelta(microseconds=1)})

    def _current(self) -> Setting:
        try:
            file = os.stat(self._path)
        except FileNotFoundError:
            return Setting()
        found = file.st_mtime_ns, file.st_ino  # two written in one tick of the kernel are two files
        if found != self._seen:
            document = orjson.loads(self._path.read_bytes())
            self._setting, self._seen = _setting(document), found
        return self._setting

    def _write(self, document: dict[str, object]) -> None:
        staging = self._path.with_name(f"{self._path.name}.new")
        staging.write_bytes(orjson.dumps(document))
        staging.replace(self._path)


def _setting(document: dict[str, object]) -> Setting:
    if document["mode"] == "frozen":
        return Setting(frozen_at=datetime.fromisoformat(str(document["now"])))
    return Setting(offset=timedelta(microseconds=int(str(document["offset_microseconds"]))))
