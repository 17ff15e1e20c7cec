"""What use cases read of the read tables: the port `Views`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import psycopg

from eventstore.store import EventStore
from mywork.application.ports.views import Owing, StandingDifference, Unsettled
from mywork.domain import streams
from mywork.domain.breaks.difference_messages import Evidence
from mywork.domain.identifiers import BreakId, PayoutId, SellerId, UserId
from mywork.domain.period.messages import Check
from mywork.domain.period.months import Period
from mywork.projections import checklist, debts

_BY_SELLER = f"""
SELECT coalesce(s.seller_id, substring(b.concerns FROM '{streams.OF_SELLER}')) AS seller,
       array_agg(b.break_id ORDER BY b.opened_at, b.break_id)
  FROM read.breaks b LEFT JOIN read.sales s ON b.concerns = '{streams.ORDERS}' || s.order_id
 WHERE b.status = 'open' AND b.kind <> 'unsettled_fact' GROUP BY seller
"""


class ReadViews:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    def open_breaks_by_seller(self) -> dict[SellerId, list[str]]:
        with self._store.connection() as connection:
            rows = connection.execute(_BY_SELLER).fetchall()
        return {SellerId(UserId(seller)): found for seller, found in rows if seller}

    def standing_differences(self) -> list[StandingDifference]:
        query = """
            SELECT break_id, kind, status = 'open', evidence FROM read.breaks
             WHERE stands ORDER BY opened_at, break_id"""
        with self._store.connection() as connection:
            rows = connection.execute(query).fetchall()
        return [
            StandingDifference(
                BreakId(break_id), kind, is_open, msgspec.convert(evidence, Evidence)
            )
            for break_id, kind, is_open, evidence in rows
        ]

    def open_breaks_among(self, break_ids: Sequence[str]) -> frozenset[str]:
        query = "SELECT break_id FROM read.breaks WHERE status = 'open' AND break_id = ANY(%s)"
        with self._store.connection() as connection:
            rows = connection.execute(query, (list(break_ids),)).fetchall()
        return frozenset(row[0] for row in rows)

    def unsettled_facts(self) -> list[Unsettled]:
        query = """
            SELECT break_id, object_id, currency FROM read.breaks
             WHERE status = 'open' AND kind = 'unsettled_fact' ORDER BY opened_at, break_id"""
        with self._store.connection() as connection:
            return [Unsettled(*row) for row in connection.execute(query)]

    def payout_owner(self, payout_id: PayoutId) -> tuple[SellerId, str] | None:
        query = "SELECT seller_id, currency FROM read.payouts WHERE payout_id = %s"
        with self._store.connection() as connection:
            row = connection.execute(query, (payout_id,)).fetchone()
        return (SellerId(UserId(row[0])), row[1]) if row else None

    def holders(self, roles: Sequence[str]) -> list[UserId]:
        query = "SELECT user_id FROM read.roles WHERE roles && %s ORDER BY user_id"
        with self._store.connection() as connection:
            return [row[0] for row in connection.execute(query, (list(roles),))]

    def owing(self, at: datetime | None = None) -> Sequence[Owing]:
        return debts.owing(self._store, at)

    def checks(self, cursor: psycopg.Cursor[Any], month: Period) -> Sequence[Check]:
        return checklist.checks(cursor, month)
