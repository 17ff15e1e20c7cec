"""Nothing is left to chance or to the clock: the same play is the same history, on any day.

Ids ascend in the order in which they are drawn, the product's and Stripe's, so that what is sorted
by them is in the order in which it came. The database's clock, by which leases and delays run,
stands still far in the future: what is new is due, and what was put off stays so until the play
says that time has passed.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from unittest.mock import patch

import psycopg

from mywork.sandbox.stripe.world import World

_FIRST_MILLISECOND = 1_800_000_000_000  # of the ids
# A function that stands before PostgreSQL's own; what was migrated keeps that one.
_STILL = """
CREATE SCHEMA still;
CREATE FUNCTION still.clock_timestamp() RETURNS timestamptz LANGUAGE sql
    RETURN timestamptz '2100-01-01 00:00:00+00';
GRANT USAGE ON SCHEMA still TO PUBLIC;
"""
# Rows that are due at the same time come in the order in which they lie in their index.
_SETTINGS = {
    "search_path": "still, pg_catalog, public",
    "enable_sort": "off",
    "enable_bitmapscan": "off",
}


def stop_clock(database_url: str) -> None:
    """Of a migrated database, for every connection that is opened from now on."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_STILL)
        for name, value in _SETTINGS.items():
            connection.execute(f"ALTER DATABASE {connection.info.dbname} SET {name} = {value}")


@contextmanager
def counted_ids() -> Iterator[None]:
    """What ids are made of counts up: chance, the milliseconds since 1970, and Stripe's own."""
    numbers, moments, stripes = count(1), count(_FIRST_MILLISECOND), count(1)

    def chance(size: int) -> bytes:
        return next(numbers).to_bytes(size, "big")

    def new_id(_: World, prefix: str) -> str:
        return f"{prefix}_1{next(stripes):023x}"

    with (
        patch.object(os, "urandom", chance),
        patch.object(time, "time_ns", lambda: next(moments) * 1_000_000),
        patch.object(World, "new_id", new_id),
    ):
        yield
