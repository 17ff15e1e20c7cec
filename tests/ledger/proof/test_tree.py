"""The tree against the definitions of RFC 6962, written down a second time as they stand there."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mywork.ledger.proof import tree, verify_history

LEAVES = [hashlib.sha256(b"%d" % number).digest() for number in range(300)]
sizes = st.integers(1, len(LEAVES))


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1: the Merkle tree hash of leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def nodes(level: int, index: int) -> bytes:
    return mth(LEAVES[index << level : (index + 1) << level])


def changed(proof: Sequence[bytes], at: int) -> list[bytes]:
    wrong = bytes([proof[at][0] ^ 1]) + proof[at][1:]
    return [*proof[:at], wrong, *proof[at + 1 :]]


@given(sizes)
def test_the_root_is_the_merkle_tree_hash(size: int) -> None:
    assert tree.root(nodes, size) == mth(LEAVES[:size])
    grown: list[tuple[int, bytes]] = []
    for leaf in LEAVES[:size]:
        verify_history.grow(grown, leaf)
    assert verify_history.root_of(grown) == mth(LEAVES[:size])


def test_the_root_over_nothing_is_the_hash_of_nothing() -> None:
    assert tree.root(nodes, 0) == verify_history.root_of([]) == hashlib.sha256().digest()


def test_known_roots_of_the_certificate_transparency_test_vectors() -> None:
    """Of the reference implementation: eight inputs from empty to 16 bytes."""
    inputs = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
              "606162636465666768696a6b6c6d6e6f")  # fmt: skip
    grown: list[tuple[int, bytes]] = []
    for text in inputs:
        verify_history.grow(grown, hashlib.sha256(b"\0" + bytes.fromhex(text)).digest())
    known = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert verify_history.root_of(grown).hex() == known


@given(sizes.flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_a_leaf_is_proved_to_be_in_the_tree_and_no_other(chosen: tuple[int, int]) -> None:
    index, size = chosen
    proof = tree.inclusion_proof(nodes, index, size)
    root = mth(LEAVES[:size])
    assert tree.root_by_inclusion(LEAVES[index], index, size, proof) == root
    assert tree.root_by_inclusion(LEAVES[index - 1], index, size, proof) != root or size == 1
    assert tree.root_by_inclusion(LEAVES[index], index, size, [*proof, root]) is None
    assert tree.root_by_inclusion(LEAVES[index], size, size, proof) is None
    for at in range(len(proof)):
        assert tree.root_by_inclusion(LEAVES[index], index, size, changed(proof, at)) != root
    if proof:
        assert tree.root_by_inclusion(LEAVES[index], index, size, proof[:-1]) != root


@given(sizes.flatmap(lambda size: st.tuples(st.integers(1, size), st.just(size))))
def test_a_tree_is_proved_to_be_the_beginning_of_a_larger_one(chosen: tuple[int, int]) -> None:
    old, new = chosen
    before, after = (old, mth(LEAVES[:old])), (new, mth(LEAVES[:new]))
    proof = tree.consistency_proof(nodes, old, new)
    assert tree.is_consistent(before, after, proof)
    assert not tree.is_consistent((old, LEAVES[-1]), after, proof)
    assert not tree.is_consistent(before, (new, LEAVES[-1]), proof)
    assert not tree.is_consistent(before, after, [*proof, LEAVES[0]])
    for at in range(len(proof)):
        assert not tree.is_consistent(before, after, changed(proof, at))
    if proof:
        assert not tree.is_consistent(before, after, proof[:-1])


def test_what_is_not_in_a_tree_has_no_proof() -> None:
    for wrong in (-1, 8):
        with pytest.raises(ValueError, match="is not in a tree of 8"):
            tree.inclusion_proof(nodes, wrong, 8)
    for wrong in (0, 9):
        with pytest.raises(ValueError, match="is not the beginning"):
            tree.consistency_proof(nodes, wrong, 8)
        assert not tree.is_consistent((wrong, LEAVES[0]), (8, LEAVES[0]), [])
