"""Reading files that people bring: whole, in UTF-8, with a digest; each refusal names the line."""

import csv
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO

from mywork.domain.errors import FileMalformed, MyWorkError

Row = Mapping[str, str]


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def rows_of(
    content: bytes, name: Callable[[str], str], required: AbstractSet[str]
) -> Iterator[tuple[int, Row]]:
    """The rows of a CSV file with their line; `name` gives a column its plain name.

    Comma or semicolon, with or without a byte order mark. Raises FileMalformed.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileMalformed(f"line {line}: this is no text in UTF-8") from None
    header = text.split("\n", 1)[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: Sequence[str] = ()
    try:
        for values in reader:
            if not columns:
                columns = [name(value.strip()) for value in values]
                if missing := required - set(columns):
                    raise FileMalformed(f"line 1: no column {', '.join(sorted(missing))}")
            elif any(values):
                if len(values) != len(columns):
                    raise FileMalformed(
                        f"line {reader.line_num}: {len(values)} values for {len(columns)} columns"
                    )
                yield reader.line_num, dict(zip(columns, map(str.strip, values), strict=True))
    except csv.Error as error:
        raise FileMalformed(f"line {reader.line_num}: {error}") from None


@contextmanager
def at_line(line: int) -> Iterator[None]:
    """Whatever is refused within names the line."""
    try:
        yield
    except (MyWorkError, ValueError) as error:
        raise FileMalformed(f"line {line}: {error}") from None


def moment_of(text: str) -> datetime:
    """`2026-11-10 12:00`, with or without seconds or zone; UTC unless it says otherwise."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a time such as 2026-11-10 12:00:00") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
