"""Verify an exported history, with this file and Python's standard library alone.

    python3 verify_history.py FOLDER...

A folder is what `mywork audit export` wrote, or heads/ and keys/ that were kept from earlier, the
oldest first: so nobody can cut or replace history as a whole. Prints where something is wrong (an
event, a file). Exit 0 if nothing is, 1 if something is. Formats: docs/sealed-history.md.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

# Leaves and their tree (RFC 6962) -----------------------------------------------------------
ABOUT = ("position", "name", "stream", "version", "recorded_at", "effective_at")
ENTRY = ("effective_at", "booked_at", "period")
POSTING = ("account", "currency", "amount_minor", "object_id")
NUMBERS = ("position", "version", "amount_minor")


def leaf_bytes(record: Mapping[str, Any]) -> bytes:
    """What a record's leaf covers: a netstring of each field, so no two records have the same."""
    named = [("format", "mywork.event.v1"), *((name, record[name]) for name in ABOUT)]
    named.append(("state", hashlib.sha256(record["state"].encode()).hexdigest()))
    if (entry := record["entry"]) is not None:
        named += [(name, entry[name]) for name in ENTRY]
        named += [(name, posting[name]) for posting in entry["postings"] for name in POSTING]
    fields = [(f"{value:d}" if name in NUMBERS else value).encode() for name, value in named]
    return b"".join(b"%d:%b," % (len(field), field) for field in fields)


def leaf_hash(record: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(b"\0" + leaf_bytes(record)).digest()


def grow(tree: list[tuple[int, bytes]], leaf: bytes) -> None:
    """Add a leaf to a tree, kept as its complete subtrees: size and root, the largest first."""
    size = 1
    while tree and tree[-1][0] == size:
        size, leaf = 2 * size, hashlib.sha256(b"\1" + tree.pop()[1] + leaf).digest()
    tree.append((size, leaf))


def root_of(tree: list[tuple[int, bytes]]) -> bytes:
    root = tree[-1][1] if tree else hashlib.sha256().digest()
    for _, left in tree[-2::-1]:
        root = hashlib.sha256(b"\1" + left + root).digest()
    return root


# Ed25519 (RFC 8032) -------------------------------------------------------------------------
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, SQRT_OF_MINUS_1 = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # X, Y, Z and T, where x = X/Z, y = Y/Z, xy = T/Z


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        total = add(total, point) if number & 1 else total
        point, number = add(point, point), number >> 1
    return total


def point_of(encoded: bytes) -> Point:
    sign, y = divmod(int.from_bytes(encoded, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * SQRT_OF_MINUS_1 % P
    if len(encoded) != 32 or y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("it has what is no point of the curve")
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


def check_signature(public: bytes, message: bytes, signature: bytes) -> None:
    """Raises ValueError unless the owner of the public key signed the message."""
    base, key, commitment = map(point_of, (b"\x58" + b"\x66" * 31, public, signature[:32]))
    s = int.from_bytes(signature[32:], "little")
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    left = times(s, base)
    right = add(commitment, times(int.from_bytes(digest, "little") % ORDER, key))
    same = all((left[n] * right[2] - right[n] * left[2]) % P == 0 for n in (0, 1))
    if len(signature) != 64 or s >= ORDER or not same:
        raise ValueError("its signature is not that of its key and text")


# Keys and heads: signed notes (C2SP signed-note, tlog-checkpoint) ----------------------------
Key = tuple[str, bytes, bytes, int]  # name, id, public key, size of the history it signs from


def open_note(note: bytes, keys: Sequence[Key]) -> tuple[list[str], list[int]]:
    """A note's lines, and the numbers (from 1) of the keys that signed it; all must be valid."""
    text, _, signatures = note.decode().rpartition("\n\n")
    ids, numbers, (*lines, end) = [key[:2] for key in keys], [], signatures.split("\n")
    for line in lines:
        _, name, encoded = line.split(" ")
        raw = base64.b64decode(encoded, validate=True)
        if (name, raw[:4]) not in ids or f"— {name} {base64.b64encode(raw).decode()}{end}" != line:
            raise ValueError("it is not signed with a known key, as a note is")
        numbers.append(ids.index((name, raw[:4])) + 1)
        check_signature(keys[numbers[-1] - 1][2], f"{text}\n".encode(), raw[4:])
    return text.split("\n"), numbers


def open_key(note: bytes, before: Sequence[Key]) -> Key:
    """The key that a note announces, signed by itself and by the key `before` it."""
    number, (_, _, text, since) = len(before) + 1, note.decode().split("\n")[:4]
    name, id_, encoded = text.split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    key = name, bytes.fromhex(id_), raw[1:], int(since.split(" ")[1])
    lines, by = open_note(note, [*before, key])
    ours = hashlib.sha256(name.encode() + b"\n\1" + raw[1:]).digest()[:4] == key[1]
    heading = [f"{name} signing key", str(number)]
    if not ours or lines[:2] != heading or by != [number, number - 1][:number]:
        raise ValueError(f"it is not the note of key {number}, signed by itself and the one before")
    return key


def open_head(note: bytes, keys: Sequence[Key]) -> tuple[int, bytes]:
    """A signed head's size and root; its key must be the one that was in use at that size."""
    (origin, size, root, _), [number] = open_note(note, keys)
    last = keys[number][3] if number < len(keys) else int(size)
    if origin != keys[number - 1][0] or not keys[number - 1][3] <= int(size) <= last:
        raise ValueError("it is signed with a key that was not in use at its size")
    return int(size), base64.b64decode(root)


def read_record(line: bytes) -> dict[str, Any]:
    """A record that is whole: written as exports write it, balanced, and what its leaf says."""
    record: dict[str, Any] = json.loads(line.decode())
    postings = [] if (entry := record["entry"]) is None else entry["postings"]
    if any(sum(p["amount_minor"] for p in postings if p["currency"] == c)
           for c in {posting["currency"] for posting in postings}):  # fmt: skip
        raise ValueError("its entry does not balance")
    written = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    known = [*record] == [*ABOUT, "state", "entry", "leaf"]
    known = known and (entry is None or [*entry] == [*ENTRY, "postings"])
    known = known and all([*posting] == [*POSTING] for posting in postings)
    if not known or written != line or leaf_hash(record).hex() != record["leaf"]:
        raise ValueError("it is not what its leaf hash says")
    return record


class History:
    """Takes an export's lines in their order and says what is wrong with them."""

    def __init__(self, heads: Mapping[int, bytes]) -> None:
        self.heads, self.signed, self.expected, self.recorded_at = heads, 0, 1, ""
        self.tree, self.versions = list[tuple[int, bytes]](), dict[str, int]()
        self.whole = True  # so far no event is missing, and every head has our root
        self.damaged = list[str]()  # what is wrong with the lines since the last good one

    def take(self, line: bytes) -> Iterator[tuple[str, str]]:
        try:
            record = read_record(line)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as why:
            self.damaged.append(f"it was changed: {why}")
            return
        position, stream, version = record["position"], record["stream"], record["version"]
        yield from self.close_gap(position)
        if position < self.expected:
            yield f"event {position}", f"it stands behind event {self.expected - 1}"
            return
        before = self.versions.get(stream, 0 if self.whole else version - 1)
        if version != before + 1 or record["recorded_at"] < self.recorded_at:
            yield f"event {position}", f"it follows neither version {before} of {stream}, nor time"
        self.versions[stream], self.recorded_at = version, record["recorded_at"]
        self.expected = position + 1
        grow(self.tree, bytes.fromhex(record["leaf"]))
        if self.whole and position in self.heads:
            self.whole = root_of(self.tree) == self.heads[position]
            if not self.whole:
                yield f"events {self.signed + 1} to {position}", "they are not what was signed"
            self.signed = position

    def close_gap(self, position: int) -> Iterator[tuple[str, str]]:
        """Name the events that should stand before this one and are damaged, or not there."""
        if position <= self.expected and not self.damaged:
            return
        last = max(position - 1, self.expected)
        where = f"event {last}" if last == self.expected else f"events {self.expected} to {last}"
        yield where, "; ".join(self.damaged) or "it is missing"
        self.damaged, self.versions, self.whole = [], {}, False
        self.expected = max(position, self.expected)


def verify(folders: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Everything that is wrong with the folders, each by itself and all together."""
    for folder in folders:
        yield from check_texts(folder)
    keys: list[Key] = []
    heads: dict[int, bytes] = {}
    known: dict[tuple[str, ...], bytes] = {}
    for path in [path for kind in ("keys", "heads") for folder in folders
                 for path in sorted(folder.glob(f"{kind}/*.note"))]:  # fmt: skip
        try:
            note = path.read_bytes()
            if known.setdefault(path.parts[-2:], note) != note:
                raise ValueError("it differs from the one of this name in an older folder")
            if path.parent.name == "heads":
                heads |= [open_head(note, keys)]
            elif len(keys) < len(known):
                keys.append(open_key(note, keys))
        except (ValueError, LookupError) as why:
            yield str(path), str(why)
    history = History(heads)
    names = {path.name: path for folder in folders for path in folder.glob("events/*.jsonl")}
    for _, path in sorted(names.items()):
        with path.open("rb") as lines:
            for line in lines:
                yield from history.take(line)
    yield from history.close_gap(max(heads, default=0) + 1)
    if history.expected - 1 not in heads:
        yield f"event {history.expected - 1}", "no signed head covers it, the last one"


def check_texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.md")):
        text, _, own = path.read_bytes().rpartition(b"SHA-256 of the above: ")
        if own != hashlib.sha256(text).hexdigest().encode() + b"\n":
            yield str(path), "it was changed"


def main() -> int:
    folders = [Path(name) for name in sys.argv[1:]]
    if not folders or not all(map(Path.is_dir, folders)):
        print(__doc__)
        return 2
    wrong = [print(f"{where}: {what}") for where, what in verify(folders)]
    print(
        f"{len(wrong)} findings" if wrong else "history is whole, if its first key is who you think"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
