"""What a format of exports is: it writes parts, one after another, then what ties them together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from mywork.exports.manifest import Part


@dataclass(frozen=True, slots=True)
class Written:
    """A part that was just written: its key, its first and last position, its rows."""

    key: str
    first: int
    last: int
    rows: int


class Form(Protocol):
    """The same scope gives the same bytes, whoever writes and however often it is resumed."""

    def write_part(self, file: BinaryIO, *, after: int, number: int) -> Written | None:
        """Write the part that begins behind a position; None when nothing is left."""

    def finish(self, parts: Sequence[Part]) -> Iterator[tuple[str, bytes]]:
        """The small objects that make a whole of the parts: (key, bytes)."""

    def whole(self, parts: Iterator[Iterator[bytes]]) -> Iterator[bytes]:
        """One file instead, of the parts' bytes, each part in pieces."""
