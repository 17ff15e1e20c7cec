"""Facts from outside: stored once, answered, then worked in batches at our own pace.

Every receipt ends in one of three ways: done (in the same transaction as the events it caused),
parked (its predecessor is missing, or something failed; tried again, later each time), or dead
with a reason and an open break. Nothing that was stored is ever dropped.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from eventstore import EventStoreError, StoreUnavailable
from mywork.application.commands import DECIDERS, Command, Envelope, envelope
from mywork.application.handle import Alongside, Handler, Outcome
from mywork.application.ports import (
    BalanceTransaction,
    Clock,
    InboxTable,
    Payments,
    Receipt,
    StaleAccount,
    Translator,
    VendorUnavailable,
)
from mywork.application.settlement import command_for_transaction, needs_stream
from mywork.domain import breaks, order, payout
from mywork.domain.errors import Conflict, MyWorkError, PaymentDisagrees, PredecessorMissing
from mywork.domain.identifiers import BreakId
from mywork.domain.seller import UpdateOnboarding
from mywork.ledger.book import Book

logger = logging.getLogger(__name__)

BATCH = 200
LEASE_SECONDS = 60
FIRST_DELAY = timedelta(milliseconds=200)
LONGEST_DELAY = timedelta(hours=1)
LAST_ATTEMPT = 22  # with the delays above: about nine hours after the first
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
        payments: Payments,
        clock: Clock,
        lease_seconds: int = LEASE_SECONDS,
    ) -> None:
        self._table = table
        self._handler = handler
        self._book = book
        self._translate = translate
        self._payments = payments
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
        self._place_transactions(batch)
        worked = self._commit(batch)
        failures = batch.failures + worked.failures
        for receipt, error in failures:
            self._set_aside(receipt, error)
        dead = sum(1 for receipt, error in failures if _is_last(receipt, error))
        return Worked(worked.done + len(batch.ignored), len(failures) - dead, dead)

    def _translate_into(self, batch: "_Translated", receipt: Receipt) -> None:
        try:
            meaning = self._translate(receipt)
            if isinstance(meaning, StaleAccount):
                meaning = self._fresh_account(meaning)
        except MyWorkError as error:
            batch.failures.append((receipt, error))
        except Exception as error:  # noqa: BLE001  a body we cannot read must not stop the rest
            batch.failures.append((receipt, error))
        else:
            if meaning is None:
                batch.ignored.append(receipt)
            elif isinstance(meaning, BalanceTransaction):
                batch.transactions.append((receipt, meaning))
            else:
                batch.commands.append((receipt, meaning))

    def _fresh_account(self, stale: StaleAccount) -> UpdateOnboarding:
        account = self._payments.account(stale.account_id)
        return UpdateOnboarding(
            seller_id=account.seller_id,
            stripe_account_id=account.stripe_account_id,
            details_submitted=account.details_submitted,
            charges_enabled=account.charges_enabled,
            payouts_enabled=account.payouts_enabled,
            currently_due=account.currently_due,
            disabled_reason=account.disabled_reason,
            at=stale.at,
        )

    def _place_transactions(self, batch: "_Translated") -> None:
        """Find, in one query, which stream each balance transaction settles."""
        wanted = [found.object_id for _, found in batch.transactions if needs_stream(found)]
        streams = self._book.streams_of(wanted) if wanted else {}
        for receipt, transaction in batch.transactions:
            patient = receipt.attempts < PATIENCE
            try:
                command = command_for_transaction(transaction, streams, patient=patient)
            except PredecessorMissing as error:
                batch.failures.append((receipt, error))
            else:
                batch.commands.append((receipt, command))

    def _commit(self, batch: "_Translated") -> "_Committed":
        envelopes = [_envelope(receipt, command) for receipt, command in batch.commands]
        by_command = {
            envelope.metadata.command_id: receipt
            for envelope, (receipt, _) in zip(envelopes, batch.commands, strict=True)
        }
        alongside = self._marking_done(by_command, batch.ignored)
        try:
            outcomes = self._handler.handle_many(envelopes, alongside=alongside)
        except (MyWorkError, EventStoreError) as error:
            return _Committed(0, [(receipt, error) for receipt, _ in batch.commands])
        committed = _Committed(sum(1 for outcome in outcomes if outcome.error is None), [])
        for outcome in outcomes:
            if outcome.error is not None:
                self._recover(by_command[outcome.envelope.metadata.command_id], outcome, committed)
        return committed

    def _marking_done(self, receipts: dict[str, Receipt], ignored: list[Receipt]) -> Alongside:
        def write(cursor: psycopg.Cursor[Any], outcomes: Sequence[Outcome]) -> None:
            finished = [
                receipts[outcome.envelope.metadata.command_id].id
                for outcome in outcomes
                if outcome.error is None
            ]
            finished += [receipt.id for receipt in ignored]
            self._table.done(finished)(cursor)

        return write

    def _recover(self, receipt: Receipt, outcome: Outcome, committed: "_Committed") -> None:
        """Money that disagrees with its order becomes a break, at once and for good."""
        command, error = outcome.envelope.command, outcome.error
        if isinstance(error, PaymentDisagrees):
            opening = _break_for(command, error)
            if opening is not None:
                done = self._table.done([receipt.id])
                sent = _envelope(receipt, opening)
                write: Alongside = lambda cursor, _: done(cursor)  # noqa: E731
                (outcome,) = self._handler.handle_many([sent], alongside=write)
                if outcome.error is None:
                    committed.done += 1
                    return
                error = outcome.error
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
        self.commands: list[tuple[Receipt, Any]] = []
        self.transactions: list[tuple[Receipt, BalanceTransaction]] = []
        self.ignored: list[Receipt] = []
        self.failures: list[tuple[Receipt, Exception]] = []


@dataclass(slots=True)
class _Committed:
    done: int
    failures: list[tuple[Receipt, Exception]]


def _is_last(receipt: Receipt, error: Exception) -> bool:
    if isinstance(error, VendorUnavailable | StoreUnavailable | Conflict):
        return False  # a passing fault is no reason to give up on a fact
    return receipt.attempts >= LAST_ATTEMPT


def _envelope(receipt: Receipt, command: Command) -> Envelope:
    """The receipt's own id names the command, so the same fact twice is one command."""
    return envelope(
        command,
        actor=receipt.source,
        command_id=receipt.external_id,
        causation=receipt.external_id,
    )


def _break_for(command: Command, error: PaymentDisagrees) -> breaks.OpenBreak | None:
    """The break that keeps the money of a payment or settlement which its order refused."""
    match command:
        case order.PayOrder(order_id=order_id):
            return unexpected_payment(command, order.stream_of(order_id), str(error))
        case order.SettlePayment(charge_id=object_id, amount_minor=amount_minor):
            return _second_settlement(command, object_id, amount_minor, str(error))
        case payout.SettleTransfer(transfer_id=object_id, amount_minor=amount_minor):
            return _second_settlement(command, object_id, -amount_minor, str(error))
        case breaks.SettleBreak(break_id=object_id, amount_minor=amount_minor):
            return _second_settlement(command, object_id, amount_minor, str(error))
        case _:
            return None


def _second_settlement(
    command: order.SettlePayment | payout.SettleTransfer | breaks.SettleBreak,
    object_id: str,
    amount_minor: int,
    detail: str,
) -> breaks.OpenBreak:
    """A balance transaction whose object was settled before, or in another currency."""
    return breaks.OpenBreak(
        break_id=BreakId(command.transaction_id),
        kind="unexplained_transaction",
        object_id=object_id,
        currency=command.currency,
        amount_minor=amount_minor,
        fee_minor=command.fee_minor,
        available_on=getattr(command, "available_on", None),
        concerns=DECIDERS[type(command)].stream(command),
        detail=detail,
        at=command.at,
    )


def unexpected_payment(command: order.PayOrder, concerns: str, detail: str) -> breaks.OpenBreak:
    return breaks.OpenBreak(
        break_id=BreakId(command.charge_id),
        kind="unexpected_payment",
        object_id=command.charge_id,
        currency=command.currency,
        amount_minor=command.amount_minor,
        fee_minor=0,
        available_on=None,
        concerns=concerns,
        detail=detail,
        at=command.at,
    )


def undeliverable(receipt: Receipt, note: str, at: datetime) -> breaks.OpenBreak:
    """The break of a receipt that was given up: no money of its own, but somebody must look."""
    return breaks.OpenBreak(
        break_id=BreakId(receipt.external_id),
        kind="undeliverable_fact",
        object_id=receipt.external_id,
        currency="",
        amount_minor=0,
        fee_minor=0,
        available_on=None,
        concerns=receipt.object_key,
        detail=note,
        at=at,
    )
