"""What hears from Stripe, and compares the books with it and the bank."""

from mywork.adapters.operations.cursors import Cursors
from mywork.adapters.operations.inbox import Inbox
from mywork.adapters.stripe.receipts import StripeTranslator, transaction_of
from mywork.adapters.stripe.webhooks import TRANSACTION
from mywork.application.inbox.feed import Feed
from mywork.application.inbox.refetch import Refetching
from mywork.application.inbox.worker import InboxWorker
from mywork.application.reconciliation.bank import BankReconciliation
from mywork.application.reconciliation.differences import Differences
from mywork.application.reconciliation.stripe import StripeReconciliation
from mywork.application.reconciliation.stripe_side import StripeSide
from mywork.application.scheduled.aged_items import AgedUnclearedItems
from mywork.bootstrap.core import Core


def inbox(core: Core) -> Inbox:
    return Inbox(core.store)


def inbox_worker(core: Core) -> InboxWorker:
    return InboxWorker(
        core.inbox,
        core.handler,
        core.book,
        translate=StripeTranslator(live=core.settings.live),
        fetch=Refetching(core.outside.payments, core.outside.billing),
        clock=core.outside.clock,
        lease_seconds=core.settings.mywork_lease_seconds,
    )


def feed(core: Core) -> Feed:
    return Feed(core.outside.payments, core.inbox, Cursors(core.store))


def aged_items(core: Core) -> AgedUnclearedItems:
    return AgedUnclearedItems(
        core.store,
        core.handler,
        core.feed,
        inbox=core.inbox,
        cursors=Cursors(core.store),
        clock=core.outside.clock,
        views=core.views,
    )


def stripe_reconciliation(core: Core) -> StripeReconciliation:
    stripe = StripeSide(
        core.outside.payments,
        core.feed,
        core.inbox,
        worker=core.inbox_worker,
        clock=core.outside.clock,
        source=TRANSACTION,
        read=transaction_of,
    )
    return StripeReconciliation(
        core.store,
        core.handler,
        stripe,
        differences=_differences(core),
        cursors=Cursors(core.store),
        clock=core.outside.clock,
        views=core.views,
    )


def bank_reconciliation(core: Core) -> BankReconciliation:
    return BankReconciliation(
        core.store,
        core.handler,
        differences=_differences(core),
        clock=core.outside.clock,
        accounts=core.settings.bank_accounts(),
    )


def _differences(core: Core) -> Differences:
    return Differences(core.handler, core.book, core.outside.clock, core.views)
