"""Vendor calls: done once as far as anybody can tell, however often they are tried.

The key of the row is the idempotency key. From the second attempt on, what was asked for is
looked up first, because Stripe may forget idempotency keys after a day. The outcome comes back
as commands, and the row is marked done in their own transaction.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from mywork.application.commands import Command, envelope
from mywork.application.handle import Handler
from mywork.application.ports import (
    ClaimedEffect,
    EffectQueue,
    EffectsTable,
    VendorRefused,
)
from mywork.domain.errors import MyWorkError

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)  # longer than every retry and time-out of one vendor call
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(minutes=15)
SWEEP = 500

# Makes the call that an effect asks for and answers with what is known now. Whatever error of ours
# it raises makes the effect wait: it must answer a refusal that means something by a command.
Call = Callable[[ClaimedEffect], Sequence[Command]]


class EffectPerformer:
    """`calls` has one for each kind of effect."""

    def __init__(self, table: EffectsTable, handler: Handler, calls: Mapping[str, Call]) -> None:
        self._table = table
        self._handler = handler
        self._calls = calls

    def perform(self, key: str) -> bool:
        """Try one effect; False when it was done, taken by another, or has to wait."""
        claimed = self._table.claim(key, LEASE)
        if claimed is None:
            return False
        try:
            commands = self._call(claimed)
            self._finish(claimed, commands)
        except MyWorkError as error:
            self._postpone(claimed, error)
            return False
        return True

    def sweep(self, queue: EffectQueue) -> int:
        """Send again what is overdue: Redis may have lost everything it held."""
        overdue = self._table.overdue(SWEEP)
        if overdue:
            queue.send(overdue)
        return len(overdue)

    def drain(self) -> int:
        """Perform everything that is due, here and now."""
        return sum(self.perform(key) for key in self._table.overdue(SWEEP))

    def _call(self, claimed: ClaimedEffect) -> Sequence[Command]:
        call = self._calls.get(claimed.effect.kind)
        if call is None:
            raise VendorRefused("unknown_effect", f"no such effect: {claimed.effect.kind}")
        return call(claimed)

    def _finish(self, claimed: ClaimedEffect, commands: Sequence[Command]) -> None:
        """Commit what the call brought, and with the last of it that the effect is done."""
        key = claimed.effect.key
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

    def _postpone(self, claimed: ClaimedEffect, error: MyWorkError) -> None:
        delay = min(FIRST_DELAY * 2 ** min(claimed.attempts - 1, 12), LONGEST_DELAY)
        note = f"{type(error).__name__}: {error}"[:500]
        logger.info("%s waits %s: %s", claimed.effect.key, delay, note)
        self._table.postpone(claimed.effect.key, delay, note)
