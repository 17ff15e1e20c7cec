"""An example of every event: what its golden file has stored, and what tests call parts of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from eventstore.catalogue import Catalogue
from mywork.domain.catalogue import EVENTS

AT = datetime(2026, 11, 10, 12, tzinfo=UTC)
ORDER_ID = "0199aa00-0000-7000-8000-000000000002"
PRODUCT_ID = "0199aa00-0000-7000-8000-000000000001"
REFUND = "0199aa00-0000-7000-8000-000000000003"
MONTH_LATER = AT + timedelta(days=30)
FIRST_OF_DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
PAYOUT_ID = "0b1c6f0e-54a2-5d4e-9a44-5a3c7f0e2d11"

GOLDEN = Path(__file__).parent / "golden"
CATALOGUE = Catalogue(EVENTS)


def stored(name: str) -> bytes:
    """The bytes of an event of this name, as a release has once stored them."""
    return (GOLDEN / f"{name}.json").read_bytes().rstrip(b"\n")


EXAMPLES: dict[str, Any] = {
    name: CATALOGUE.decode((1, "stream", 1, name, stored(name), AT)).event for name in EVENTS
}
