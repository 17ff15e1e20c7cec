"""The queries that the API asks, on rows prepared by the projections.

Lists are paged by keyset, newest first, so they are stable under inserts. A page's cursor is
opaque to clients: the last row's sort key.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import orjson

from eventstore.store import EventStore
from mywork.documents.breaks import BreakKind
from mywork.documents.document import Page, prepared
from mywork.domain.accounts import stage_in_sql
from mywork.domain.errors import InvalidInput
from mywork.domain.identifiers import ProductId
from mywork.projections.reading import Reader, Role

T = TypeVar("T")


class CursorInvalid(InvalidInput):
    """A cursor that no answer of ours contained."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A keyset-paged list: what is selected, from where, in which order."""

    table: str
    sort: str
    key: str
    document: str = "document"
    join: str = ""


PRODUCT_DOCUMENT = """
left(document, -1) || ',"seller":{"id":' || to_json(seller_id)
|| ',"username":' || coalesce(to_json(username)::text, 'null') || '}}'
"""


PEOPLE = "LEFT JOIN operations.public_people ON user_id = seller_id"


PUBLIC_PRODUCTS = Listing("read.products", "published_at", "product_id", PRODUCT_DOCUMENT, PEOPLE)


OWN_PRODUCTS = Listing("read.products", "drafted_at", "product_id", PRODUCT_DOCUMENT, PEOPLE)


ORDERS = Listing("read.orders", "placed_at", "order_id")


SALES = Listing("read.sales", "placed_at", "order_id")


PAYOUTS = Listing("read.payouts", "requested_at", "payout_id")


DISPUTES = Listing("read.disputes", "opened_at", "dispute_id")


BREAKS = Listing("read.breaks", "opened_at", "break_id")


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that somebody asked for. `where` holds column names of ours and their values."""

    limit: int
    cursor: str = ""
    user_id: str = ""
    role: Role = "mywork_reader"
    where: dict[str, Any] = field(default_factory=dict)


async def page(reader: Reader, listing: Listing, asked: Asked) -> Page[Any]:
    conditions = [f"{column} = %({column})s" for column in asked.where]
    parameters = asked.where | {"limit": asked.limit + 1}
    if asked.cursor:
        conditions.append(f"({listing.sort}, {listing.key}) < (%(after)s::timestamptz, %(key)s)")
        parameters |= _decode(asked.cursor)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    query = (
        f"SELECT {listing.document}, {listing.sort}, {listing.key} FROM {listing.table}"
        f" {listing.join} {where} ORDER BY {listing.sort} DESC, {listing.key} DESC LIMIT %(limit)s"
    )
    rows = await reader.rows(query, parameters, user_id=asked.user_id, role=asked.role)
    shown = rows[: asked.limit]
    more = len(rows) > asked.limit
    return Page(
        data=prepared(row[0] for row in shown),
        next_cursor=_encode(*shown[-1][1:]) if more else None,
    )


async def one(
    reader: Reader,
    listing: Listing,
    *,
    user_id: str = "",
    role: Role = "mywork_reader",
    **where: str,
) -> bytes | None:
    """One document by equal columns, or None when it is not there or not theirs."""
    conditions = " AND ".join(f"{column} = %({column})s" for column in where)
    query = f"SELECT {listing.document} FROM {listing.table} {listing.join} WHERE {conditions}"
    rows = await reader.rows(query, where, user_id=user_id, role=role)
    return rows[0][0].encode() if rows else None


def product_of_slug(store: EventStore, slug: str) -> ProductId | None:
    """Whoever's it is, and whether or not it is published."""
    with store.connection() as connection:
        query = "SELECT product_id FROM read.products WHERE slug = %s"
        row = connection.execute(query, (slug,)).fetchone()
    return row[0] if row else None


async def order_standing(reader: Reader, order_id: str, buyer_id: str) -> tuple[str, int] | None:
    """The document of a buyer's own order, and the position of the event that changed it last."""
    query = "SELECT document, position FROM read.orders WHERE order_id = %s AND buyer_id = %s"
    rows = await reader.rows(query, (order_id, buyer_id), user_id=buyer_id)
    return (rows[0][0], rows[0][1]) if rows else None


async def disputed_order(
    reader: Reader, dispute_id: str, user_id: str, *, role: Role = "mywork_reader"
) -> str | None:
    """The order of a dispute that this role may see; never the buyer's, who contests it."""
    query = "SELECT order_id FROM read.disputes WHERE dispute_id = %s AND buyer_id <> %s"
    rows = await reader.rows(query, (dispute_id, user_id), user_id=user_id, role=role)
    return rows[0][0] if rows else None


# One statement, and so one moment: what stands where, and whatever explains it.
SELLER_BALANCE = f"""
SELECT {stage_in_sql()}, currency, -balance_minor, NULL
  FROM ledger.accounts WHERE owner = %(seller)s
UNION ALL
SELECT 'not_yet', NULL, NULL, string_agg(document, ',' ORDER BY paid_at, order_id)
  FROM (SELECT document, paid_at, order_id FROM read.sales
         WHERE seller_id = %(seller)s AND not_yet ORDER BY paid_at, order_id LIMIT 200) AS waiting
UNION ALL
SELECT 'on_their_way', NULL, NULL, string_agg(document, ',' ORDER BY requested_at, payout_id)
  FROM read.payouts
 WHERE seller_id = %(seller)s AND transfer_id = '' AND status <> 'cancelled'
"""


@dataclass(frozen=True, slots=True)
class SellerBalance:
    """`accounts` are (stage, currency, minor units); the others documents, joined by commas."""

    accounts: Sequence[tuple[str, str, int]]
    not_yet: str
    on_their_way: str


async def seller_balance(reader: Reader, seller_id: str) -> SellerBalance:
    rows = await reader.rows(SELLER_BALANCE, {"seller": seller_id}, user_id=seller_id)
    documents = {kind: joined or "" for kind, currency, _, joined in rows if currency is None}
    accounts = [(stage, currency, minor) for stage, currency, minor, _ in rows if currency]
    return SellerBalance(accounts, **documents)


SUBSCRIPTION = """
SELECT (SELECT document FROM read.subscriptions WHERE user_id = %(user)s),
       (SELECT document FROM read.entitlements WHERE user_id = %(user)s)
"""


async def subscription_of(reader: Reader, user_id: str) -> tuple[bytes | None, bytes | None]:
    """The documents of a user's subscription and entitlement, each None where there is none."""
    ((subscription, entitlement),) = await reader.rows(
        SUBSCRIPTION, {"user": user_id}, user_id=user_id
    )
    return (
        subscription.encode() if subscription else None,
        entitlement.encode() if entitlement else None,
    )


async def roles_of(reader: Reader, user_id: str) -> frozenset[str]:
    query = "SELECT roles FROM read.roles WHERE user_id = %s"
    rows = await reader.rows(query, (user_id,), user_id=user_id)
    return frozenset(rows[0][0]) if rows else frozenset()


def _encode(sort: Any, key: str) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([sort, key])).decode().rstrip("=")


def _decode(cursor: str) -> dict[str, Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        sort, key = orjson.loads(base64.urlsafe_b64decode(padded))
        after = datetime.fromisoformat(sort)
        if "\0" in key or after.tzinfo is None:
            raise ValueError
    except (ValueError, TypeError):
        raise CursorInvalid("use the next_cursor of an answer, unchanged") from None
    return {"after": after, "key": key}


def open_since(store: EventStore) -> list[tuple[BreakKind, datetime]]:
    """The kind of each open break, and since when it is open."""
    with store.connection() as connection:
        query = "SELECT kind, opened_at FROM read.breaks WHERE status = 'open'"
        return connection.execute(query).fetchall()
