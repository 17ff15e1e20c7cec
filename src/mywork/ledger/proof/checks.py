"""What an audit asks of the seals: leaves, tree, heads and keys, each against what it is made of.

On one snapshot. Every head is compared with the tree at its own size, so all heads are heads of
one growing history. A check rests on those before it: an error is named once.
"""

from collections.abc import Iterator

import psycopg

from mywork.ledger.findings import Check, Cursor
from mywork.ledger.proof import heads, notes, tree
from mywork.ledger.proof.tiles import TILE, StoredTree, hashes_of
from mywork.ledger.proof.tree import root_of_complete
from mywork.ledger.proof.verify_history import Key, open_head, open_key

Found = Iterator[tuple[str, str]]

_PAGE = 64 * TILE
_LEAVES_OF_TILES = """
SELECT ("position" - 1) / 256, string_agg(leaf, ''::bytea ORDER BY "position")
  FROM ledger.records(%s, %s) GROUP BY 1
"""
_LEAVES = 'SELECT "position", leaf FROM ledger.records(%s, %s)'
_TILES = """
SELECT first / 256, string_agg(hashes, ''::bytea ORDER BY first) FROM ledger.tiles
 WHERE level = %s AND first >= %s AND first < %s GROUP BY 1 ORDER BY 1
"""
_LEVEL_SIZE = "SELECT ledger.sealed_size(%s::smallint)"
_UNSEALED = """
SELECT (SELECT coalesce(max(notification_id), 0) FROM eventstore.events),
       coalesce((SELECT max(size) FROM ledger.heads), 0),
       (SELECT max(signed_at) < clock_timestamp() - interval '1 day' FROM ledger.heads)
"""


def seal_checks() -> tuple[Check, ...]:
    return (
        Check("leaves", "Every sealed event, with its entry, is what was sealed.", _leaves),
        Check("tree", "The tree stands on its leaves.", _tree, ("leaves",)),
        Check("signing_keys", "Every signing key was announced by the one before it.", _keys),
        Check(
            "heads",
            "Every signed head is one of this history, signed by the key then in use.",
            _heads,
            ("tree", "signing_keys"),
        ),
        Check("sealed_in_time", "No event waits longer than a day to be signed for.", _in_time),
    )


# Leaves -----------------------------------------------------------------------------------


def _leaves(cursor: Cursor) -> Found:
    size = StoredTree(cursor).size()
    for start in range(0, size, _PAGE):
        end = min(start + _PAGE, size)
        yield from _leaves_between(cursor, start, end)


def _leaves_between(cursor: Cursor, start: int, end: int) -> Found:
    """Compare tile by tile; `start` is where a tile begins."""
    sealed = dict(cursor.execute(_TILES, (0, start, end)).fetchall())
    try:
        with cursor.connection.transaction():  # a state that is no JSON must not end the audit
            asked = (start + 1, end)
            found = dict(cursor.execute(_LEAVES_OF_TILES, asked).fetchall())
    except psycopg.DataError:
        found = {}
    for index, hashes in sealed.items():
        if found.get(index) != hashes:
            first = index * TILE
            yield from _events_between(cursor, first + 1, hashes_of(hashes))


def _events_between(cursor: Cursor, first: int, sealed: list[bytes]) -> Found:
    """Name the events from a position on whose leaves are not those that were sealed."""
    last = first + len(sealed) - 1
    try:
        with cursor.connection.transaction():
            found = dict(cursor.execute(_LEAVES, (first, last)).fetchall())
    except psycopg.DataError as error:
        if len(sealed) == 1:
            yield f"event {first}", f"was made unreadable: {str(error).splitlines()[0]}"
            return
        middle = len(sealed) // 2
        yield from _events_between(cursor, first, sealed[:middle])
        yield from _events_between(cursor, first + middle, sealed[middle:])
        return
    for position, leaf in enumerate(sealed, first):
        if position not in found:
            yield f"event {position}", "was sealed, and is not there"
        elif found[position] != leaf:
            yield f"event {position}", "is not what was sealed, or its entry is not"


# The tree, keys and heads -----------------------------------------------------------------


def _tree(cursor: Cursor) -> Found:
    """Each level has the roots of the full tiles below it, and nothing else."""
    level, below = 1, StoredTree(cursor).size()
    while below:
        size = _level_size(cursor, level)
        if size != below // TILE:
            yield f"level {level}", f"has {size} hashes above {below}"
        for start in range(0, min(size, below // TILE), TILE):
            yield from _roots(cursor, level, start)
        level, below = level + 1, size


def _roots(cursor: Cursor, level: int, start: int) -> Found:
    """The hashes of one tile against the tiles below it."""
    end = start + TILE
    [(_, joined)] = cursor.execute(_TILES, (level, start, end)).fetchall()
    below = dict(cursor.execute(_TILES, (level - 1, start * TILE, end * TILE)).fetchall())
    for index, root in enumerate(hashes_of(joined), start):
        tile = hashes_of(below.get(index, b""))
        if len(tile) != TILE or root_of_complete(tile) != root:
            yield f"hash {index} of level {level}", "is not the root of the tile below it"


def _level_size(cursor: Cursor, level: int) -> int:
    row = cursor.execute(_LEVEL_SIZE, (level,)).fetchone()
    return int(row[0]) if row else 0


def _keys(cursor: Cursor) -> Found:
    known: list[Key] = []
    for key in heads.read_keys(cursor):
        try:
            known.append(open_key(key.note.encode(), known))
            name = known[-1][0]
            text = notes.key_text(name, key.number, key.verifier_key, key.from_size, key.since)
            if not key.note.startswith(f"{text}\n"):
                raise ValueError("its row is not what its note says")
        except (ValueError, LookupError) as error:
            yield f"key {key.number}", str(error)


def _heads(cursor: Cursor) -> Found:
    keys: list[Key] = []
    for key in heads.read_keys(cursor):
        keys.append(open_key(key.note.encode(), keys))
    sealed = StoredTree(cursor)
    for head in heads.all_heads(cursor):
        try:
            _check_head(head, keys)
            if tree.root(sealed.nodes, head.size) != head.root:
                raise ValueError("its root is not that of the events it covers")
        except (ValueError, LookupError) as error:
            yield f"head {head.size}", str(error)


def _check_head(head: heads.Head, keys: list[Key]) -> None:
    open_head(head.note.encode(), keys)
    name = keys[head.key_number - 1][0]
    text = notes.head_text(name, head.size, head.root, head.signed_at)
    if not head.note.startswith(f"{text}\n"):
        raise ValueError("its row is not what its note says")


def _in_time(cursor: Cursor) -> Found:
    [(events, signed, old)] = cursor.execute(_UNSEALED).fetchall()
    if old and events > signed:
        yield f"events {signed + 1} to {events}", "are not signed for, and the last head is old"
