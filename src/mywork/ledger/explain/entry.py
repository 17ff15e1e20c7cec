"""An entry opened: what happened, who and why, what it posted, by which rule of which code."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import psycopg

from eventstore.envelope import Recorded
from eventstore.store import EventStore
from mywork.domain.errors import EntryNotFound
from mywork.domain.order.sale_messages import OrderPlaced
from mywork.domain.period.months import Period
from mywork.ledger.accounts import chart_row
from mywork.ledger.code_versions import CodeVersion
from mywork.ledger.explain.rules import Rule, rule_of
from mywork.ledger.statements.words import words

RELATED = 50  # entries of the same Stripe objects, at most

_ENTRY = """
SELECT n.effective_at, n.booked_at, n.period, v.package_version, v.sources_sha256,
       v.first_used_at
  FROM ledger.entries n LEFT JOIN ledger.code_versions v ON v.id = n.code_version
 WHERE n.position = %s
"""
_POSTINGS = """
SELECT a.code, p.currency, p.amount_minor, p.object_id
  FROM ledger.postings p JOIN ledger.accounts a ON a.id = p.account_id
 WHERE p.position = %s ORDER BY p.line
"""
_RELATED = """
SELECT DISTINCT ON (p.position) p.position, e.topic, e.originator_id, n.effective_at, p.object_id
  FROM ledger.postings p
  JOIN ledger.entries n ON n.position = p.position
  JOIN eventstore.events e ON e.notification_id = p.position
 WHERE p.object_id = ANY(%s) AND p.position <> %s
 ORDER BY p.position LIMIT %s
"""
_STRIPE_ID = re.compile(r"(?:acct|ch|dp|du|evt|fee|in|pi|po|py|pyr|re|sub|tr|trr|tu|txn)_\w+")


@dataclass(frozen=True, slots=True)
class Posted:
    """A line; `amount_minor` is debit-positive, `meaning` is the chart's."""

    account: str
    meaning: str
    currency: str
    amount_minor: int
    object_id: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another entry of the same Stripe object."""

    position: int
    event: str
    stream: str
    effective_at: datetime
    object_id: str


@dataclass(frozen=True, slots=True)
class ExplainedEntry:
    """`happened` is a sentence. `code_version` is None for what was posted before versions were
    kept; `rule` is that of the running code, the same as then where the digests agree."""

    recorded: Recorded
    happened: str
    effective_at: datetime
    booked_at: datetime
    period: Period
    postings: Sequence[Posted]
    stripe_ids: Sequence[str]
    rule: Rule | None
    code_version: CodeVersion | None
    code_first_used_at: datetime | None
    related: Sequence[Related]


def explain_entry(store: EventStore, position: int) -> ExplainedEntry:
    """An entry by its number, which is the position of its event; raises EntryNotFound."""
    with store.connection() as connection:
        row = connection.execute(_ENTRY, (position,)).fetchone()
        if row is None:
            raise EntryNotFound(f"event {position} posted nothing, or does not exist")
        lines = connection.execute(_POSTINGS, (position,)).fetchall()
        objects = sorted({line[3] for line in lines if line[3]})
        related = _related(connection, objects, position)
    (recorded,) = store.page(position - 1, 1)
    effective_at, booked_at, period, package_version, sources, first_used_at = row
    return ExplainedEntry(
        recorded=recorded,
        happened=happened(store, recorded),
        effective_at=effective_at,
        booked_at=booked_at,
        period=period,
        postings=[_posted(line) for line in lines],
        stripe_ids=sorted({*objects, *_stripe_ids(msgspec.to_builtins(recorded.event))}),
        rule=rule_of(recorded.event.__class__),
        code_version=CodeVersion(package_version, sources) if package_version else None,
        code_first_used_at=first_used_at,
        related=related,
    )


def happened(store: EventStore, recorded: Recorded) -> str:
    """What an event was, in words."""
    first = store.read([recorded.stream])[recorded.stream][0].event
    terms = first if isinstance(first, OrderPlaced) else None
    return words(recorded.event, terms, recorded.name).text


def _related(
    connection: psycopg.Connection[Any], objects: Sequence[str], position: int
) -> list[Related]:
    asked = list(objects), position, RELATED
    return [Related(*row) for row in connection.execute(_RELATED, asked)]


def _posted(line: tuple[Any, ...]) -> Posted:
    account, currency, amount_minor, object_id = line
    return Posted(account, chart_row(account).meaning, currency, amount_minor, object_id or "")


def _stripe_ids(value: Any) -> Iterator[str]:
    """The ids of Stripe's objects anywhere in a payload."""
    match value:
        case str():
            if _STRIPE_ID.fullmatch(value):
                yield value
        case Mapping():
            for item in value.values():
                yield from _stripe_ids(item)
        case list() | tuple():
            for item in value:
                yield from _stripe_ids(item)
