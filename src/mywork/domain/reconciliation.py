"""A run of reconciliation: what was compared, how far the books had come, and what came of it.

One stream for each source. A run is a fact: an auditor can see that books were reconciled, when,
with which result, and at which position of the history the same comparison gives it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mywork.domain.breaks.difference_messages import Source
from mywork.domain.decider import Decider
from mywork.domain.streams import reconciliation_stream


@dataclass(frozen=True, slots=True)
class ComparedBalance:
    """Stripe's reported balance beside the ledger's, pending and available together.

    `explained_minor` is by how much Stripe's is above ours for reasons that are known.
    """

    currency: str
    theirs_minor: int
    ours_minor: int
    explained_minor: int

    @property
    def unexplained_minor(self) -> int:
        return self.theirs_minor - self.ours_minor - self.explained_minor


@dataclass(frozen=True, slots=True)
class RecordRun:
    """`file` is the SHA-256 of what was imported, empty for a feed. `until` None is open."""

    run_id: str
    source: Source
    file: str
    since: datetime
    until: datetime | None
    position: int
    matched: Mapping[str, int]
    in_flight: int
    differences: Mapping[str, int]
    ended: int
    balances: tuple[ComparedBalance, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class RunCompleted:
    """`matched` counts by category, `differences` by kind of break; `ended` breaks had gone."""

    run_id: str
    source: Source
    file: str
    since: datetime
    until: datetime | None
    position: int
    matched: Mapping[str, int]
    in_flight: int
    differences: Mapping[str, int]
    ended: int
    balances: tuple[ComparedBalance, ...]

    @property
    def clean(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True)
class Runs:
    last: RunCompleted | None = None


EVENTS = {
    "reconciliation.completed.v1": RunCompleted,
}


def _record(command: RecordRun, state: Runs) -> Sequence[RunCompleted]:
    if state.last is not None and state.last.run_id == command.run_id:
        return ()
    return (
        RunCompleted(
            run_id=command.run_id,
            source=command.source,
            file=command.file,
            since=command.since,
            until=command.until,
            position=command.position,
            matched=command.matched,
            in_flight=command.in_flight,
            differences=command.differences,
            ended=command.ended,
            balances=command.balances,
        ),
    )


def evolve_reconciliation(state: Runs, event: RunCompleted) -> Runs:
    del state
    return Runs(event)


RECONCILIATION: Decider[RunCompleted, Runs] = Decider(
    initial=Runs(),
    decisions={RecordRun: _record},
    evolve=evolve_reconciliation,
    stream=lambda command: reconciliation_stream(command.source),
    events=EVENTS,
)
