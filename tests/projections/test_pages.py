"""What is sent depends on the events alone, and not on how history was cut into pages.

Between two pages a row goes into its table and comes back: numbers, times, and maps in an order
of the database's own. The whole history in one page has no such way to go.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import psycopg
from events import AT, EXAMPLES
from folding import recorded
from hypothesis import given, settings
from hypothesis import strategies as st
from marketplace import Marketplace

from eventstore.envelope import Recorded
from mywork.projections.catalogue import projections
from mywork.projections.projection import LIVE, Projection
from mywork.projections.returns import SalesReturned

FOUND = EXAMPLES["break.difference_found.v1"].break_id
# One of every kind, and those that come to a difference.
KINDS = [
    *EXAMPLES.values(),
    SalesReturned(EXAMPLES["product.drafted.v1"].product_id, "USD", 1, 29_900),
    *(
        replace(EXAMPLES[f"break.{name}.v1"], break_id=FOUND)
        for name in ("assigned", "resolved", "reopened")
    ),
]
PLACES = st.lists(st.integers(1, 200), max_size=12)
MORE = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 10**9)), max_size=60)


def test_a_history_that_was_lived(played: Marketplace) -> None:
    history = played.core.store.page(0, 100_000)
    with psycopg.connect(played.core.store.url) as connection, connection.cursor() as cursor:

        @settings(max_examples=8, deadline=None)
        @given(PLACES)
        def check(places: list[int]) -> None:
            for projection in projections():
                compared(cursor, projection, history, places)

        check()


def test_a_history_of_events_of_every_kind(database_url: str) -> None:
    """In an order that may make no sense: of those that do, none is missing then."""
    with psycopg.connect(database_url) as connection, connection.cursor() as cursor:

        @settings(max_examples=40, deadline=None)
        @given(MORE, PLACES)
        def check(more: list[tuple[Any, int]], places: list[int]) -> None:
            history = [recorded(number, event) for number, event in enumerate(KINDS, 1)]
            history += [
                recorded(number, event, AT + timedelta(microseconds=late))
                for number, (event, late) in enumerate(more, len(KINDS) + 1)
            ]
            for projection in projections():
                # Events that say nothing by themselves are looked up: these were never stored.
                assert compared(cursor, replace(projection, prepare=None), history, places)

        check()


def compared(
    cursor: psycopg.Cursor[Any],
    projection: Projection[Any],
    history: Sequence[Recorded],
    places: Sequence[int],
) -> int:
    """Every column, and the bytes of every document; returns how many rows there are."""
    inside = {place for place in places if place < len(history)}
    cuts = [0, *sorted(inside), len(history)]
    whole = written(cursor, projection, [history])
    pages = [history[start:end] for start, end in pairwise(cuts)]
    assert written(cursor, projection, pages) == whole
    return len(whole)


def written(
    cursor: psycopg.Cursor[Any], projection: Projection[Any], pages: Sequence[Sequence[Recorded]]
) -> list[Any]:
    table = f"{LIVE}.{projection.name}"
    cursor.execute(f"DELETE FROM {table}")
    write = projection.writer(LIVE)
    for page in pages:
        write(cursor, page)
    return cursor.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
