"""What an export has written so far: the record that lets it go on, and lets others check it.

`manifest.json` lies beside the parts and is written after each of them, so a part that it does
not name was never finished.
"""

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

import msgspec
import orjson

from mywork.application.ports.objects import ObjectMissing, Objects
from mywork.documents.exports import Format
from mywork.domain.errors import ExportDiffers
from mywork.exports.scope import Scope

KEY = "manifest.json"


@dataclass(frozen=True, slots=True)
class Part:
    """A finished piece: what it holds of history (positions, both included), and its checksum."""

    key: str
    first: int
    last: int
    rows: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`complete` once everything lies there. `files` are what ties the parts together, each with
    its checksum."""

    format: Format
    head: int
    since: datetime | None = None
    until: datetime | None = None
    parts: tuple[Part, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    complete: bool = False

    @property
    def reached(self) -> int:
        """The position up to which everything is written."""
        return self.parts[-1].last if self.parts else 0

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)

    def scope(self) -> Scope:
        return Scope(self.format, self.head, self.since, self.until)

    def without_last(self) -> "Manifest":
        return replace(self, parts=self.parts[:-1], complete=False)


def begin(scope: Scope) -> Manifest:
    return Manifest(scope.format, scope.head, scope.since, scope.until)


def load(objects: Objects) -> Manifest | None:
    """The manifest that lies there, if one does; raises ExportDiffers where it cannot be read."""
    try:
        return msgspec.json.decode(objects.get(KEY), type=Manifest)
    except ObjectMissing:
        return None
    except msgspec.MsgspecError as error:
        raise ExportDiffers(f"{KEY} is not a manifest of ours: {error}") from error


def save(objects: Objects, manifest: Manifest) -> None:
    body = orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    objects.put(KEY, body)
