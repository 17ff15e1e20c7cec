"""What events ask for at once: vendor calls and commands, done once as far as anybody can tell.

The key of the row is the idempotency key. From the second attempt on, what was asked of a vendor
is looked up first, because Stripe may forget idempotency keys after a day. The outcome comes back
as commands, and the row is marked done in their own transaction. Whatever goes wrong about one
row is its own: it waits, a little longer each time, and stops no other.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from eventstore.errors import StoreUnavailable
from mywork.application.commands import envelope
from mywork.application.handle import Handler
from mywork.application.outbox.calls import Call
from mywork.application.ports.tables import ClaimedRow, OutboxQueue, OutboxTable
from mywork.application.retrying import Backoff, note_of
from mywork.domain.decider import Command
from mywork.domain.errors import MyWorkError

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)  # longer than every retry and time-out of one vendor call
RETRIES = Backoff(timedelta(seconds=2), timedelta(minutes=15))
SWEEP = 500

# Makes a call, told what is asked and how often it was tried, and answers with what is known now.
# Whatever it raises makes the row wait: it must answer a refusal that means something by a
# command.
Perform = Callable[[Any, ClaimedRow], Sequence[Command]]


class OutboxDispatcher:
    """`calls` makes each kind of call."""

    def __init__(self, table: OutboxTable, handler: Handler, calls: Mapping[type, Perform]) -> None:
        self._table = table
        self._handler = handler
        self._calls = calls

    def perform(self, key: str) -> bool:
        """Try one row; False when it was done, taken by another, or has to wait."""
        claimed = self._table.claim(key, LEASE)
        if claimed is None:
            return False
        try:
            commands = self._call(claimed)
            self._finish(claimed, commands)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  one that fails must not stop the rest
            self._postpone(claimed, error)
            return False
        return True

    def sweep(self, queue: OutboxQueue) -> int:
        """Send again what is overdue: Redis may have lost everything it held."""
        overdue = self._table.overdue(SWEEP)
        if overdue:
            queue.send(overdue)
        return len(overdue)

    def drain(self) -> int:
        """Perform everything that is due, here and now."""
        return sum(self.perform(key) for key in self._table.overdue(SWEEP))

    def _call(self, claimed: ClaimedRow) -> Sequence[Command]:
        asked = claimed.row.asked.read()
        if not isinstance(asked, Call):
            return (asked,)
        return self._calls[type(asked)](asked, claimed)

    def _finish(self, claimed: ClaimedRow, commands: Sequence[Command]) -> None:
        """Commit what the call brought, and with the last of it that the row is done."""
        key = claimed.row.key
        done = self._table.done(key)
        if not commands:
            self._handler.handle_many([], alongside=lambda cursor, _: done(cursor))
            return
        *others, last = commands
        for command in others:
            self._handler.handle(envelope(command, actor="worker", causation=key))
        self._handler.handle(
            envelope(last, actor="worker", command_id=key, causation=key),
            alongside=lambda cursor, _: done(cursor),
        )

    def _postpone(self, claimed: ClaimedRow, error: Exception) -> None:
        delay, note = RETRIES.after(claimed.attempts), note_of(error)
        fault = None if isinstance(error, MyWorkError) else error
        level = logging.ERROR if fault else logging.INFO
        logger.log(level, "%s waits %s: %s", claimed.row.key, delay, note, exc_info=fault)
        self._table.postpone(claimed.row.key, delay, note)
