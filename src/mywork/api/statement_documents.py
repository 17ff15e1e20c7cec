"""A seller's statement as JSON, and as CSV for a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from mywork.domain.money import decimal_text
from mywork.ledger.statements.statement import STAGES, Line, Stages, Statement
from mywork.ledger.statements.totals import Difference, owed, payouts, totals
from mywork.projections.documents import moment, money

_STANDS = {"balance": 260.13, "balance_minor": 26013} | {
    name: value for stage in STAGES for name, value in ((stage, 0.00), (f"{stage}_minor", 0))
}
_LINE = {
    "at": "2026-11-10T12:01:00Z",
    "what": "Sale of SaaS starter (standard licence): 299.00 USD less 29.90 USD commission,"
    " 8.97 USD processing",
    "reference": "MW-2026-00001",
    "object_id": "0b1c6f0e-54a2-5d4e-9a44-5a3c7f0e2d11",
    "event": "order.paid.v1",
    "amount": 260.13,
    "amount_minor": 26013,
    "balance": 260.13,
    "balance_minor": 26013,
    "moves": {name: value for name, value in _STANDS.items() if "balance" not in name},
}
_PAYOUT = {name: _LINE[name] for name in ("at", "what", "reference", "amount", "amount_minor")}
EXAMPLE = {
    "seller_id": "user_ada",
    "currency": "USD",
    "from": "2026-11-01T00:00:00Z",
    "to": "2026-12-01T00:00:00Z",
    "period": "2026-11",
    "version": 1,
    "closed_at": "2026-12-03T09:00:00Z",
    "opening": _STANDS,
    "lines": [_LINE],
    "closing": _STANDS,
    "totals": [{"kind": "sales", "count": 1, "amount": 260.13, "amount_minor": 26013}],
    "payouts": [_PAYOUT],
}
_CHANGED = {
    "from": 260.13,
    "from_minor": 26013,
    "to": 250.13,
    "to_minor": 25013,
    "change": -10.00,
    "change_minor": -1000,
}
DIFFERENCE = {
    "seller_id": "user_ada",
    "currency": "USD",
    "period": "2026-11",
    "from_version": 1,
    "to_version": 2,
    "opening": _CHANGED,
    "added": [_LINE],
    "removed": [_LINE],
    "closing": _CHANGED,
}


# JSON ---------------------------------------------------------------------------------------


def document(found: Statement) -> dict[str, Any]:
    edition, currency = found.edition, found.currency
    return {
        "seller_id": found.seller_id,
        "currency": currency,
        "from": moment(found.time_range.since),
        "to": moment(found.time_range.until),
        "period": edition.period if edition else None,
        "version": edition.version if edition else None,
        "closed_at": moment(edition.closed_at) if edition else None,
        "opening": _stands(found.opening, currency),
        "lines": [_line(line, currency) for line in found.lines],
        "closing": _stands(found.closing, currency),
        "totals": [
            {"kind": total.kind, "count": total.count}
            | money("amount", total.amount_minor, currency)
            for total in totals(found)
        ],
        "payouts": [_payout(line, currency) for line in payouts(found)],
    }


def difference_document(found: Difference) -> dict[str, Any]:
    older, newer, currency = found.older, found.newer, found.newer.currency
    return {
        "seller_id": newer.seller_id,
        "currency": currency,
        "period": newer.edition.period if newer.edition else None,
        "from_version": older.edition.version if older.edition else None,
        "to_version": newer.edition.version if newer.edition else None,
        "opening": _changed(older.opening, newer.opening, currency),
        "added": [_line(line, currency) for line in found.added],
        "removed": [_line(line, currency) for line in found.removed],
        "closing": _changed(older.closing, newer.closing, currency),
    }


def _changed(before: Stages, after: Stages, currency: str) -> dict[str, Any]:
    return {
        **money("from", owed(before), currency),
        **money("to", owed(after), currency),
        **money("change", owed(after) - owed(before), currency),
    }


def _payout(line: Line, currency: str) -> dict[str, Any]:
    return {
        "at": moment(line.effective_at),
        "what": line.words.text,
        "reference": line.words.reference or None,
        **money("amount", line.amount_minor, currency),
    }


def _line(line: Line, currency: str) -> dict[str, Any]:
    return {
        "at": moment(line.effective_at),
        "what": line.words.text,
        "reference": line.words.reference or None,
        "object_id": line.words.object_id or None,
        "event": line.event,
        **money("amount", line.amount_minor, currency),
        **money("balance", line.balance_minor, currency),
        "moves": _stages(line.moves, currency),
    }


def _stands(stages: Stages, currency: str) -> dict[str, Any]:
    return money("balance", owed(stages), currency) | _stages(stages, currency)


def _stages(stages: Stages, currency: str) -> dict[str, Any]:
    return {
        name: value
        for stage, amount_minor in stages.items()
        for name, value in money(stage, amount_minor, currency).items()
    }


# CSV ----------------------------------------------------------------------------------------


def spreadsheet(found: Statement) -> str:
    """One row a line between an opening and a closing row; amounts in the currency's digits."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("at", "what", "reference", "object", "amount", "balance", *STAGES))
    writer.writerows(_rows(found))
    return text.getvalue()


def _rows(found: Statement) -> Iterator[list[str | None]]:
    currency, since, until = found.currency, found.time_range.since, found.time_range.until
    yield _row(currency, (moment(since), "Opening", "", ""), None, found.opening)
    for line in found.lines:
        said = line.words
        about = moment(line.effective_at), said.text, said.reference, said.object_id
        yield _row(currency, about, line, line.moves)
    yield _row(currency, (moment(until), "Closing", "", ""), None, found.closing)


def _row(
    currency: str, about: tuple[str | None, ...], line: Line | None, stages: Stages
) -> list[str | None]:
    amount_minor = line.amount_minor if line else 0
    balance_minor = line.balance_minor if line else owed(stages)
    amounts = (amount_minor, balance_minor, *(stages.get(stage, 0) for stage in STAGES))
    return [*about, *(decimal_text(amount, currency) for amount in amounts)]
