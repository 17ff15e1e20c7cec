"""Folding events into one row of a projection: pure, without a database."""

from datetime import datetime, timedelta
from typing import Any

import orjson
from events import AT, EXAMPLES

from eventstore.envelope import Metadata, Recorded
from mywork.projections.catalogue import named
from mywork.projections.projection import Projection


def recorded(position: int, event: str | Any, effective_at: datetime = AT) -> Recorded:
    event = EXAMPLES[event] if isinstance(event, str) else event
    return Recorded(position, "s", 1, "n", event, Metadata("test", "c", effective_at), effective_at)


def folded(projection: Projection[Any], *events: str | Any) -> Any:
    """Each an hour after the one before, unless it comes as a pair with its own time."""
    row: Any = None
    for position, given in enumerate(events):
        pair = given if isinstance(given, tuple) else (given, AT + timedelta(hours=position))
        row = projection.evolve(row, recorded(position + 1, *pair))
    return row


def sent(name: str, *events: str | Any) -> Any:
    """The document after these events."""
    return orjson.loads(named(name).document(folded(named(name), *events)))
