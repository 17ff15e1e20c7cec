"""Facts from outside: stored once, answered, then worked in batches at our own pace.

Every receipt ends in one of three ways: done (in the same transaction as the events it caused),
to be retried (its predecessor is missing, or something failed; later each time), or dead-lettered
with a reason and an open break. Nothing that was stored is ever dropped, and whatever goes wrong
about one receipt is that receipt's alone.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, assert_never

import psycopg

from eventstore.errors import StoreUnavailable
from mywork.application.commands import Envelope, envelope
from mywork.application.handle import Handler, Outcome
from mywork.application.inbox.balance_transactions import meaning_of
from mywork.application.inbox.exceptions import break_for, undeliverable
from mywork.application.ports.clock import Clock
from mywork.application.ports.faults import VendorUnavailable
from mywork.application.ports.meaning import (
    Commands,
    Decidable,
    Ignored,
    Meaning,
    PaidInvoice,
    Placeable,
    Refetch,
    StaleAccount,
    StaleSubscription,
    Translator,
    UnnamedPayment,
)
from mywork.application.ports.tables import InboxTable, Receipt
from mywork.application.retrying import Backoff, note_of
from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.decider import Command
from mywork.domain.errors import Conflict, MyWorkError, PredecessorMissing
from mywork.ledger.book import Book

logger = logging.getLogger(__name__)

BATCH = 200
LEASE_SECONDS = 60
RETRIES = Backoff(timedelta(milliseconds=200), timedelta(hours=1))
MAX_ATTEMPTS = 22  # with these waits: about nine hours after the first
Fetch = Callable[[Refetch], Decidable]  # asks again for what may be stale; see `refetch`
MAX_ATTEMPTS_WITHOUT_FACT = 13  # about 27 minutes, where its predecessor is missing


@dataclass(frozen=True, slots=True)
class Worked:
    """How many receipts a batch finished, put off and dead-lettered."""

    done: int = 0
    retried: int = 0
    dead: int = 0

    @property
    def total(self) -> int:
        return self.done + self.retried + self.dead

    def __add__(self, other: "Worked") -> "Worked":
        return Worked(self.done + other.done, self.retried + other.retried, self.dead + other.dead)


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
            total += worked
        return total

    def work_batch(self, limit: int = BATCH) -> Worked:
        """Claim a batch and bring each receipt to one of its three ends."""
        receipts = self._table.claim(limit, self._lease)
        return self._work(receipts) if receipts else Worked()

    def _work(self, receipts: Sequence[Receipt]) -> Worked:
        """Together; each alone where that fails, so that nobody suffers from another's fault."""
        try:
            return self._work_together(receipts)
        except StoreUnavailable:
            raise
        except Exception as error:
            if len(receipts) == 1:
                return self._set_aside(receipts[0], error)
            logger.exception("a batch of receipts fails; each is worked alone")
        return sum((self._work([receipt]) for receipt in receipts), Worked())

    def _work_together(self, receipts: Sequence[Receipt]) -> Worked:
        batch = _Batch()
        for receipt in receipts:
            with batch.alone(receipt):
                self._sort(batch, receipt, self._translate(receipt))
        self._place(batch)
        worked = self._commit(batch)
        return sum((self._set_aside(*failure) for failure in batch.failures), worked)

    def _sort(self, batch: "_Batch", receipt: Receipt, meaning: Meaning) -> None:
        match meaning:
            case Commands():
                batch.add(receipt, meaning)
            case BalanceTransaction() | Placeable():
                batch.unplaced.append((receipt, meaning))
            case StaleAccount() | StaleSubscription() | PaidInvoice() | UnnamedPayment():
                self._sort(batch, receipt, self._fetch(meaning))
            case Ignored():
                logger.debug("receipt %s: %s", receipt.external_id, meaning.because)
                batch.ignored.append(receipt)
            case _:
                assert_never(meaning)

    def _place(self, batch: "_Batch") -> None:
        """Find, in one query, which stream each fact that names only a Stripe object belongs to."""
        wanted = [found.object_id for _, found in batch.unplaced if found.object_id]
        streams = self._book.streams_of(wanted) if wanted else {}
        for receipt, found in batch.unplaced:
            with batch.alone(receipt):
                self._sort(batch, receipt, _placed(found, streams.get(found.object_id), receipt))

    def _commit(self, batch: "_Batch") -> Worked:
        told = 0

        def mark_done(cursor: psycopg.Cursor[Any], outcomes: Sequence[Outcome]) -> None:
            nonlocal told
            told = len(outcomes)
            self._table.done(batch.finished(outcomes))(cursor)

        outcomes = self._handler.handle_many(batch.envelopes, alongside=mark_done)
        failed = batch.failed(outcomes)
        if failed or told < len(outcomes):  # committed in parts, of which none knew the others
            finished = self._table.done(batch.finished(outcomes))
            self._handler.handle_many([], alongside=lambda cursor, _: finished(cursor))
        done = len(batch.decided) - len(failed)
        for receipt, errors in failed:
            with batch.alone(receipt):
                self._recover(receipt, errors)
                done += 1
        return Worked(done=done + len(batch.ignored))

    def _recover(self, receipt: Receipt, outcomes: Sequence[Outcome]) -> None:
        """Money that disagrees with our books becomes a break, at once and for good.

        Raises the error of what cannot (yet).
        """
        openings: list[Envelope] = []
        for outcome in outcomes:
            error = outcome.error or PredecessorMissing("no outcome")
            opening = break_for(outcome.envelope.command, error, retry=_retries(receipt))
            if opening is None:
                raise error
            openings.append(_envelope(receipt, opening, len(openings)))
        *others, last = openings
        for sent in others:
            self._handler.handle(sent)
        done = self._table.done([receipt.id])
        self._handler.handle(last, alongside=lambda cursor, _: done(cursor))

    def _set_aside(self, receipt: Receipt, error: Exception) -> Worked:
        note = note_of(error)
        if not _is_last(receipt, error):
            delay = RETRIES.after(receipt.attempts)
            fault = None if isinstance(error, MyWorkError) else error
            told = receipt.external_id, delay, note
            level = logging.ERROR if fault else logging.INFO
            logger.log(level, "receipt %s waits %s: %s", *told, exc_info=fault)
            self._table.retry(receipt.id, delay, note)
            return Worked(retried=1)
        logger.error("receipt %s is given up: %s", receipt.external_id, note, exc_info=error)
        return self._dead_letter(receipt, note)

    def _dead_letter(self, receipt: Receipt, note: str) -> Worked:
        """Dead, with an open break; where none can be opened it keeps waiting, to be seen."""
        dead = self._table.dead_letter(receipt.id, note)
        try:
            opening = _envelope(receipt, undeliverable(receipt, note, self._clock.now()))
            self._handler.handle(opening, alongside=lambda cursor, _: dead(cursor))
        except StoreUnavailable:
            raise
        except Exception:
            logger.exception("receipt %s has no break to say that it is dead", receipt.external_id)
            self._table.retry(receipt.id, RETRIES.longest, note)
            return Worked(retried=1)
        return Worked(dead=1)


class _Batch:
    """A batch of receipts, sorted by what they turned out to be.

    A receipt is done when all of its commands are.
    """

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.decided: dict[int, Receipt] = {}  # whose commands are among the envelopes
        self.unplaced: list[tuple[Receipt, BalanceTransaction | Placeable]] = []
        self.ignored: list[Receipt] = []
        self.failures: list[tuple[Receipt, Exception]] = []
        self._owner: dict[str, int] = {}  # command id -> receipt
        self._sent: dict[int, set[str]] = {}  # receipt -> its command ids

    @contextmanager
    def alone(self, receipt: Receipt) -> Iterator[None]:
        """What goes wrong in here is this receipt's failure, and stops no other."""
        try:
            yield
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  a fault of ours is no reason to stop the rest
            self.failures.append((receipt, error))

    def add(self, receipt: Receipt, meaning: Commands) -> None:
        sent = [_envelope(receipt, one, number) for number, one in enumerate(meaning.commands)]
        ids = {one.metadata.command_id for one in sent}
        self._owner |= dict.fromkeys(ids, receipt.id)
        self._sent[receipt.id] = ids
        self.decided[receipt.id] = receipt
        self.envelopes += sent

    def finished(self, outcomes: Sequence[Outcome]) -> list[int]:
        """Receipts all of whose commands are among these outcomes, without an error.

        Nothing is remembered: what was told of an attempt may have been rolled back.
        """
        committed = {outcome.command_id for outcome in outcomes if outcome.error is None}
        done = [receipt_id for receipt_id, ids in self._sent.items() if ids <= committed]
        return done + [receipt.id for receipt in self.ignored]

    def failed(self, outcomes: Sequence[Outcome]) -> list[tuple[Receipt, list[Outcome]]]:
        """The outcomes with an error, by receipt."""
        failed: dict[int, list[Outcome]] = {}
        for outcome in outcomes:
            if outcome.error is not None:
                failed.setdefault(self._owner_of(outcome), []).append(outcome)
        return [(self.decided[receipt_id], errors) for receipt_id, errors in failed.items()]

    def _owner_of(self, outcome: Outcome) -> int:
        return self._owner[outcome.command_id]


def _placed(
    found: BalanceTransaction | Placeable, stream: str | None, receipt: Receipt
) -> Decidable:
    if isinstance(found, BalanceTransaction):
        return meaning_of(found, stream or "", retry=_retries(receipt))
    if stream is None:
        raise PredecessorMissing(f"no fact of ours names {found.object_id} yet")
    return found.in_stream(stream)


def _retries(receipt: Receipt) -> bool:
    return receipt.attempts < MAX_ATTEMPTS_WITHOUT_FACT


def _is_last(receipt: Receipt, error: Exception) -> bool:
    if isinstance(error, VendorUnavailable | StoreUnavailable | Conflict):
        return False  # a passing fault is no reason to give up on a fact
    return receipt.attempts >= MAX_ATTEMPTS


def _envelope(receipt: Receipt, command: Command, number: int = 0) -> Envelope:
    """The receipt's own id names its commands, so the same fact twice is one command."""
    return envelope(
        command,
        actor=receipt.source,
        command_id=f"{receipt.external_id}#{number}" if number else receipt.external_id,
        causation=receipt.external_id,
    )
