"""What hears from Stripe, and compares the books with it and the bank."""

from functools import partial

from mywork.adapters.operations import Cursors, Inbox
from mywork.adapters.stripe import TRANSACTION, StripeTranslator
from mywork.adapters.stripe.receipts import transaction_of
from mywork.application.bank_reconciling import BankReconciling
from mywork.application.differences import Differences
from mywork.application.feed import Feed
from mywork.application.fetching import Fetching
from mywork.application.inbox import InboxWorker
from mywork.application.overdue import OverdueFacts
from mywork.application.reconciling import Reconciling
from mywork.application.stripe_side import StripeSide
from mywork.bootstrap.core import Core
from mywork.projections import breaks


def inbox(core: Core) -> Inbox:
    return Inbox(core.store)


def inbox_worker(core: Core) -> InboxWorker:
    return InboxWorker(
        core.inbox,
        core.handler,
        core.book,
        translate=StripeTranslator(live=core.settings.live),
        fetch=Fetching(core.outside.payments, core.outside.billing),
        clock=core.outside.clock,
        lease_seconds=core.settings.mywork_lease_seconds,
    )


def feed(core: Core) -> Feed:
    return Feed(core.outside.payments, core.inbox, Cursors(core.store))


def overdue_facts(core: Core) -> OverdueFacts:
    return OverdueFacts(
        core.store,
        core.handler,
        core.feed,
        inbox=core.inbox,
        cursors=Cursors(core.store),
        clock=core.outside.clock,
        still_open=partial(breaks.still_unsettled, core.store),
    )


def reconciling(core: Core) -> Reconciling:
    stripe = StripeSide(
        core.outside.payments,
        core.feed,
        core.inbox,
        worker=core.inbox_worker,
        clock=core.outside.clock,
        source=TRANSACTION,
        read=transaction_of,
    )
    return Reconciling(
        core.store,
        core.handler,
        stripe,
        differences=_differences(core),
        cursors=Cursors(core.store),
        clock=core.outside.clock,
        known=partial(breaks.open_among, core.store),
    )


def bank_reconciling(core: Core) -> BankReconciling:
    return BankReconciling(
        core.store,
        core.handler,
        differences=_differences(core),
        clock=core.outside.clock,
        accounts=core.settings.bank_accounts(),
    )


def _differences(core: Core) -> Differences:
    standing = partial(breaks.standing_differences, core.store)
    return Differences(core.handler, core.book, core.outside.clock, standing)
