"""Lists for the command line: documents of the read tables, as objects."""

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from eventstore.store import EventStore

if TYPE_CHECKING:
    from mywork.documents.breaks import Break
    from mywork.documents.disputes import Dispute
    from mywork.documents.refunds import OrderRefund

T = TypeVar("T")


_REFUNDS = """
SELECT (refund || jsonb_build_object('order_id', o.order_id, 'order_number', o.order_number))::text
  FROM read.orders o, jsonb_array_elements(o.document::jsonb -> 'refunds') AS refund
 WHERE o.claims -> 'refunds' <> '[]' AND (%(status)s = '' OR refund ->> 'status' = %(status)s)
 ORDER BY refund ->> 'requested_at' DESC LIMIT %(limit)s
"""


_DISPUTES = """
SELECT document FROM read.disputes WHERE %(status)s = '' OR status = %(status)s
 ORDER BY opened_at DESC, dispute_id DESC LIMIT %(limit)s
"""


def refunds(store: EventStore, *, status: str = "", limit: int) -> "list[OrderRefund]":
    """Refunds of all orders, newest first, for the command line."""
    from mywork.documents.refunds import OrderRefund

    return _documents(store, _REFUNDS, OrderRefund, status=status, limit=limit)


def disputes(store: EventStore, *, status: str = "", limit: int) -> "list[Dispute]":
    """Disputes of all sellers, newest first, for the command line."""
    from mywork.documents.disputes import Dispute

    return _documents(store, _DISPUTES, Dispute, status=status, limit=limit)


_BREAKS = """
SELECT document FROM read.breaks WHERE %(status)s = '' OR status = %(status)s
 ORDER BY opened_at, break_id LIMIT %(limit)s
"""


def breaks(store: EventStore, *, status: str = "", limit: int) -> "list[Break]":
    """The oldest first, for the command line."""
    from mywork.documents.breaks import Break

    return _documents(store, _BREAKS, Break, status=status, limit=limit)


def _documents(store: EventStore, query: str, kind: type[T], **asked: Any) -> list[T]:
    with store.connection() as connection:
        rows = connection.execute(query.encode(), asked).fetchall()
    return [msgspec.json.decode(row[0], type=kind) for row in rows]
