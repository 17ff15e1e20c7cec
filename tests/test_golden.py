"""One stored example of every event name and version, only ever added: old bytes always read.

MYWORK_UPDATE_GOLDEN=1 writes the missing ones; an existing one is never rewritten.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from events import AT, EXAMPLES

from eventstore.catalogue import Catalogue
from eventstore.envelope import Metadata, NewEvent
from mywork.domain.catalogue import EVENTS

GOLDEN = Path(__file__).parent / "golden"
CATALOGUE = Catalogue(EVENTS)
METADATA = Metadata("user_ada", "command-1", AT, "a reason", "evt_1", "request-1")


@pytest.mark.parametrize("name", EVENTS)
def test_the_stored_bytes_of_an_event_never_change(name: str) -> None:
    file = GOLDEN / f"{name}.json"
    encoded = CATALOGUE.encode(NewEvent("stream", 1, EXAMPLES[name], METADATA))
    if not file.exists() and os.environ.get("MYWORK_UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_bytes(encoded.state + b"\n")
    stored = file.read_bytes().rstrip(b"\n")
    assert encoded.state == stored
    now = datetime.now(UTC)
    decoded = CATALOGUE.decode((1, "stream", 1, name, stored, now))
    assert (decoded.event, decoded.metadata) == (EXAMPLES[name], METADATA)


def test_no_golden_file_is_without_its_event() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} <= set(EVENTS)
