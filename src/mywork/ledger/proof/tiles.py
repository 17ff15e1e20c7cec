"""The sealed tree as it is stored: tiles of 256 hashes, read as the complete subtrees of `tree`."""

from typing import Any

import psycopg

from mywork.ledger.proof.tree import root_of_complete

TILE = 256
HASH_BYTES = 32
_LEVELS = 8  # of the tree in one level of tiles: 2**8 = 256

_TILE = """
SELECT hashes FROM ledger.tiles
 WHERE level = %s AND first >= %s AND first < %s ORDER BY first
"""
_SEALED_SIZE = "SELECT ledger.sealed_size()"


class StoredTree:
    """The tree as one transaction or snapshot sees it; a tile is read once."""

    def __init__(self, cursor: psycopg.Cursor[Any]) -> None:
        self._cursor = cursor
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def size(self) -> int:
        """How many events are sealed."""
        row = self._cursor.execute(_SEALED_SIZE).fetchone()
        return int(row[0]) if row else 0

    def nodes(self, level: int, index: int) -> bytes:
        """`tree.Nodes`: the root of a complete subtree that lies within what is sealed."""
        tile_level, rest = divmod(level, _LEVELS)
        first, width = index << rest, 1 << rest
        hashes = self.tile(tile_level, first // TILE)[first % TILE : first % TILE + width]
        if len(hashes) < width:
            raise LookupError(f"subtree {index} of level {level} is not sealed")
        return root_of_complete(hashes)

    def tile(self, level: int, index: int) -> list[bytes]:
        """The hashes of a tile so far, at most 256."""
        if (level, index) not in self._tiles:
            first = index * TILE
            rows = self._cursor.execute(_TILE, (level, first, first + TILE))
            self._tiles[level, index] = hashes_of(b"".join(hashes for (hashes,) in rows))
        return self._tiles[level, index]


def hashes_of(joined: bytes) -> list[bytes]:
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]
