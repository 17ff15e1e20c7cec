"""`reconcile`: a list of balance transactions compared with what was posted, on one snapshot.

The floor is the same list copied into a table and joined with the finished rows of the other
side, ready made: no reading of events, no summing of postings.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from eventstore.catalogue import Catalogue
from eventstore.store import EventStore
from mywork.bench.replay import write_history
from mywork.bench.report import Result
from mywork.bench.sales import PRICE_MINOR
from mywork.bench.scratch import scratch_database
from mywork.domain.catalogue import EVENTS
from mywork.ledger.reconciliation.compare import Comparison, Span, comparison
from mywork.ledger.reconciliation.sides import StatementSide

FEE_MINOR = 897
_READY = """
CREATE TEMP TABLE ready AS SELECT id, currency, amount_minor - fee_minor AS net_minor, fee_minor, at
  FROM told
"""
_FLOOR = """
SELECT count(*) FROM told t FULL JOIN ready r USING (id)
 WHERE t.currency = r.currency AND t.amount_minor - t.fee_minor = r.net_minor
   AND t.fee_minor = r.fee_minor AND t.at = r.at
"""


def run(scale: float) -> Result:
    """Transactions a second, from the first row copied to the last pair counted."""
    sales = max(500, int(20_000 * scale))
    with scratch_database() as url:
        with EventStore(url, Catalogue(EVENTS)) as store:
            write_history(store, sales)
            at = _settled_at(store)
            head = store.head()
        statement = [
            StatementSide(
                f"txn_{number}", "charge", f"ch_{number}", "USD", PRICE_MINOR, FEE_MINOR, at
            )
            for number in range(sales)
        ]
        with comparison(url) as session:
            started = time.perf_counter()
            session.add(statement)
            found = session.compare(Span(at - timedelta(days=1)))
            seconds = time.perf_counter() - started
        with comparison(url) as session:
            floor_seconds = _floor(session, statement)
    details = {
        "transactions": sales,
        "matched": sum(found.matched.values()),
        "unequal": len(found.unequal),
        "events": head,
        "seconds": round(seconds, 2),
        "floor": "the list copied and joined with the other side's rows, ready made",
    }
    return Result(
        "reconcile", int(sales / seconds), "transactions/s", int(sales / floor_seconds), details
    )


def _settled_at(store: EventStore) -> datetime:
    """When the history's transactions happened, to the second that Stripe tells."""
    query = """SELECT n.effective_at FROM ledger.entries n JOIN eventstore.events e
                   ON e.notification_id = n.position
                WHERE e.topic = 'order.payment_settled.v1' LIMIT 1"""
    with store.connection() as connection:
        ((at,),) = connection.execute(query).fetchall()
    return datetime.fromtimestamp(int(at.timestamp()), UTC)


def _floor(session: Comparison, statement: Sequence[StatementSide]) -> float:
    connection = session.connection
    session.add(statement)
    connection.execute(_READY)
    connection.execute("TRUNCATE told")
    started = time.perf_counter()
    session.add(statement)
    connection.execute(_FLOOR)
    return time.perf_counter() - started
