"""What compares the books with Stripe and the bank."""

from collections.abc import Mapping
from functools import partial
from typing import TypedDict

from eventstore.store import EventStore
from mywork.adapters.operations.cursors import Cursors
from mywork.adapters.operations.inbox import Inbox
from mywork.adapters.stripe.receipts import transaction_of
from mywork.adapters.stripe.webhooks import TRANSACTION
from mywork.application.handle import Handler
from mywork.application.inbox.feed import Feed
from mywork.application.inbox.worker import InboxWorker
from mywork.application.reconciliation.bank import BankReconciliation
from mywork.application.reconciliation.differences import Differences
from mywork.application.reconciliation.stripe import StripeReconciliation
from mywork.application.reconciliation.stripe_side import StripeSide
from mywork.application.scheduled.aged_items import AgedUnclearedItems
from mywork.bootstrap.world import Outside
from mywork.ledger.book import Book
from mywork.projections import breaks


class Reconciliation(TypedDict):
    aged_items: AgedUnclearedItems
    stripe_reconciliation: StripeReconciliation
    bank_reconciliation: BankReconciliation


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
    inbox, cursors = Inbox(store), Cursors(store)
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
        "aged_items": AgedUnclearedItems(
            store,
            handler,
            feed,
            inbox=inbox,
            cursors=cursors,
            clock=world.clock,
            still_open=partial(breaks.still_unsettled, store),
        ),
        "stripe_reconciliation": StripeReconciliation(
            store,
            handler,
            stripe,
            differences=differences,
            cursors=cursors,
            clock=world.clock,
            known=partial(breaks.open_among, store),
        ),
        "bank_reconciliation": BankReconciliation(
            store,
            handler,
            differences=differences,
            clock=world.clock,
            accounts=accounts,
        ),
    }
