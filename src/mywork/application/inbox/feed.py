"""Reading Stripe: what moved its balance, and events that an outage lost.

Both only fill the inbox, which stores everything once; so reading a page twice is harmless, and
the cursor moves in the transaction that stored the page.
"""

from datetime import UTC, datetime, timedelta

from mywork.application.ports.payments import Payments
from mywork.application.ports.tables import CursorsTable, InboxTable

TRANSACTIONS = "stripe_balance_transactions"
REPAIRED_UNTIL = "stripe_events_repaired_until"
OVERLAP = timedelta(hours=1)  # events are listed by time of creation, which may lag
STRIPE_KEEPS_EVENTS_FOR = timedelta(days=30)


class Feed:
    def __init__(self, payments: Payments, inbox: InboxTable, cursors: CursorsTable) -> None:
        self._payments = payments
        self._inbox = inbox
        self._cursors = cursors

    def position(self) -> str:
        """The newest transaction that was read; "" before the first."""
        return self._cursors.read(TRANSACTIONS)

    def read_transactions(self) -> int:
        """Store every balance transaction since the last one read; returns how many were new."""
        stored = 0
        for page in self._payments.balance_transactions(self.position()):
            newest = page[-1].external_id
            stored += self._inbox.store(page, also=self._cursors.move(TRANSACTIONS, newest))
        return stored

    def repair_events(self, now: datetime) -> int:
        """Store the events that never reached us; returns how many were missing."""
        known = self._cursors.read(REPAIRED_UNTIL)
        since = datetime.fromisoformat(known) - OVERLAP if known else _earliest(now)
        stored = sum(self._inbox.store(page) for page in self._payments.events_since(since))
        until = now.astimezone(UTC).isoformat()
        self._inbox.store([], also=self._cursors.move(REPAIRED_UNTIL, until))
        return stored


def _earliest(now: datetime) -> datetime:
    return now - STRIPE_KEEPS_EVENTS_FOR
