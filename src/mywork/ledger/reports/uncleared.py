"""What lies in `stripe:uncleared`: facts without their balance transaction, or the reverse.

Each Stripe object nets to zero in the end, in each currency. What stays is read object by object;
the aged part is read in steps, each posting once, so that asking often costs little.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from eventstore import arrays
from eventstore.store import EventStore
from mywork.domain.accounts import STRIPE_UNCLEARED

SPAN = 5_000  # events looked through in one step

_REACHED = """
SELECT coalesce(max(notification_id), %(after)s) FROM eventstore.events
 WHERE notification_id > %(after)s AND notification_id <= %(after)s + %(span)s
   AND recorded_at <= %(cutoff)s
"""
_TOUCHED = f"""
SELECT DISTINCT p.object_id, p.currency FROM ledger.postings p
  JOIN ledger.accounts a ON a.id = p.account_id
 WHERE a.code = '{STRIPE_UNCLEARED}' AND p.position > %(after)s AND p.position <= %(until)s
"""
_SUMS = f"""
SELECT p.object_id, p.currency, sum(p.amount_minor)::bigint, min(n.booked_at),
       (array_agg(e.originator_id ORDER BY p.position))[1]
  FROM ledger.postings p
  JOIN ledger.accounts a ON a.id = p.account_id
  JOIN ledger.entries n ON n.position = p.position
  JOIN eventstore.events e ON e.notification_id = p.position
 WHERE a.code = '{STRIPE_UNCLEARED}' AND {{chosen}}
 GROUP BY p.object_id, p.currency HAVING sum(p.amount_minor) <> 0
 ORDER BY min(n.booked_at), p.object_id
"""
_CHOSEN = "(p.object_id, p.currency) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"


@dataclass(frozen=True, slots=True)
class Uncleared:
    """`amount_minor` is debit-positive: what should still come in, or go out where negative.

    `since` is when its first fact was booked, `stream` whose fact that was.
    """

    object_id: str
    currency: str
    amount_minor: int
    since: datetime
    stream: str


def everything(store: EventStore) -> list[Uncleared]:
    """Every object that does not net to zero now, the oldest first."""
    with store.connection() as connection:
        return [Uncleared(*row) for row in connection.execute(_SUMS.format(chosen="true"))]


def of_objects(store: EventStore, objects: Iterable[tuple[str, str]]) -> list[Uncleared]:
    """Those of some (object, currency) pairs that do not net to zero now."""
    pairs = list(objects)
    if not pairs:
        return []
    columns = arrays.texts(id_ for id_, _ in pairs), arrays.texts(code for _, code in pairs)
    with store.connection() as connection:
        rows = connection.execute(_SUMS.format(chosen=_CHOSEN), columns)
        return [Uncleared(*row) for row in rows]


def aged(store: EventStore, *, after: int, cutoff: datetime) -> tuple[Sequence[Uncleared], int]:
    """The objects touched behind a position and booked by the cutoff that do not net to zero.

    Also the position reached: where the next step begins, `after` itself at the end.
    """
    step = {"after": after, "span": SPAN, "cutoff": cutoff}
    with store.connection() as connection:
        ((until,),) = connection.execute(_REACHED, step).fetchall()
        touched = connection.execute(_TOUCHED, {"after": after, "until": until}).fetchall()
    return of_objects(store, touched), until
