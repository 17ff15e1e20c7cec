"""Sealing: the leaves of committed events become part of the tree, in set-based pages.

PostgreSQL computes the leaves of a page and stores them in one statement; the few hashes above
them are computed here. A page is one transaction, so a sealer may be killed, and one lock lets
sealers take turns. Positions have no gaps and ascend in commit order, so whatever is visible
behind the sealed size is committed and complete.
"""

from collections.abc import Sequence
from typing import Any

import psycopg

from eventstore.progress import Progress
from eventstore.store import EventStore
from mywork.ledger.proof.tiles import TILE, StoredTree
from mywork.ledger.proof.tree import root_of_complete

PAGE = 64 * TILE  # events for each transaction: half a second's work
_SEAL_LOCK = 0x5365616C  # "Seal"
_LOCK = "SELECT pg_advisory_xact_lock(%s)"
_SEAL_LEAVES = """
INSERT INTO ledger.tiles (level, first, hashes)
SELECT 0, min("position") - 1, string_agg(leaf, ''::bytea ORDER BY "position")
  FROM ledger.records(%s, %s) GROUP BY ("position" - 1) / 256 ORDER BY 2
RETURNING first, hashes
"""
_SEAL_ROOTS = "INSERT INTO ledger.tiles (level, first, hashes) VALUES (%s, %s, %s)"


def seal(store: EventStore, *, progress: Progress | None = None) -> int:
    """Seal everything that is committed now; returns how many events are sealed in all.

    Raises ConstraintBroken when history does not continue what is sealed (an event is missing),
    NotStorable when an event was made unreadable: nothing of that page is sealed then.
    """
    head = store.head()
    while True:
        with store.transaction() as cursor:
            cursor.execute(_LOCK, (_SEAL_LOCK,))
            size = _seal_page(cursor, head)
        if progress is not None:
            progress(size, head)
        if size >= head:
            return size


def _seal_page(cursor: psycopg.Cursor[Any], head: int) -> int:
    """Seal up to a page; returns the sealed size, which is at least `head` at the end."""
    tree = StoredTree(cursor)
    size = tree.size()
    if size >= head:
        return size
    last = min((size + PAGE) // TILE * TILE, head)  # pages end with tiles, the last one excepted
    sealed = cursor.execute(_SEAL_LEAVES, (size + 1, last)).fetchall()
    _seal_roots(tree, cursor, 1, [first for first, hashes in sealed if _is_full(first, hashes)])
    return last


def _is_full(first: int, hashes: bytes) -> bool:
    return (first + len(hashes) // 32) % TILE == 0


def _seal_roots(
    tree: StoredTree, cursor: psycopg.Cursor[Any], level: int, filled: Sequence[int]
) -> None:
    """Put the roots of the tiles just filled on the level above; `filled` has a hash of each."""
    for first in filled:
        index = first // TILE
        root = root_of_complete(tree.tile(level - 1, index))
        cursor.execute(_SEAL_ROOTS, (level, index, root))
        if (index + 1) % TILE == 0:
            _seal_roots(tree, cursor, level + 1, [index])
