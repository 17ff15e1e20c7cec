"""Stripe's side of a reconciliation: what it lists and reports, and what waits in the inbox."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from eventstore.progress import Progress
from mywork.application.inbox.feed import Feed
from mywork.application.inbox.worker import InboxWorker
from mywork.application.ports.clock import Clock
from mywork.application.ports.payments import Payments
from mywork.application.ports.tables import InboxTable, RawReceipt
from mywork.domain.balance_transaction import PAYMENTS, BalanceTransaction
from mywork.ledger.reconciliation.compare import Span
from mywork.ledger.reconciliation.sides import StatementSide

Read = Callable[[bytes], BalanceTransaction]
Add = Callable[[Iterable[StatementSide]], int]


@dataclass(frozen=True, slots=True)
class Listed:
    """What goes with a list of transactions.

    `waiting` are those that the inbox had not worked yet, `newer` those that came to the list
    while it was read, `balance` the total that Stripe reports, by currency.
    """

    waiting: frozenset[str]
    newer: Sequence[StatementSide] = ()
    balance: Mapping[str, int] = field(default_factory=dict)


class StripeSide:
    """`source` is what the inbox calls transactions; `read` reads the body of one."""

    def __init__(
        self,
        payments: Payments,
        feed: Feed,
        inbox: InboxTable,
        *,
        worker: InboxWorker,
        clock: Clock,
        source: str,
        read: Read,
    ) -> None:
        self._payments = payments
        self._feed = feed
        self._inbox = inbox
        self._worker = worker
        self._clock = clock
        self._source = source
        self._read = read

    def catch_up(self) -> None:
        """Read what is new and work what is due."""
        self._feed.read_transactions()
        self._worker.drain()

    def listed(self, add: Add, span: Span, progress: Progress | None = None) -> Listed:
        """Hand every transaction of the span to `add`, the newest first.

        The balance is read after the list, then what came to the list meanwhile, and the inbox
        last: whatever is missing from the ledger afterwards had its chance.
        """
        newest = self._feed.position()
        for number, page in enumerate(
            self._payments.balance_transactions_between(span.since, span.until)
        ):
            newest = newest if number else page[0].external_id
            add(self._sides(page))
            self._report(self._read(page[-1].body).created, span, progress)
        self._report(span.since, span, progress)
        if span.until is not None:
            return Listed(self.waiting())
        balance = {
            currency: found.pending_minor + found.available_minor
            for currency, found in self._payments.balance().items()
        }
        pages = self._payments.balance_transactions(newest)
        newer = [side for page in pages for side in self._sides(page)]
        self._feed.read_transactions()
        return Listed(self.waiting(), newer, balance)

    def waiting(self) -> frozenset[str]:
        return self._inbox.waiting(self._source)

    def one(self, transaction_id: str) -> StatementSide | None:
        """A transaction by its id, or None where Stripe does not have it."""
        receipt = self._payments.balance_transaction(transaction_id)
        return next(iter(self._sides([receipt])), None) if receipt is not None else None

    def recover(self, transaction_ids: Iterable[str]) -> None:
        """Put transactions that the feed has lost into the inbox, which posts each once."""
        for transaction_id in transaction_ids:
            receipt = self._payments.balance_transaction(transaction_id)
            if receipt is not None:
                self._inbox.store([receipt])

    def _sides(self, page: Sequence[RawReceipt]) -> list[StatementSide]:
        """Those of the balance that these books keep."""
        found = (self._read(receipt.body) for receipt in page)
        return [
            StatementSide(
                item.id,
                item.category,
                item.object_id,
                item.currency,
                item.amount_minor,
                item.fee_minor,
                item.created,
            )
            for item in found
            if item.balance == PAYMENTS
        ]

    def _report(self, reached: datetime, span: Span, progress: Progress | None) -> None:
        if progress is not None:
            end, day = span.until or self._clock.now(), timedelta(days=1)
            progress((end - reached) // day, (end - span.since) // day)
