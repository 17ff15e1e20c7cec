"""What the clock will release of a seller's money, from the ledger and the deadlines table."""

from collections.abc import Sequence

from eventstore.store import EventStore
from mywork.application.ports.release_schedule import Held
from mywork.application.stored import name_of
from mywork.domain.accounts import stage_in_sql
from mywork.domain.identifiers import SellerId
from mywork.domain.order.settlement_messages import ReleaseFunds, ReleaseReserve

# An order's part of an account is what its own stream has posted there; it is released by the
# deadline of that order. Days, not moments: a forecast of a thousand sales has to be read.
_HELD = f"""
WITH parts AS (
    SELECT {stage_in_sql("a.code")} AS stage, e.originator_id AS stream,
           -sum(p.amount_minor) AS amount_minor
      FROM ledger.accounts a
      JOIN ledger.postings p ON p.account_id = a.id
      JOIN eventstore.events e ON e.notification_id = p.position
     WHERE a.owner = %(seller)s AND a.currency = %(currency)s AND a.balance_minor <> 0
       AND {stage_in_sql("a.code")} IN ('pending', 'reserve')
     GROUP BY a.code, e.originator_id HAVING sum(p.amount_minor) <> 0)
SELECT stage, sum(amount_minor)::bigint, max(due_at)
  FROM parts LEFT JOIN operations.deadlines d
    ON parts.stream = d.stream
   AND d.name = CASE stage WHEN 'pending' THEN %(funds)s ELSE %(reserve)s END
 GROUP BY stage, date_trunc('day', due_at, 'UTC') ORDER BY stage, max(due_at)
"""


class ReleaseSchedule:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    def of(self, seller_id: SellerId, currency: str) -> Sequence[Held]:
        asked = {
            "seller": seller_id,
            "currency": currency,
            "funds": name_of(ReleaseFunds),
            "reserve": name_of(ReleaseReserve),
        }
        with self._store.connection() as connection:
            return [Held(*row) for row in connection.execute(_HELD, asked)]
