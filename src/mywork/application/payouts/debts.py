"""Collecting what sellers owe: overdue balances become debts, later money pays them first.

Run as often as you like: what is read is decided about once, by the debt's own stream.
"""

import logging
from contextlib import suppress
from datetime import datetime

from eventstore.store import EventStore
from mywork.application.commands import envelope
from mywork.application.handle import Handler, Outcome
from mywork.application.payouts.receivables import receivables
from mywork.application.ports.clock import Clock
from mywork.application.ports.views import Views
from mywork.documents.debts import CollectedDebt, Receivables
from mywork.documents.document import money
from mywork.domain.accounts import seller_available
from mywork.domain.debt import (
    DEBT,
    OVERDUE_AFTER,
    ApproveWriteOff,
    Debt,
    DebtReclassified,
    DebtRecouped,
    ProposeWriteOff,
    ReclassifyDebt,
    RecoupDebt,
    WriteOffRecovered,
)
from mywork.domain.decider import Command
from mywork.domain.errors import InsufficientFunds, MyWorkError
from mywork.domain.identifiers import SellerId, UserId
from mywork.domain.streams import debt_stream
from mywork.ledger.book import Book
from mywork.ledger.reports.overdrawn import Overdrawn, overdrawn, overdrawn_at

logger = logging.getLogger(__name__)


class Collecting:
    def __init__(
        self,
        store: EventStore,
        handler: Handler,
        book: Book,
        *,
        clock: Clock,
        views: Views,
    ) -> None:
        self._store = store
        self._handler = handler
        self._book = book
        self._clock = clock
        self._views = views

    def run(self, *, dry_run: bool = False) -> list[CollectedDebt]:
        """Recoup what later money can pay, and make a debt of what is overdue."""
        done = [
            self._recoup(seller_id, currency, dry_run=dry_run)
            for seller_id, currency in self._book.owners_with_balance("receivable")
        ]
        done += [self._reclassify(found, dry_run=dry_run) for found in self.overdrawn()]
        return [item for item in done if item is not None]

    def overdrawn(self) -> list[Overdrawn]:
        """Balances below zero now, whether overdue or not."""
        now = self._clock.now()
        return list(overdrawn(self._store, now=now, after=OVERDUE_AFTER))

    def receivables(self, at: datetime | None = None) -> Receivables:
        """What sellers owe, by age, debts and balances below zero alike; now, or at a moment."""
        if at is None:
            return receivables(self.overdrawn(), self._views.owing(), now=self._clock.now())
        below = overdrawn_at(self._store, at, after=OVERDUE_AFTER)
        return receivables(below, self._views.owing(at), now=at)

    def recoup(self, seller_id: SellerId, currency: str) -> Debt:
        """Let the balance pay what is owed; returns what is left of the debt."""
        stream = debt_stream(seller_id, currency)
        state: Debt = self._handler.state(DEBT, stream)
        if state.claimed_minor:
            with suppress(InsufficientFunds):  # somebody else's debit was quicker
                self._send(self._recouping(seller_id, currency))
            state = self._handler.state(DEBT, stream)
        return state

    def propose(
        self, seller_id: SellerId, currency: str, amount_minor: int, *, reason: str, by: UserId
    ) -> Outcome:
        """The first of the two people who give a debt up; raises the refusal."""
        now = self._clock.now()
        command = ProposeWriteOff(seller_id, currency, amount_minor, reason, by, now)
        return self._handler.handle(envelope(command, actor=by, reason=reason))

    def approve(
        self, seller_id: SellerId, currency: str, amount_minor: int, *, by: UserId
    ) -> Outcome:
        """The second; raises the refusal."""
        now = self._clock.now()
        command = ApproveWriteOff(seller_id, currency, amount_minor, by, now)
        return self._handler.handle(envelope(command, actor=by))

    def _recouping(self, seller_id: SellerId, currency: str) -> RecoupDebt:
        key = (seller_available(seller_id), currency)
        available_minor = self._book.balances([key])[key]
        return RecoupDebt(seller_id, currency, available_minor, self._clock.now())

    def _recoup(self, seller_id: SellerId, currency: str, *, dry_run: bool) -> CollectedDebt | None:
        command = self._recouping(seller_id, currency)
        return self._collected(command, dry_run=dry_run)

    def _reclassify(self, found: Overdrawn, *, dry_run: bool) -> CollectedDebt | None:
        command = ReclassifyDebt(
            seller_id=found.seller_id,
            currency=found.currency,
            overdue_minor=found.overdue_minor,
            total_minor=found.total_minor,
            owed_minor=found.owed_minor,
            since=found.since,
            at=self._clock.now(),
        )
        return self._collected(command, dry_run=dry_run)

    def _collected(
        self, command: RecoupDebt | ReclassifyDebt, *, dry_run: bool
    ) -> CollectedDebt | None:
        """None where there is nothing to do; an error of one stops no other."""
        try:
            if dry_run:
                state = self._handler.state(DEBT, DEBT.stream(command))
                events = tuple(DEBT.decide(command, state))
            else:
                events = self._send(command).events
        except MyWorkError as error:
            logger.warning("%s in %s: %s", command.seller_id, command.currency, error)
            return _collected(command, why_not=str(error))
        became = sum(e.amount_minor for e in events if isinstance(e, DebtReclassified))
        paid = sum(
            e.amount_minor for e in events if isinstance(e, DebtRecouped | WriteOffRecovered)
        )
        if not events:
            return None
        return _collected(command, became, paid)

    def _send(self, command: Command) -> Outcome:
        return self._handler.handle(envelope(command, actor="schedule"))


def _collected(
    command: RecoupDebt | ReclassifyDebt,
    became_minor: int = 0,
    recouped_minor: int = 0,
    *,
    why_not: str | None = None,
) -> CollectedDebt:
    return CollectedDebt(
        seller_id=command.seller_id,
        currency=command.currency,
        **money("became_debt", became_minor, command.currency),
        **money("recouped", recouped_minor, command.currency),
        why_not=why_not,
    )
