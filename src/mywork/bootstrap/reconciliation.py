"""What compares the books with Stripe and the bank."""

from collections.abc import Mapping
from functools import partial
from typing import TypedDict

from eventstore.store import EventStore
from mywork.adapters import operations
from mywork.adapters.stripe.receipts import transaction_of
from mywork.adapters.stripe.webhooks import TRANSACTION
from mywork.application.bank_reconciling import BankReconciling
from mywork.application.differences import Differences
from mywork.application.feed import Feed
from mywork.application.handle import Handler
from mywork.application.inbox import InboxWorker
from mywork.application.overdue import OverdueFacts
from mywork.application.reconciling import Reconciling
from mywork.application.stripe_side import StripeSide
from mywork.bootstrap.world import Outside
from mywork.ledger.book import Book
from mywork.projections import breaks


class Reconciliation(TypedDict):
    overdue_facts: OverdueFacts
    reconciling: Reconciling
    bank_reconciling: BankReconciling


def reconciliation(
    store: EventStore,
    handler: Handler,
    book: Book,
    *,
    world: Outside,
    feed: Feed,
    worker: InboxWorker,
    accounts: Mapping[str, str],
) -> Reconciliation:
    inbox, cursors = operations.Inbox(store), operations.Cursors(store)
    stripe = StripeSide(
        world.payments,
        feed,
        inbox,
        worker=worker,
        clock=world.clock,
        source=TRANSACTION,
        read=transaction_of,
    )
    differences = Differences(
        handler, book, world.clock, partial(breaks.standing_differences, store)
    )
    return {
        "overdue_facts": OverdueFacts(
            store,
            handler,
            feed,
            inbox=inbox,
            cursors=cursors,
            clock=world.clock,
            still_open=partial(breaks.still_unsettled, store),
        ),
        "reconciling": Reconciling(
            store,
            handler,
            stripe,
            differences=differences,
            cursors=cursors,
            clock=world.clock,
            known=partial(breaks.open_among, store),
        ),
        "bank_reconciling": BankReconciling(
            store,
            handler,
            differences=differences,
            clock=world.clock,
            accounts=accounts,
        ),
    }
