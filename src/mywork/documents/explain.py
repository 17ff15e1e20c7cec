"""Why the books say what they say: a balance with what it is made of, an entry with its reasons."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from mywork.documents.document import Amount, Currency, Document, Id, Moment, moment, money
from mywork.documents.examples import ORDER_ID, ORDER_STREAM
from mywork.documents.ledger import (
    ACCOUNT_LINE,
    AccountKind,
    AccountLine,
    EventName,
    Month,
    account_lines_of,
)
from mywork.ledger.accounts import chart_row
from mywork.ledger.code_versions import CodeVersion, running
from mywork.ledger.explain.account import ExplainedAccount, Kind
from mywork.ledger.explain.entry import ExplainedEntry, Posted, Related
from mywork.ledger.explain.rules import Rule
from mywork.ledger.time_range import INSTANT

_RULE = "A buyer paid: Stripe owes us the price; the seller's share waits."

# A balance ----------------------------------------------------------------------------------


class MovingEvents(Document):
    """What all events of one name moved; `sentence` is their rule's, `largest` the largest of
    their lines."""

    event: EventName
    sentence: str
    entries: int
    amount: Amount
    amount_minor: int
    largest: tuple[AccountLine, ...]


MOVING_EVENTS = MovingEvents(
    event="order.paid.v1",
    sentence=_RULE,
    entries=1,
    **money("amount", 2_990, "USD"),
    largest=(ACCOUNT_LINE,),
)


class ExplainedBalance(Document, rename={"since": "from"}):
    """opening + kinds = balance, on the account's normal side. `last` begins with the latest line;
    `next_after` leads to those before it, and is null where there are none."""

    account: str
    kind: AccountKind
    meaning: str
    currency: Currency
    since: Moment
    at: Moment
    opening: Amount
    opening_minor: int
    kinds: tuple[MovingEvents, ...]
    balance: Amount
    balance_minor: int
    last: tuple[AccountLine, ...]
    next_after: str | None


EXPLAINED_BALANCE = ExplainedBalance(
    account="revenue:commission",
    kind="income",
    meaning="the platform's share of sales",
    currency="USD",
    since=datetime(2026, 11, 1, tzinfo=UTC),
    at=datetime(2026, 11, 10, 12, 30, tzinfo=UTC),
    **money("opening", 0, "USD"),
    kinds=(MOVING_EVENTS,),
    **money("balance", 2_990, "USD"),
    last=(ACCOUNT_LINE,),
    next_after="2026-11-10T12:01:00+00:00_42",
)


def explained_balance_of(found: ExplainedAccount) -> ExplainedBalance:
    account, currency = found.key
    row = chart_row(account)
    sign = row.normal_sign
    return ExplainedBalance(
        account=account,
        kind=row.kind,
        meaning=row.meaning,
        currency=currency,
        since=moment(found.time_range.since),
        at=moment(found.time_range.until - INSTANT),
        **money("opening", found.opening_minor * sign, currency),
        kinds=tuple(_moving(kind, currency, sign) for kind in found.kinds),
        **money("balance", found.balance_minor * sign, currency),
        last=account_lines_of(found.last, currency, sign),
        next_after=found.following,
    )


def _moving(kind: Kind, currency: str, sign: int) -> MovingEvents:
    return MovingEvents(
        event=kind.event,
        sentence=kind.sentence,
        entries=kind.entries,
        **money("amount", kind.amount_minor * sign, currency),
        largest=account_lines_of(kind.largest, currency, sign),
    )


# An entry -----------------------------------------------------------------------------------


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


POSTING_RULE = PostingRule(
    function="mywork.ledger.rules.orders.order_paid", line=19, sentence=_RULE
)


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
    period="2026-11",
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
