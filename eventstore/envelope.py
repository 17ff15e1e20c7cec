"""What every event carries, fixed from day one.

An event is identified twice: by (stream, version) and by its position in the one global
history. It has two times: `effective_at`, when it happened in the world, and `recorded_at`,
when it was committed here. Audits and approvals stand on the rest of the metadata.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Metadata:
    """Who did it, why, when it took effect, and what it follows from.

    `effective_at` has a time zone. `command_id` is the same for every event of one command
    and makes a repeated command recognisable. `causation` is the receipt or event behind the
    command; `correlation` ties together everything that began with one request.
    """

    actor: str
    command_id: str
    effective_at: datetime
    reason: str = ""
    causation: str = ""
    correlation: str = ""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event about to be appended as `version` (from 1) of `stream`."""

    stream: str
    version: int
    event: Any
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as history has it.

    Positions start at 1, have no gaps and ascend in commit order; `recorded_at` never
    decreases along them.
    """

    position: int
    stream: str
    version: int
    name: str
    event: Any
    metadata: Metadata
    recorded_at: datetime
