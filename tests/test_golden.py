"""One stored example of every event name and version, only ever added: old bytes always read."""

import pytest
from events import AT, CATALOGUE, EXAMPLES, GOLDEN, stored

from eventstore.envelope import Metadata, NewEvent
from mywork.domain.catalogue import EVENTS

METADATA = Metadata("user_ada", "command-1", AT, "a reason", "evt_1", "request-1")


@pytest.mark.parametrize("name", EVENTS)
def test_the_stored_bytes_of_an_event_never_change(name: str) -> None:
    decoded = CATALOGUE.decode((1, "stream", 1, name, stored(name), AT))
    assert (decoded.event, decoded.metadata) == (EXAMPLES[name], METADATA)
    assert type(decoded.event) is EVENTS[name]
    assert CATALOGUE.encode(NewEvent("stream", 1, EXAMPLES[name], METADATA)).state == stored(name)


def test_no_golden_file_is_without_its_event() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} == set(EVENTS)
