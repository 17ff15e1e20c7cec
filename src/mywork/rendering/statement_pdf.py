"""A seller's statement as a document to file: A4, the same bytes for the same statement."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from mywork.documents.statements import Letterhead, SellerStatement, StatedPayout, StatementLine
from mywork.domain.period.months import begins_at
from mywork.ledger.time_range import INSTANT
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


def statement_pdf(found: SellerStatement, head: Letterhead) -> bytes:
    """Opening, every line with its running balance, closing; totals by kind, and payouts."""
    story = [
        masthead(head.platform, "Statement of account"),
        facts(_facts(found, head)),
        *table(_SUMMARY, list(_summary(found))),
        *heading("Every entry"),
        *table(_LINES, list(_entries(found))),
    ]
    if found.payouts:
        story += [*heading("Payouts"), *table(_PAYOUTS, list(_paid(found.payouts)))]
    title = f"Statement {_span(found)} {found.currency} of {head.seller_name}"
    foot = f"{head.platform} · {head.seller_name} · {_span(found)} · {found.currency}"
    sealed = f"Sealed history: {head.sealed}" if head.sealed else ""
    return render(story, title=title, author=head.platform, foot=(foot, sealed))


def _facts(found: SellerStatement, head: Letterhead) -> list[tuple[str, str, str]]:
    return [
        ("Seller", head.seller_name, found.seller_id),
        ("Period", _span(found), _range(found)),
        ("Currency", found.currency, ""),
        ("Edition", *_edition(found)),
    ]


# Tables -------------------------------------------------------------------------------------


def _summary(found: SellerStatement) -> Iterator[Row]:
    yield Row(("Opening balance", "", f"{found.opening.balance:,}"))
    for total in found.totals:
        yield Row((total.kind.capitalize(), f"{total.count:,}", f"{total.amount:,}"))
    amounts = ((getattr(found.closing, stage), words) for stage, words in _STANDS.items())
    stands = "; ".join(f"{amount:,} {words}" for amount, words in amounts if amount)
    closing = f"{found.closing.balance:,}"
    yield Row(("Closing balance", "", closing), bold=True, note=stands, filled=True)


def _entries(found: SellerStatement) -> Iterator[Row]:
    opening, closing = f"{found.opening.balance:,}", f"{found.closing.balance:,}"
    yield Row((_day(found.since), "Opening balance", "", opening), bold=True)
    for line in found.lines:
        moved = f"{line.amount:,}" if line.amount else ""
        cells = _day(line.at), line.what, moved, f"{line.balance:,}"
        yield Row(cells, note=_note(line, found.since))
    yield Row((_last_day(found), "Closing balance", "", closing), bold=True, filled=True)


def _note(line: StatementLine, since: datetime) -> str:
    """What tells the line apart, and why one of an earlier date is on this statement."""
    late = "told to us after its own month was closed" if line.at < since else ""
    parts = dict.fromkeys(part for part in (line.reference, line.object_id, late) if part)
    return " · ".join(parts)


def _paid(lines: Sequence[StatedPayout]) -> Iterator[Row]:
    for line in lines:
        yield Row((_day(line.at), line.what, f"{-line.amount:,}"), note=line.reference or "")
    total = -sum(line.amount for line in lines)
    yield Row(("", "Paid out", f"{total:,}"), bold=True, filled=True)


# Words --------------------------------------------------------------------------------------


def _span(found: SellerStatement) -> str:
    return f"{begins_at(found.period):%B %Y}" if found.period else _range(found)


def _range(found: SellerStatement) -> str:
    return f"{_day(found.since)} to {_last_day(found)}"


def _edition(found: SellerStatement) -> tuple[str, str]:
    if found.period is None:
        return "by date", "as known now"
    if found.closed_at is None:
        return "provisional", "the month is open"
    return f"version {found.version}", f"closed on {_day(found.closed_at)}"


def _last_day(found: SellerStatement) -> str:
    return _day(found.to - INSTANT)


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
