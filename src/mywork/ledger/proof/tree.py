"""Merkle trees as RFC 6962 and RFC 9162 have them: roots, inclusion and consistency proofs.

Pure. A tree is known by its complete subtrees: `nodes(level, index)` is the root over the
2**level leaves from index * 2**level on. Indexes count from 0, so event 1 is leaf 0.
"""

import hashlib
from collections.abc import Callable, Sequence

Nodes = Callable[[int, int], bytes]
EMPTY_ROOT = hashlib.sha256().digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of_complete(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes whose number is a power of two."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [node_hash(left, right) for left, right in pairs]
    return hashes[0]


def root(nodes: Nodes, size: int) -> bytes:
    """The root over the first `size` leaves."""
    return _range_root(nodes, 0, size) if size else EMPTY_ROOT


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """What proves that leaf `index` is in the tree of `size` leaves (PATH of RFC 6962)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size} leaves")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _largest_part(end - start)
        if index < middle:
            proof.append(_range_root(nodes, middle, end))
            end = middle
        else:
            proof.append(_range_root(nodes, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """What proves that the tree of `old` leaves is the beginning of that of `new` (PROOF)."""
    if not 0 < old <= new:
        raise ValueError(f"a tree of {old} leaves is not the beginning of one of {new}")
    proof: list[bytes] = []
    start, end = 0, new
    while end != old:
        middle = start + _largest_part(end - start)
        if old <= middle:
            proof.append(_range_root(nodes, middle, end))
            end = middle
        else:
            proof.append(_range_root(nodes, start, middle))
            start = middle
    if start:  # else the old tree is a complete subtree, whose root the reader has
        proof.append(_range_root(nodes, start, end))
    return proof[::-1]


def root_by_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a proof leads to from a leaf hash; None when it has another length."""
    if not 0 <= index < size:
        return None
    found, last, rest = leaf, size - 1, list(proof)
    while last:
        if index & 1 or index < last:
            if not rest:
                return None
            sibling = rest.pop(0)
            found = node_hash(sibling, found) if index & 1 else node_hash(found, sibling)
        index, last = index >> 1, last >> 1
    return None if rest else found


def is_consistent(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the old tree (size, root) is the beginning of the new one."""
    (old_size, old_root), (new_size, new_root) = old, new
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    index, last = old_size - 1, new_size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    rest = list(proof) if index else [old_root, *proof]
    if not rest:
        return False
    old_found = new_found = rest.pop(0)
    while last:
        if not index & 1 and index == last:
            index, last = index >> 1, last >> 1
            continue
        if not rest:
            return False
        sibling = rest.pop(0)
        if index & 1:
            old_found, new_found = node_hash(sibling, old_found), node_hash(sibling, new_found)
        else:
            new_found = node_hash(new_found, sibling)
        index, last = index >> 1, last >> 1
    return not rest and (old_found, new_found) == (old_root, new_root)


def _largest_part(size: int) -> int:
    """The largest power of two below a size: where RFC 6962 splits a tree."""
    return int(1 << ((size - 1).bit_length() - 1))


def _range_root(nodes: Nodes, start: int, end: int) -> bytes:
    """The root over the leaves from `start` to before `end`, as the tree is split."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _largest_part(size)
    return node_hash(_range_root(nodes, start, middle), _range_root(nodes, middle, end))
