"""Facts from outside: stored once, answered, then worked in batches at our own pace.

Every receipt ends in one of three ways: done (in the same transaction as the events it caused),
parked (its predecessor is missing, or something failed; tried again, later each time), or dead
with a reason and an open break. Nothing that was stored is ever dropped.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import psycopg

from eventstore import EventStoreError, StoreUnavailable
from mywork.application.commands import Command, Envelope, envelope
from mywork.application.handle import Handler, Outcome
from mywork.application.ports import (
    BalanceTransaction,
    Clock,
    InboxTable,
    Receipt,
    Translator,
    Unplaced,
    VendorUnavailable,
)
from mywork.application.settlement import command_for_transaction
from mywork.application.unexpected import break_for, undeliverable
from mywork.domain.errors import Conflict, MyWorkError, PredecessorMissing
from mywork.ledger.book import Book

logger = logging.getLogger(__name__)

BATCH = 200
LEASE_SECONDS = 60
FIRST_DELAY = timedelta(milliseconds=200)
LONGEST_DELAY = timedelta(hours=1)
LAST_ATTEMPT = 22  # with the delays above: about nine hours after the first
Fetch = Callable[[object], object]  # asks again for what may be stale; see `fetching`
PATIENCE = 13  # attempts (about 27 minutes) for a fact whose predecessor is missing


@dataclass(frozen=True, slots=True)
class Worked:
    """How many receipts a batch finished, parked and buried."""

    done: int = 0
    parked: int = 0
    dead: int = 0

    @property
    def total(self) -> int:
        return self.done + self.parked + self.dead


class InboxWorker:
    """Works receipts; any number of these may run at once, in any number of processes."""

    def __init__(
        self,
        table: InboxTable,
        handler: Handler,
        book: Book,
        *,
        translate: Translator,
        fetch: Fetch,
        clock: Clock,
        lease_seconds: int = LEASE_SECONDS,
    ) -> None:
        self._table = table
        self._handler = handler
        self._book = book
        self._translate = translate
        self._fetch = fetch
        self._clock = clock
        self._lease = timedelta(seconds=lease_seconds)

    def drain(self) -> Worked:
        """Work batches until nothing is due."""
        total = Worked()
        while (worked := self.work_batch()).total:
            total = Worked(
                total.done + worked.done, total.parked + worked.parked, total.dead + worked.dead
            )
        return total

    def work_batch(self, limit: int = BATCH) -> Worked:
        """Claim a batch and bring each receipt to one of its three ends."""
        receipts = self._table.claim(limit, self._lease)
        if not receipts:
            return Worked()
        batch = _Translated()
        for receipt in receipts:
            self._translate_into(batch, receipt)
        self._place(batch)
        worked = self._commit(batch)
        failures = batch.failures + worked.failures
        for receipt, error in failures:
            self._set_aside(receipt, error)
        dead = sum(1 for receipt, error in failures if _is_last(receipt, error))
        return Worked(worked.done + len(batch.ignored), len(failures) - dead, dead)

    def _translate_into(self, batch: "_Translated", receipt: Receipt) -> None:
        try:
            meaning = self._fetch(self._translate(receipt))
        except MyWorkError as error:
            batch.failures.append((receipt, error))
        except Exception as error:  # noqa: BLE001  a body we cannot read must not stop the rest
            batch.failures.append((receipt, error))
        else:
            batch.sort(receipt, meaning)

    def _place(self, batch: "_Translated") -> None:
        """Find, in one query, which stream each fact that names only a Stripe object belongs to."""
        wanted = [found.object_id for _, found in batch.unplaced if found.object_id]
        streams = self._book.streams_of(wanted) if wanted else {}
        for receipt, found in batch.unplaced:
            patient = receipt.attempts < PATIENCE
            try:
                if isinstance(found, BalanceTransaction):
                    meaning = command_for_transaction(found, streams, patient=patient)
                    batch.sort(receipt, meaning)
                else:
                    batch.sort(receipt, _placed(found, streams))
            except PredecessorMissing as error:
                batch.failures.append((receipt, error))

    def _commit(self, batch: "_Translated") -> "_Committed":
        work = _Work(batch)

        def mark_done(cursor: psycopg.Cursor[Any], outcomes: Sequence[Outcome]) -> None:
            self._table.done(work.finished(outcomes))(cursor)

        try:
            outcomes = self._handler.handle_many(work.envelopes, alongside=mark_done)
        except (MyWorkError, EventStoreError) as error:
            return _Committed(0, [(receipt, error) for receipt, _ in batch.commands])
        failed = work.failed(outcomes)
        committed = _Committed(len(batch.commands) - len(failed), [])
        for errors in failed.values():
            self._recover(work.receipt_of(errors[0]), errors, committed)
        return committed

    def _recover(
        self, receipt: Receipt, outcomes: Sequence[Outcome], committed: "_Committed"
    ) -> None:
        """Money that disagrees with our books becomes a break, at once and for good."""
        patient = receipt.attempts < PATIENCE
        openings = [
            break_for(outcome.envelope.command, outcome.error, patient=patient)
            for outcome in outcomes
        ]
        error = outcomes[0].error
        if all(openings):
            done = self._table.done([receipt.id])
            sent = [_envelope(receipt, opening, n) for n, opening in enumerate(openings) if opening]
            opened = self._handler.handle_many(sent, alongside=lambda cursor, _: done(cursor))
            error = next((outcome.error for outcome in opened if outcome.error), None)
            if error is None:
                committed.done += 1
                return
        committed.failures.append((receipt, error or PredecessorMissing("no outcome")))

    def _set_aside(self, receipt: Receipt, error: Exception) -> None:
        note = f"{type(error).__name__}: {error}"[:500].replace("\0", "")
        if not _is_last(receipt, error):
            delay = min(FIRST_DELAY * 2 ** min(receipt.attempts - 1, 20), LONGEST_DELAY)
            logger.info("receipt %s waits %s: %s", receipt.external_id, delay, note)
            self._table.park(receipt.id, delay, note)
            return
        logger.error("receipt %s is given up: %s", receipt.external_id, note)
        bury = self._table.bury(receipt.id, note)
        opening = undeliverable(receipt, note, self._clock.now())
        self._handler.handle(_envelope(receipt, opening), alongside=lambda cursor, _: bury(cursor))


class _Translated:
    """A batch of receipts, sorted by what they turned out to be."""

    def __init__(self) -> None:
        self.commands: list[tuple[Receipt, tuple[Command, ...]]] = []
        self.unplaced: list[tuple[Receipt, BalanceTransaction | Unplaced]] = []
        self.ignored: list[Receipt] = []
        self.failures: list[tuple[Receipt, Exception]] = []

    def sort(self, receipt: Receipt, meaning: object) -> None:
        match meaning:
            case None | ():
                self.ignored.append(receipt)
            case BalanceTransaction() | Unplaced():
                self.unplaced.append((receipt, meaning))
            case tuple():
                self.commands.append((receipt, meaning))
            case _:
                self.commands.append((receipt, (cast("Command", meaning),)))


class _Work:
    """The commands of a batch as they will be sent: a receipt is done when all of its own are."""

    def __init__(self, batch: _Translated) -> None:
        self.envelopes: list[Envelope] = []
        self._ignored = batch.ignored
        self._receipts: dict[str, Receipt] = {}
        self._of: dict[int, set[str]] = {}
        self._committed: set[str] = set()
        for receipt, commands in batch.commands:
            for number, command in enumerate(commands):
                self._add(receipt, _envelope(receipt, command, number))

    def _add(self, receipt: Receipt, sent: Envelope) -> None:
        command_id = sent.metadata.command_id
        self.envelopes.append(sent)
        self._receipts[command_id] = receipt
        self._of.setdefault(receipt.id, set()).add(command_id)

    def finished(self, outcomes: Sequence[Outcome]) -> list[int]:
        """Receipts that are done once these outcomes are committed.

        A batch may be committed in several parts, and a part be decided again.
        """
        for outcome in outcomes:
            command_id = outcome.envelope.metadata.command_id
            keep = self._committed.discard if outcome.error else self._committed.add
            keep(command_id)
        touched = {self.receipt_of(outcome).id for outcome in outcomes}
        done = [id_ for id_ in touched if self._of[id_] <= self._committed]
        return done + [receipt.id for receipt in self._ignored]

    def receipt_of(self, outcome: Outcome) -> Receipt:
        return self._receipts[outcome.envelope.metadata.command_id]

    def failed(self, outcomes: Sequence[Outcome]) -> dict[int, list[Outcome]]:
        """The outcomes with an error, by receipt."""
        failed: dict[int, list[Outcome]] = {}
        for outcome in outcomes:
            if outcome.error is not None:
                failed.setdefault(self.receipt_of(outcome).id, []).append(outcome)
        return failed


@dataclass(slots=True)
class _Committed:
    done: int
    failures: list[tuple[Receipt, Exception]]


def _is_last(receipt: Receipt, error: Exception) -> bool:
    if isinstance(error, VendorUnavailable | StoreUnavailable | Conflict):
        return False  # a passing fault is no reason to give up on a fact
    return receipt.attempts >= LAST_ATTEMPT


def _envelope(receipt: Receipt, command: Command, number: int = 0) -> Envelope:
    """The receipt's own id names its commands, so the same fact twice is one command."""
    return envelope(
        command,
        actor=receipt.source,
        command_id=f"{receipt.external_id}#{number}" if number else receipt.external_id,
        causation=receipt.external_id,
    )


def _placed(found: Unplaced, streams: Mapping[str, str]) -> tuple[Command, ...]:
    stream = streams.get(found.object_id)
    if stream is None:
        raise PredecessorMissing(f"no fact of ours names {found.object_id} yet")
    return tuple(found.commands(stream))
