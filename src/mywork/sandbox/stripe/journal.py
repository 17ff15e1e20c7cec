"""What keeps the world over a restart: one line for all that a request changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from mywork.sandbox.stripe.errors import Json

Change = tuple[str, str, Json | None]  # table, id, object; None where it was removed


class Journal:
    """Lines of changed objects; read at start, rewritten once, then appended to.

    A request's changes are one line, so a kill -9 keeps all of a request or nothing.
    """

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
