"""RFC 6962 Merkle trees in pieces: any stretch of leaves becomes a few hashes, and stretches that
meet combine, in whatever order they are computed.

A stretch is kept as its largest whole subtrees (at most two for each level), which do not depend
on how many leaves there will be: the same idea as the compact ranges of Certificate Transparency.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from mywork.ledger.proof.tree import EMPTY_ROOT, node_hash


@dataclass(frozen=True, slots=True)
class Subtree:
    """The hash over the leaves from `index << level` up to `(index + 1) << level`."""

    level: int
    index: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Stretch:
    """Leaves from `start` up to, and not including, `stop`; leaf 0 is the event at position 1."""

    start: int
    stop: int
    subtrees: tuple[Subtree, ...]


def stretch(start: int, leaf_hashes: Iterable[bytes]) -> Stretch:
    """Leaves that follow one another, the first at index `start`."""
    subtrees: list[Subtree] = []
    index = start
    for leaf_hash in leaf_hashes:
        _push(subtrees, Subtree(0, index, leaf_hash))
        index += 1
    return Stretch(start, index, tuple(subtrees))


def joined(left: Stretch, right: Stretch) -> Stretch:
    """Two stretches of which the second begins where the first stops; ValueError otherwise."""
    if left.stop != right.start:
        raise ValueError(f"leaves {left.stop} to {right.start} lie between the stretches")
    subtrees = list(left.subtrees)
    for subtree in right.subtrees:
        _push(subtrees, subtree)
    return Stretch(left.start, right.stop, tuple(subtrees))


def root(whole: Stretch) -> bytes:
    """The tree's root, over a stretch that begins at leaf 0 (RFC 6962, 2.1)."""
    if whole.start:
        raise ValueError("a root needs every leaf from the first")
    if not whole.subtrees:
        return EMPTY_ROOT
    hashes = [subtree.hash for subtree in reversed(whole.subtrees)]
    return reduce(lambda right, left: node_hash(left, right), hashes)


def _push(subtrees: list[Subtree], new: Subtree) -> None:
    """Add on the right; two halves of a larger subtree become it."""
    while subtrees and subtrees[-1].level == new.level and not subtrees[-1].index % 2:
        left = subtrees.pop()
        new = Subtree(new.level + 1, left.index // 2, node_hash(left.hash, new.hash))
    subtrees.append(new)
