"""Replay drills: asked for by people, every week by the schedule, one at a time wherever it runs.

What a drill found is kept, published, and opens a break where something differs, so that finance
and admins are told and no month is closed on it. A drill that was killed has left nothing; its row
is ended by whoever comes next.
"""

import hashlib
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from eventstore.errors import EventStoreError
from eventstore.progress import Progress
from mywork.application.commands import envelope
from mywork.application.handle import Handler
from mywork.application.ports.clock import Clock
from mywork.application.ports.objects import Objects, Retention, StorageUnavailable
from mywork.application.ports.replay_verifications import (
    Replay,
    Status,
    Verification,
    VerificationsTable,
)
from mywork.documents.document import encode
from mywork.domain.breaks.explanation_messages import OpenBreak
from mywork.domain.errors import DrillNotFound, DrillUnderWay
from mywork.domain.identifiers import BreakId, new_id
from mywork.ledger.differences import Replayed

logger = logging.getLogger(__name__)

SCHEDULE = "schedule"
SUNDAY, AT_NIGHT = 6, 3  # the quietest hours of a week, in UTC
NAMED = 5  # differences that a break names; the drill itself names more
KILLED = "it was killed before it had an answer"


class ReplayVerification:
    """`replay` does the work; raises EventStoreError where it cannot be done."""

    def __init__(
        self,
        table: VerificationsTable,
        handler: Handler,
        replay: Replay,
        *,
        objects: Objects,
        clock: Clock,
    ) -> None:
        self._table = table
        self._handler = handler
        self._replay = replay
        self._objects = objects
        self._clock = clock

    def ask(self, asked_by: str) -> Verification:
        """Let the worker run one soon; raises DrillUnderWay while one waits or runs."""
        with self._table.alone() as alone:
            if alone:
                self._end_the_killed()
            return self._asked(asked_by)

    def run(self, asked_by: str, *, progress: Progress | None = None) -> Verification:
        """Run one here and now, the one that waits if there is any.

        Raises DrillUnderWay while one runs, EventStoreError where it fails.
        """
        with self._table.alone() as alone:
            if not alone:
                raise self._under_way()
            self._end_the_killed()
            drill = self._table.open() or self._asked(asked_by)
            return self._perform(drill, progress)

    def run_due(self) -> Verification | None:
        """Run what was asked for, or else the week's; None where nothing is due or another
        process is at it. What could not be published before is published now."""
        self._publish()
        with self._table.alone() as alone:
            if not alone:
                return None
            self._end_the_killed()
            drill = self._table.open() or self._of_the_week()
            return self._perform(drill) if drill is not None else None

    def find(self, drill_id: str) -> Verification:
        drill = self._table.find(drill_id)
        if drill is None:
            raise DrillNotFound(f"there is no replay drill {drill_id}")
        return drill

    def latest(self, limit: int, *, before: str = "") -> list[Verification]:
        """The newest first; `before` is the last one that was seen."""
        return list(self._table.latest(limit, before=before))

    def _asked(self, asked_by: str) -> Verification:
        drill = Verification(new_id(), asked_by, self._clock.now())
        if not self._table.ask(drill):
            raise self._under_way()
        return drill

    def _under_way(self) -> DrillUnderWay:
        known = self._table.open()
        which = (
            f"replay drill {known.id} is {known.status}" if known else "a replay drill is running"
        )
        return DrillUnderWay(f"{which}: wait for what it finds")

    def _of_the_week(self) -> Verification | None:
        """The drill of this week, if it has not had one: two processes cannot both have it."""
        now = self._clock.now()
        drill = Verification(new_id(), SCHEDULE, now)
        return drill if self._table.ask(drill, week=week_of(now)) else None

    def _end_the_killed(self) -> None:
        """Nobody else runs one, so what says that it is running was killed."""
        known = self._table.open()
        if known is not None and known.status == "running":
            self._table.save(self._ended(known, "failed", KILLED))

    def _perform(self, drill: Verification, progress: Progress | None = None) -> Verification:
        drill = replace(drill, status="running", started_at=self._clock.now())
        self._table.save(drill)
        try:
            replayed = self._replay(progress=progress)
        except EventStoreError as error:
            self._table.save(self._ended(drill, "failed", f"{type(error).__name__}: {error}"))
            raise
        status: Status = "differs" if replayed.differing else "passed"
        drill = replace(self._ended(drill, status), replayed=replayed)
        self._table.save(drill)
        logger.info("replay drill %s: %s differ of %s", drill.id, replayed.differing, replayed.rows)
        if replayed.differing:
            self._open_break(drill, replayed)
        self._publish()
        return drill

    def _ended(self, drill: Verification, status: Status, note: str = "") -> Verification:
        return replace(drill, status=status, note=note, finished_at=self._clock.now())

    def _open_break(self, drill: Verification, replayed: Replayed) -> None:
        """One break for the same differences, however often they are found."""
        found = [difference for table in replayed.tables for difference in table.differences]
        named = [f"{item.table} {item.key}: {item.words()}" for item in found]
        more = replayed.differing - len(named[:NAMED])
        command = OpenBreak(
            break_id=BreakId(f"replay-{_digest(named)}"),
            kind="history_differs",
            object_id=drill.id,
            currency="",
            amount_minor=0,
            fee_minor=0,
            available_on=None,
            concerns="",
            detail="; ".join(named[:NAMED]) + (f"; and {more} more" if more else ""),
            at=self._clock.now(),
        )
        self._handler.handle(envelope(command, actor="replay drill"))

    def _publish(self) -> None:
        """Once published, a drill is never written over; what cannot be now is next time."""
        for drill in self._table.unpublished():
            body = msgspec.json.format(encode(drill.document()))
            try:
                self._objects.put(f"drills/{drill.id}.json", body, once=Retention())
            except StorageUnavailable as error:
                logger.warning("replay drill %s cannot be published yet: %s", drill.id, error)
                return
            self._table.published(drill.id, self._clock.now())


def week_of(now: datetime) -> datetime:
    """The Sunday night, three o'clock UTC, that has passed last."""
    local = now.astimezone(UTC)
    night = local.replace(hour=AT_NIGHT, minute=0, second=0, microsecond=0)
    night -= timedelta(days=(local.weekday() - SUNDAY) % 7)
    return night if night <= local else night - timedelta(days=7)


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
