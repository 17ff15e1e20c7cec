"""A seller's statement as a document to file: A4, the same bytes for the same statement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from eventstore.store import EventStore
from mywork.domain.money import decimal_text
from mywork.domain.period.months import begins_at
from mywork.ledger.proof.heads import latest_head, read_heads
from mywork.ledger.statements.statement import Edition, Line, Statement
from mywork.ledger.statements.totals import owed, payouts, totals
from mywork.rendering.pdf import INNER, Column, Row, facts, heading, masthead, render, table

_SUMMARY = (
    Column("Summary", INNER - 180),
    Column("Number", 70, number=True),
    Column("Amount", 110, number=True),
)
_LINES = (
    Column("Date", 58),
    Column("What happened", INNER - 218),
    Column("Amount", 78, number=True),
    Column("Balance", 82, number=True),
)
_PAYOUTS = (
    Column("Date", 58),
    Column("Payout", INNER - 140),
    Column("Amount", 82, number=True),
)
_STANDS = {
    "pending": "in the hold after a sale",
    "reserve": "kept in reserve",
    "refunding": "set aside for refunds asked for",
    "disputed": "set aside for open disputes",
    "available": "free to be paid out",
    "in_payout": "on the way to you",
    "receivable": "owed by you",
}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who states and to whom; `sealed` is the head of the history that vouches for it."""

    platform: str
    seller_name: str
    sealed: str = ""


def letterhead_of(core: Any, found: Statement) -> Letterhead:
    """`core` is the object graph; a seller whose name was erased is named by their id."""
    person = core.people.find(found.seller_id)
    name = person.username if person else found.seller_id
    return Letterhead(core.settings.platform_name, name, _sealed(core.store, found.edition))


def _sealed(store: EventStore, edition: Edition | None) -> str:
    """The head that vouches for it: of a closed month the first that covers its closing, so that
    it stays the same; otherwise the newest."""
    if edition and edition.version:
        with store.connection() as connection, connection.cursor() as cursor:
            head = next(iter(read_heads(cursor, after=edition.position - 1, limit=1)), None)
    else:
        head = latest_head(store)
    return f"{head.size:,} events, signed {_day(head.signed_at)}, {head.root.hex()}" if head else ""


def statement_pdf(found: Statement, head: Letterhead) -> bytes:
    """Opening, every line with its running balance, closing; totals by kind, and payouts."""
    story = [
        masthead(head.platform, "Statement of account"),
        facts(_facts(found, head)),
        *table(_SUMMARY, list(_summary(found))),
        *heading("Every entry"),
        *table(_LINES, list(_entries(found))),
    ]
    if paid := payouts(found):
        story += [*heading("Payouts"), *table(_PAYOUTS, list(_paid(found, paid)))]
    title = f"Statement {_span(found)} {found.currency} of {head.seller_name}"
    foot = f"{head.platform} · {head.seller_name} · {_span(found)} · {found.currency}"
    sealed = f"Sealed history: {head.sealed}" if head.sealed else ""
    return render(story, title=title, author=head.platform, foot=(foot, sealed))


def _facts(found: Statement, head: Letterhead) -> list[tuple[str, str, str]]:
    return [
        ("Seller", head.seller_name, str(found.seller_id)),
        ("Period", _span(found), _range(found)),
        ("Currency", found.currency, ""),
        ("Edition", *_edition(found)),
    ]


# Tables -------------------------------------------------------------------------------------


def _summary(found: Statement) -> Iterator[Row]:
    currency = found.currency
    yield Row(("Opening balance", "", amount(owed(found.opening), currency)))
    for total in totals(found):
        name = total.kind.capitalize()
        yield Row((name, f"{total.count:,}", amount(total.amount_minor, currency)))
    closing = amount(owed(found.closing), currency)
    stands = "; ".join(
        f"{amount(minor, currency)} {_STANDS[stage]}"
        for stage, minor in found.closing.items()
        if minor
    )
    yield Row(("Closing balance", "", closing), bold=True, note=stands, filled=True)


def _entries(found: Statement) -> Iterator[Row]:
    currency = found.currency
    since, last = found.time_range.since, found.time_range.until - timedelta(microseconds=1)
    opening, closing = (amount(owed(stages), currency) for stages in (found.opening, found.closing))
    yield Row((_day(since), "Opening balance", "", opening), bold=True)
    for line in found.lines:
        moved = amount(line.amount_minor, currency) if line.amount_minor else ""
        cells = (
            _day(line.effective_at),
            line.words.text,
            moved,
            amount(line.balance_minor, currency),
        )
        yield Row(cells, note=_note(line, since))
    yield Row((_day(last), "Closing balance", "", closing), bold=True, filled=True)


def _note(line: Line, since: datetime) -> str:
    """What tells the line apart, and why one of an earlier date is on this statement."""
    said = line.words
    late = "told to us after its own month was closed" if line.effective_at < since else ""
    parts = dict.fromkeys(part for part in (said.reference, said.object_id, late) if part)
    return " · ".join(parts)


def _paid(found: Statement, lines: Sequence[Line]) -> Iterator[Row]:
    currency = found.currency
    for line in lines:
        cells = _day(line.effective_at), line.words.text, amount(-line.amount_minor, currency)
        yield Row(cells, note=line.words.reference)
    total = -sum(line.amount_minor for line in lines)
    yield Row(("", "Paid out", amount(total, currency)), bold=True, filled=True)


# Words --------------------------------------------------------------------------------------


def amount(amount_minor: int, currency: str) -> str:
    """With the currency's digits, and thousands apart: `-1,234.50`."""
    whole, point, fraction = decimal_text(abs(amount_minor), currency).partition(".")
    sign = "-" if amount_minor < 0 else ""
    return f"{sign}{int(whole):,}{point}{fraction}"


def _span(found: Statement) -> str:
    if found.edition:
        return f"{begins_at(found.edition.period):%B %Y}"
    return _range(found)


def _range(found: Statement) -> str:
    last = found.time_range.until - timedelta(microseconds=1)
    return f"{_day(found.time_range.since)} to {_day(last)}"


def _edition(found: Statement) -> tuple[str, str]:
    if found.edition is None:
        return "by date", "as known now"
    if found.edition.closed_at is None:
        return "provisional", "the month is open"
    return f"version {found.edition.version}", f"closed on {_day(found.edition.closed_at)}"


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
