"""Safeguarding: does Stripe hold at least what sellers are owed? In each currency by itself.

Stripe's side is its balance (pending, available, reserved) and what is between: a payment whose
balance transaction has not come adds, a transfer whose transaction has not come takes away. What
sellers are owed counts each seller's stages together; whom we owe nothing does not make less of
what others are owed. Shares of open disputes are owed only if the dispute is won, and then Stripe
gives the money back: they stand apart, with what was withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eventstore.store import EventStore
from mywork.domain.accounts import (
    STRIPE_AVAILABLE,
    STRIPE_PENDING,
    STRIPE_RESERVED,
    STRIPE_UNCLEARED,
    seller_account,
    stage_in_sql,
)
from mywork.ledger.accounts import ANYBODY, chart_row
from mywork.ledger.financials.items import Item, total

_HELD = (STRIPE_AVAILABLE, STRIPE_PENDING, STRIPE_RESERVED, STRIPE_UNCLEARED)
_OWED = ("pending", "reserve", "refunding", "available", "in_payout")

_NOW = "SELECT code, currency, owner, balance_minor FROM ledger.accounts WHERE balance_minor <> 0"
_AT = """
SELECT a.code, a.currency, a.owner, b.balance_minor
  FROM ledger.balances_at(ARRAY(SELECT id FROM ledger.accounts), %(at)s, %(as_known_at)s) b
  JOIN ledger.accounts a ON a.id = b.account_id
"""
_MADE_OF = """
WITH balances AS ({balances}),
stages AS (
    SELECT owner, currency, {stage} AS stage, -balance_minor AS owed
      FROM balances WHERE owner IS NOT NULL),
sellers AS (
    SELECT owner, currency, sum(owed) AS owed FROM stages
     WHERE stage = ANY (%(owed)s) GROUP BY owner, currency)
SELECT currency, 'held', code, balance_minor FROM balances WHERE code = ANY (%(held)s)
 UNION ALL
SELECT currency, 'owed', '{of_sellers}' || s.stage, sum(s.owed)::bigint
  FROM stages s JOIN sellers USING (owner, currency)
 WHERE sellers.owed > 0 AND s.stage = ANY (%(owed)s) GROUP BY currency, s.stage
 UNION ALL
SELECT currency, 'overdrawn', '', -sum(owed)::bigint FROM sellers WHERE owed < 0 GROUP BY currency
 UNION ALL
SELECT currency, 'disputed', '', sum(owed)::bigint FROM stages
 WHERE stage = 'disputed' GROUP BY currency
 ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Safeguarding:
    """In one currency: what Stripe holds, and what sellers are owed, by their parts.

    Not counted: `overdrawn_minor`, what sellers owe us in all; `disputed_minor`, sellers' shares
    of open disputes.
    """

    currency: str
    held: Sequence[Item]
    owed: Sequence[Item]
    overdrawn_minor: int
    disputed_minor: int

    @property
    def held_minor(self) -> int:
        return total(self.held)

    @property
    def owed_minor(self) -> int:
        return total(self.owed)

    @property
    def surplus_minor(self) -> int:
        """What Stripe holds beyond what sellers are owed; negative is a shortfall."""
        return self.held_minor - self.owed_minor

    @property
    def safe(self) -> bool:
        return self.surplus_minor >= 0


def safeguarding(
    store: EventStore, *, at: datetime | None = None, as_known_at: datetime | None = None
) -> list[Safeguarding]:
    """Every currency in which Stripe holds or sellers are owed anything; now, or at a moment."""
    balances = _NOW if at is None and as_known_at is None else _AT
    asked: dict[str, Any] = {"at": at, "as_known_at": as_known_at}
    asked |= {"held": list(_HELD), "owed": list(_OWED)}
    with store.connection() as connection:
        rows = connection.execute(
            _MADE_OF.format(
                balances=balances, stage=stage_in_sql(), of_sellers=seller_account(ANYBODY, "")
            ),
            asked,
        ).fetchall()
    return [
        _of_currency(currency, [row[1:] for row in rows if row[0] == currency])
        for currency in sorted({row[0] for row in rows})
    ]


def _of_currency(currency: str, rows: Sequence[tuple[str, str, int]]) -> Safeguarding:
    items: dict[str, list[Item]] = {"held": [], "owed": []}
    apart = {"overdrawn": 0, "disputed": 0}
    for part, account, amount_minor in rows:
        if part in apart:
            apart[part] = amount_minor
        elif amount_minor:
            items[part].append(Item(account, chart_row(account).meaning, amount_minor))
    return Safeguarding(
        currency, items["held"], items["owed"], apart["overdrawn"], apart["disputed"]
    )
