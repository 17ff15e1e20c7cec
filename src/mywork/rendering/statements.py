"""Statements on a terminal."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from mywork.domain.money import decimal_text
from mywork.ledger.statements.statement import Line, Statement
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
