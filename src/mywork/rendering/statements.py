"""Statements on a terminal, and for a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET

from mywork.documents.document import exact
from mywork.documents.statements import (
    Moves,
    SellerStatement,
    StatedBalance,
    StatementDifference,
    StatementLine,
)
from mywork.ledger.statements.statement import STAGES
from mywork.rendering.terminal import console, minute, print_json, table_of


def statement(found: SellerStatement, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    edition = f", {found.period}, {_named(found.version)}" if found.period else ""
    title = f"{found.seller_id}, {found.currency}{edition}"
    table = table_of(title, ("at", "what", "of"), ("amount", "balance"))
    table.add_row(minute(found.since), "Opening", "", "", f"{found.opening.balance}")
    _add(table, found.lines)
    table.add_row(minute(found.to), "Closing", "", "", f"{found.closing.balance}")
    table.add_section()
    for stage in STAGES:
        if amount := getattr(found.closing, stage):
            table.add_row("", stage.replace("_", " "), "", "", f"{amount}")
    console().print(table)


def statement_difference(found: StatementDifference, *, as_json: bool = False) -> None:
    """The lines by which two versions differ, between what stands before and after them."""
    if as_json:
        print_json(found)
        return
    opening, closing = found.opening.change, found.closing.change
    if not (found.added or found.removed or opening or closing):
        console().print("the two versions say the same")
        return
    versions = f"{_named(found.from_version)} against {_named(found.to_version)}"
    title = f"{found.seller_id}, {found.currency}, {found.period}, {versions}"
    table = table_of(title, ("at", "what", "of"), ("amount", ""))
    table.add_row("", "Opening changed by", "", f"{opening}", "")
    _add(table, found.added, "+")
    _add(table, found.removed, "-")
    table.add_row("", "Closing changed by", "", f"{closing}", "")
    console().print(table)


def _add(table: Any, lines: Sequence[StatementLine], sign: str = "") -> None:
    """A row a line, with its balance, or where it was added or taken away."""
    for line in lines:
        about = minute(line.at), line.what, line.reference or ""
        table.add_row(*about, f"{line.amount}", sign or f"{line.balance}")


def _named(version: int | None) -> str:
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
