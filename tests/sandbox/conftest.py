from collections.abc import Iterator
from pathlib import Path

import pytest
from stand_in import START, Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """Stripe in this process; the invariants are checked when the test ends."""
    found = Sandbox(tmp_path)
    found.clock.freeze(START)
    yield found
    found.check()
    found.world.close()
