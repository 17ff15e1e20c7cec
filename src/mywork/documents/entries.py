"""Entries of the ledger, each with its event, its Stripe objects, its rule and its code."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from mywork.documents.document import Amount, Currency, Document, Id, Moment, moment, money
from mywork.documents.examples import ORDER_ID, ORDER_STREAM, RULE
from mywork.documents.ledger import EventName, Month
from mywork.domain.period.months import Period
from mywork.ledger.code_versions import CodeVersion, running
from mywork.ledger.explain.entry import ExplainedEntry, Posted, Related
from mywork.ledger.explain.rules import Rule


class EntryMetadata(Document):
    """Who did it, why, and what it follows from. `causation` is the receipt or event behind the
    command; `correlation` ties together everything that began with one request."""

    actor: str
    command_id: str
    effective_at: Moment
    reason: str
    causation: str
    correlation: str


ENTRY_METADATA = EntryMetadata(
    actor="stripe",
    command_id="evt_1abc:pay",
    effective_at=datetime(2026, 11, 10, 12, 1, tzinfo=UTC),
    reason="",
    causation="evt_1abc",
    correlation="evt_1abc",
)


class EntryPosting(Document):
    """A line of an entry, with the chart's meaning of its account; `amount_minor` is positive for
    a debit."""

    account: str
    meaning: str
    currency: Currency
    amount_minor: int
    debit: Amount
    debit_minor: int
    credit: Amount
    credit_minor: int
    object_id: str | None


ENTRY_POSTING = EntryPosting(
    account="revenue:commission",
    meaning="the platform's share of sales",
    currency="USD",
    amount_minor=-2_990,
    **money("debit", 0, "USD"),
    **money("credit", 2_990, "USD"),
    object_id="ch_1abc",
)


class PostingRule(Document):
    """The function that posts such events, in the code that runs; `sentence` says what it does."""

    function: str
    line: int
    sentence: str


POSTING_RULE = PostingRule(function="mywork.ledger.rules.orders.order_paid", line=19, sentence=RULE)


class EntryCode(Document):
    """The code that posted an entry: its package, and a digest of all that decides and places
    money. Where `running` is false, other code runs now."""

    package_version: str
    sources_sha256: str
    first_used_at: Moment | None
    running: bool


ENTRY_CODE = EntryCode(
    package_version="1.0.0",
    sources_sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    first_used_at=datetime(2026, 11, 1, 8, tzinfo=UTC),
    running=True,
)


class RelatedEntry(Document):
    """Another entry of the same Stripe object."""

    entry: int
    event: EventName
    stream: Id
    effective_at: Moment
    object_id: str


RELATED_ENTRY = RelatedEntry(
    entry=43,
    event="order.payment_settled.v1",
    stream=ORDER_STREAM,
    effective_at=datetime(2026, 11, 10, 12, 1, tzinfo=UTC),
    object_id="ch_1abc",
)


class Entry(Document):
    """An entry with its event. `happened` is a sentence, `data` the event as recorded. `rule` is
    that of the code that runs; `code_version` is null for what was posted before it was kept."""

    entry: int
    event: EventName
    stream: Id
    version: int
    happened: str
    effective_at: Moment
    booked_at: Moment
    period: Month
    data: dict[str, Any]
    metadata: EntryMetadata
    postings: tuple[EntryPosting, ...]
    stripe_ids: tuple[str, ...]
    rule: PostingRule | None
    code_version: EntryCode | None
    related: tuple[RelatedEntry, ...]


ENTRY = Entry(
    entry=42,
    event="order.paid.v1",
    stream=ORDER_STREAM,
    version=3,
    happened="Sale of SaaS starter: 299.00 USD less 29.90 USD commission",
    effective_at=datetime(2026, 11, 10, 12, 1, tzinfo=UTC),
    booked_at=datetime(2026, 11, 10, 12, 1, 2, tzinfo=UTC),
    period=Period("2026-11"),
    data={"order_id": ORDER_ID},
    metadata=ENTRY_METADATA,
    postings=(ENTRY_POSTING,),
    stripe_ids=("ch_1abc",),
    rule=POSTING_RULE,
    code_version=ENTRY_CODE,
    related=(RELATED_ENTRY,),
)


def entry_of(found: ExplainedEntry) -> Entry:
    recorded = found.recorded
    return Entry(
        entry=recorded.position,
        event=recorded.name,
        stream=recorded.stream,
        version=recorded.version,
        happened=found.happened,
        effective_at=moment(found.effective_at),
        booked_at=moment(found.booked_at),
        period=found.period,
        data=msgspec.to_builtins(recorded.event),
        metadata=_metadata(found),
        postings=tuple(map(_posting, found.postings)),
        stripe_ids=tuple(found.stripe_ids),
        rule=_rule(found.rule) if found.rule else None,
        code_version=_code(found.code_version, found) if found.code_version else None,
        related=tuple(map(_related, found.related)),
    )


def _metadata(found: ExplainedEntry) -> EntryMetadata:
    envelope = found.recorded.metadata
    return EntryMetadata(
        actor=envelope.actor,
        command_id=envelope.command_id,
        effective_at=moment(envelope.effective_at),
        reason=envelope.reason,
        causation=envelope.causation,
        correlation=envelope.correlation,
    )


def _posting(line: Posted) -> EntryPosting:
    return EntryPosting(
        account=line.account,
        meaning=line.meaning,
        currency=line.currency,
        amount_minor=line.amount_minor,
        **money("debit", max(line.amount_minor, 0), line.currency),
        **money("credit", max(-line.amount_minor, 0), line.currency),
        object_id=line.object_id or None,
    )


def _rule(found: Rule) -> PostingRule:
    return PostingRule(function=found.function, line=found.line, sentence=found.sentence)


def _code(version: CodeVersion, found: ExplainedEntry) -> EntryCode:
    return EntryCode(
        package_version=version.package_version,
        sources_sha256=version.sources_sha256,
        first_used_at=moment(found.code_first_used_at),
        running=version == running(),
    )


def _related(found: Related) -> RelatedEntry:
    return RelatedEntry(
        entry=found.position,
        event=found.event,
        stream=found.stream,
        effective_at=moment(found.effective_at),
        object_id=found.object_id,
    )
