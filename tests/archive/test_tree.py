"""Trees in pieces have the roots of RFC 6962, however they are cut and combined."""

import hashlib
from functools import reduce
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mywork.archive.tree import joined, root, stretch


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, on leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    left, right = by_definition(leaves[:half]), by_definition(leaves[half:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def hashes(count: int) -> list[bytes]:
    return [hashlib.sha256(str(number).encode()).digest() for number in range(count)]


@given(st.integers(0, 300), st.data())
def test_pieces_combined_in_any_order_have_the_root_of_the_whole(
    count: int, data: st.DataObject
) -> None:
    leaves = hashes(count)
    cuts = sorted(data.draw(st.sets(st.integers(0, count), max_size=12)) | {0, count})
    pieces = [stretch(a, leaves[a:b]) for a, b in pairwise(cuts)] or [stretch(0, [])]
    while len(pieces) > 1:
        at = data.draw(st.integers(0, len(pieces) - 2))
        pieces[at : at + 2] = [joined(pieces[at], pieces[at + 1])]
    assert root(pieces[0]) == by_definition(leaves)
    assert pieces[0] == stretch(0, leaves)


@given(st.integers(1, 1000), st.integers(0, 1000))
def test_a_piece_is_small(count: int, start: int) -> None:
    assert len(stretch(start, hashes(count)).subtrees) <= 2 * count.bit_length()


def test_pieces_that_do_not_meet_are_refused() -> None:
    leaves = hashes(3)
    with pytest.raises(ValueError, match="leaves 1 to 2 lie between"):
        joined(stretch(0, leaves[:1]), stretch(2, leaves[2:]))
    with pytest.raises(ValueError, match="every leaf from the first"):
        root(stretch(1, leaves))
    assert root(reduce(joined, [stretch(0, leaves[:1]), stretch(1, leaves[1:])])) == by_definition(
        leaves
    )
