"""What the books posted to the platform's bank account, read from the postings themselves."""

from datetime import datetime

from eventstore.store import EventStore
from mywork.domain.accounts import BANK
from mywork.ledger.reconciliation.bank import BankPayout

_PAYOUTS = f"""
SELECT p.position, convert_from(e.state, 'UTF8')::jsonb #>> '{{data,transaction_id}}',
       coalesce(p.object_id, ''), p.currency, sum(p.amount_minor)::bigint, n.effective_at
  FROM ledger.accounts a
  JOIN ledger.postings p ON p.account_id = a.id
  JOIN ledger.entries n ON n.position = p.position
  JOIN eventstore.events e ON e.notification_id = p.position
 WHERE a.code = '{BANK}' AND e.topic = 'movement.recorded.v1'
   AND n.effective_at >= %(since)s AND n.effective_at < %(until)s
 GROUP BY 1, 2, 3, 4, 6 ORDER BY 6, 1
"""
_CURRENCIES = "SELECT currency FROM ledger.accounts WHERE code = 'bank' ORDER BY 1"


def bank_payouts(store: EventStore, since: datetime, until: datetime) -> list[BankPayout]:
    """Payouts to the bank, and top-ups from it, that took effect in a stretch of time."""
    with store.connection() as connection:
        rows = connection.execute(_PAYOUTS, {"since": since, "until": until}).fetchall()
    return [BankPayout(*row) for row in rows]


def bank_currencies(store: EventStore) -> frozenset[str]:
    """The currencies in which anything ever went to or came from the bank."""
    with store.connection() as connection:
        return frozenset(row[0] for row in connection.execute(_CURRENCIES))
