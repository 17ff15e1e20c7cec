"""What people do with a break beside explaining it: one takes it over, or takes it up again."""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.identifiers import BreakId


@dataclass(frozen=True, slots=True)
class AssignBreak:
    """`owner` is whoever looks after it from now on; empty gives it back to everybody."""

    break_id: BreakId
    owner: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReopenBreak:
    """The explanation was wrong: its entry, if any, is reversed."""

    break_id: BreakId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BreakAssigned:
    break_id: BreakId
    owner: str


@dataclass(frozen=True, slots=True)
class BreakReopened:
    """`amount_minor` goes back from `account` to `source`, where the resolution had taken it."""

    break_id: BreakId
    object_id: str
    transaction_id: str
    currency: str
    amount_minor: int
    source: str
    account: str
    reason: str


EVENTS = {
    "break.assigned.v1": BreakAssigned,
    "break.reopened.v1": BreakReopened,
}
