"""History for an auditor to take away: records, heads, keys, and how to verify them.

A folder of files of at most 65,536 records each, so an export that was interrupted, or is asked
for again when history has grown, writes only what is not there yet.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import orjson

from eventstore.progress import Progress
from eventstore.store import EventStore
from mywork.domain.errors import ExportDiffers, HistoryNotSealed
from mywork.ledger.proof import heads
from mywork.ledger.proof.records import line, sealed_records

FILE_EVENTS = 65_536  # 50 to 100 megabytes
_README = """\
# An export of the history

Events {first} to {last}, as they are stored, and all that proves that they are whole:

- `events/`: one event a line, as JSON; a file is named by the position of its first event
- `heads/`: what was signed; a file is named by the number of events that it covers
- `keys/`: the public keys that signed, each announced by the one before it

To verify it, with nothing of ours but one file of Python that you can read
(`verify_history.py`; ask for it apart from this export, or write your own by
`docs/sealed-history.md`):

    python3 verify_history.py THIS_FOLDER

Give it what you kept from earlier first: then nobody can have replaced or cut history as a whole.

    python3 verify_history.py EARLIER_EXPORT THIS_FOLDER
    python3 verify_history.py FOLDER_WITH_heads_AND_keys THIS_FOLDER

Keep this folder, or at least its `heads` and `keys`. The same are published where we cannot change
them, and every seller's statement bears a head.

"""


@dataclass(frozen=True, slots=True)
class Exported:
    """Events `first` to `last` lie in the folder; `written` of them were written now."""

    first: int
    last: int
    written: int


def export_history(
    store: EventStore, folder: Path, *, after: int = 0, progress: Progress | None = None
) -> Exported:
    """Write the events behind `after` up to the latest signed head.

    A complete file is kept as it is. Raises HistoryNotSealed while no head covers an event behind
    `after`, ExportDiffers when the folder holds the export of another history.
    """
    with store.connection() as connection:
        cursor = connection.cursor()
        latest, keys = heads.read_latest(cursor), heads.read_keys(cursor)
        if latest is None or latest.size <= after:
            raise HistoryNotSealed(f"no signed head covers an event behind {after}")
        _check_folder(folder, keys[0])
        for key in keys:
            _write(folder / heads.key_object(key.number), key.note.encode())
        for head in heads.all_heads(cursor):
            _write(folder / heads.head_object(head.size), head.note.encode())
    written = 0
    for first, last in _files(after, latest.size):
        for events in _write_events(store, folder, first, last):
            written += events
            if progress is not None:
                progress(written, latest.size - after)
    _write(folder / "README.md", _readme(after + 1, latest.size))
    return Exported(after + 1, latest.size, written)


def event_file(first: int) -> str:
    return f"events/{first:012}.jsonl"


def _check_folder(folder: Path, key: heads.SigningKey) -> None:
    known = folder / heads.key_object(1)
    if known.exists() and known.read_bytes() != key.note.encode():
        raise ExportDiffers(f"{folder} holds the export of another history; choose another folder")


def _files(after: int, until: int) -> Iterator[tuple[int, int]]:
    """The first and last event of each file; they end at multiples of their size."""
    first = after + 1
    while first <= until:
        last = min(first + FILE_EVENTS - 1 - (first - 1) % FILE_EVENTS, until)
        yield first, last
        first = last + 1


def _write_events(store: EventStore, folder: Path, first: int, last: int) -> Iterator[int]:
    """Write a file of events, whole or not at all; yields how many it wrote since it last did."""
    file = folder / event_file(first)
    if _last_position(file) >= last:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    records = sealed_records(store, after=first - 1, until=last)
    with draft.open("wb") as stream:
        while lines := [line(record) for record in islice(records, 1000)]:
            stream.writelines(lines)
            yield len(lines)
    draft.replace(file)


def _last_position(file: Path) -> int:
    """The position of the last record in a file; 0 when there is none."""
    if not file.exists():
        return 0
    with file.open("rb") as stream:
        last = b""
        for found in stream:
            last = found
    return int(orjson.loads(last)["position"])


def _readme(first: int, last: int) -> bytes:
    """It ends with its own hash, by which the verifier sees that it was changed."""
    text = _README.format(first=first, last=last).encode()
    return text + f"SHA-256 of the above: {hashlib.sha256(text).hexdigest()}\n".encode()


def _write(file: Path, content: bytes) -> None:
    if not file.exists() or file.read_bytes() != content:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".part")
        draft.write_bytes(content)
        draft.replace(file)
