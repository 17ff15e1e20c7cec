"""Proofs about single events and pairs of heads, for whoever does not want the whole history.

A proof leads from hashes that the asker has, or can compute, to the root in a signed head.
"""

from dataclasses import dataclass

from eventstore.store import EventStore
from mywork.domain.errors import EventNotFound, HistoryNotSealed
from mywork.ledger.proof import heads, tree
from mywork.ledger.proof.heads import Head
from mywork.ledger.proof.records import Record, stream_records
from mywork.ledger.proof.tiles import StoredTree


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That the leaf of `record` is number `record.position` of the events that `head` covers."""

    record: Record
    head: Head
    hashes: list[bytes]


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the history `before` is the beginning of the history `after`."""

    before: Head
    after: Head
    hashes: list[bytes]


def inclusion(store: EventStore, position: int, size: int | None = None) -> Inclusion:
    """By the head of that size, or by the latest one.

    Raises EventNotFound when there is no such event, HistoryNotSealed when no such head covers it.
    """
    if not 1 <= position <= store.head():
        raise EventNotFound(f"there is no event {position}")
    head = _head(store, size)
    if position > head.size:
        raise HistoryNotSealed(f"the head over {head.size} events does not cover event {position}")
    with store.connection() as connection:
        nodes = StoredTree(connection.cursor()).nodes
        hashes = tree.inclusion_proof(nodes, position - 1, head.size)
    [record] = stream_records(store, after=position - 1, until=position)
    return Inclusion(record, head, hashes)


def consistency(store: EventStore, before: int, after: int | None = None) -> Consistency:
    """Between the heads of two sizes, the later one by default the latest.

    Raises HistoryNotSealed where there is no such head, or the second is not larger.
    """
    earlier, later = _head(store, before), _head(store, after)
    if earlier.size > later.size:
        raise HistoryNotSealed(f"name the smaller head first: {later.size}, then {earlier.size}")
    with store.connection() as connection:
        nodes = StoredTree(connection.cursor()).nodes
        hashes = tree.consistency_proof(nodes, earlier.size, later.size)
    return Consistency(earlier, later, hashes)


def _head(store: EventStore, size: int | None) -> Head:
    if size is None:
        latest = heads.latest_head(store)
        if latest is None:
            raise HistoryNotSealed("no head has been signed yet")
        return latest
    with store.connection() as connection:
        found = heads.read_heads(connection.cursor(), after=size - 1, limit=1)
    if not found or found[0].size != size:
        raise HistoryNotSealed(
            f"no head covers {size} events; GET /audit/heads lists those we have"
        )
    return found[0]
