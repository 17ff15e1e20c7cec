"""Statements on a terminal, and for a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from msgspec import UNSET

from mywork.documents.document import exact
from mywork.documents.statements import Moves, SellerStatement, StatedBalance
from mywork.domain.money import decimal_text
from mywork.ledger.statements.statement import STAGES, Line, Statement
from mywork.ledger.statements.totals import Difference, owed
from mywork.rendering.terminal import console, minute, print_json, table_of


def statement(found: Statement, *, as_json: bool = False) -> None:
    if as_json:
        print_json(asdict(found) | {"closing": found.closing})
        return
    table = table_of(_title(found), ("at", "what", "of"), ("amount", "balance"))
    opening, closing = owed(found.opening), owed(found.closing)
    time_range, code = found.time_range, found.currency
    table.add_row(minute(time_range.since), "Opening", "", "", decimal_text(opening, code))
    _add(table, found.lines, code)
    table.add_row(minute(time_range.until), "Closing", "", "", decimal_text(closing, code))
    table.add_section()
    for stage, amount_minor in found.closing.items():
        if amount_minor:
            table.add_row("", stage.replace("_", " "), "", "", decimal_text(amount_minor, code))
    console().print(table)


def statement_difference(found: Difference, *, as_json: bool = False) -> None:
    """The lines by which two versions differ, between what stands before and after them."""
    older, newer, code = found.older, found.newer, found.newer.currency
    if as_json:
        amounts = {"opening_minor": found.opening_minor, "closing_minor": found.closing_minor}
        changed = {
            "added": list(map(asdict, found.added)),
            "removed": list(map(asdict, found.removed)),
        }
        print_json(amounts | changed)
        return
    if not (found.added or found.removed or found.opening_minor or found.closing_minor):
        console().print("the two versions say the same")
        return
    title = f"{_title(older)} against {_named(newer)}"
    table = table_of(title, ("at", "what", "of"), ("amount", ""))
    table.add_row("", "Opening changed by", "", decimal_text(found.opening_minor, code), "")
    _add(table, found.added, code, "+")
    _add(table, found.removed, code, "-")
    table.add_row("", "Closing changed by", "", decimal_text(found.closing_minor, code), "")
    console().print(table)


def _add(table: Any, lines: Sequence[Line], code: str, sign: str = "") -> None:
    """A row a line, with its balance, or where it was added or taken away."""
    for line in lines:
        amount = decimal_text(line.amount_minor, code)
        last = sign or decimal_text(line.balance_minor, code)
        said = line.words
        table.add_row(minute(line.effective_at), said.text, said.reference, amount, last)


def _title(found: Statement) -> str:
    edition = f", {found.edition.period}, {_named(found)}" if found.edition else ""
    return f"{found.seller_id}, {found.currency}{edition}"


def _named(found: Statement) -> str:
    version = found.edition.version if found.edition else 0
    return f"version {version}" if version else "provisional"


# For a spreadsheet --------------------------------------------------------------------------


def statement_spreadsheet(found: SellerStatement) -> str:
    """One row a line between an opening and a closing row; amounts in the currency's digits."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("at", "what", "reference", "object", "amount", "balance", *STAGES))
    writer.writerows(_rows(found))
    return text.getvalue()


def _rows(found: SellerStatement) -> Iterator[list[Any]]:
    nothing, opening, closing = exact(0, found.currency), found.opening, found.closing
    yield [_written(found.since), "Opening", "", "", nothing, opening.balance, *_stages(opening)]
    for line in found.lines:
        about = _written(line.at), line.what, line.reference, line.object_id
        yield [*about, line.amount, line.balance, *_stages(line.moves, nothing)]
    yield [_written(found.to), "Closing", "", "", nothing, closing.balance, *_stages(closing)]


def _stages(found: StatedBalance | Moves, nothing: Any = None) -> list[Any]:
    amounts = (getattr(found, stage) for stage in STAGES)
    return [nothing if amount is UNSET else amount for amount in amounts]


def _written(at: datetime) -> str:
    return f"{at.isoformat()[:19]}Z"
