"""What the clock brings: orders expire, Stripe's funds become available, holds end.

Run as often as you like: a deadline is removed in the transaction of the events it caused, and
only as it was worked, since its event may be followed by another that asks for it anew. A command
that comes twice finds nothing new to do, and one that fails stops no other.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import psycopg

from mywork.application.commands import Envelope, envelope
from mywork.application.handle import Handler, Outcome
from mywork.application.ports.clock import Clock
from mywork.application.ports.tables import Deadline, DeadlinesTable
from mywork.application.retrying import Backoff, note_of
from mywork.application.stored import Unreadable
from mywork.domain.errors import Conflict, InsufficientFunds, MyWorkError
from mywork.domain.identifiers import derived_id

logger = logging.getLogger(__name__)

BATCH = 200
RETRIES = Backoff(timedelta(seconds=2), timedelta(minutes=15))


class DeadlineRunner:
    def __init__(self, table: DeadlinesTable, handler: Handler, clock: Clock) -> None:
        self._table = table
        self._handler = handler
        self._clock = clock

    def run(self) -> int:
        """Bring about everything that is due now; returns how many deadlines were met.

        Each takes effect at its own due time, however late it is run. Where others were faster it
        stays for the next run; what cannot be committed, for later and later ones.
        """
        now, met = self._clock.now(), 0
        while (due := self._table.due(now, BATCH)) and (over := self._meet(due)):
            met += over
        return met

    def _meet(self, due: Sequence[Deadline]) -> int:
        sent = {
            one.metadata.command_id: (one, deadline)
            for deadline in due
            if (one := self._envelope(deadline)) is not None
        }

        def past(cursor: psycopg.Cursor[Any], outcomes: Sequence[Outcome]) -> None:
            # A refused deadline is over too: the order moved on, or a later one will come.
            self._table.done([sent[outcome.command_id][1] for outcome in outcomes])(cursor)

        outcomes = self._handler.handle_many([one for one, _ in sent.values()], alongside=past)
        return sum(self._is_over(outcome, sent[outcome.command_id][1]) for outcome in outcomes)

    def _envelope(self, deadline: Deadline) -> Envelope | None:
        """None where the row cannot be read; it waits to be looked at."""
        due_at = deadline.due_at.isoformat()
        command_id = derived_id(deadline.asked.name, deadline.subject, due_at)
        try:
            command = deadline.asked.read_command()
        except Unreadable as error:
            self._postpone(deadline, error)
            return None
        return envelope(command, actor="schedule", command_id=command_id)

    def _is_over(self, outcome: Outcome, deadline: Deadline) -> bool:
        """Whether it was removed; where nothing was committed it was not."""
        error = outcome.error
        if error is None:
            return True
        if isinstance(error, Conflict):
            return False
        if isinstance(error, MyWorkError) and not isinstance(error, InsufficientFunds):
            logger.warning("deadline passed over: %s", error)
            return True
        self._postpone(deadline, error)
        return False

    def _postpone(self, deadline: Deadline, error: Exception) -> None:
        delay, note = RETRIES.after(deadline.attempts + 1), note_of(error)
        logger.error("%s of %s waits %s: %s", deadline.asked.name, deadline.subject, delay, note)
        self._table.postpone(deadline, delay, note)
