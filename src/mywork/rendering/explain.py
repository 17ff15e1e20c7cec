"""Why the books say what they say, on a terminal."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson

from mywork.domain.money import Money, decimal_text
from mywork.ledger.account_lines import Line
from mywork.ledger.accounts import chart_row
from mywork.ledger.code_versions import running
from mywork.ledger.explain.account import ExplainedAccount
from mywork.ledger.explain.entry import ExplainedEntry
from mywork.ledger.time_range import INSTANT
from mywork.rendering.terminal import console, minute, print_json, table_of


def explained_account(found: ExplainedAccount, *, as_json: bool = False) -> None:
    """Amounts are on the account's normal side."""
    if as_json:
        document = asdict(found)
        print_json({"account": found.key[0], "currency": found.key[1], **document})
        return
    code, currency = found.key
    row = chart_row(code)
    console().print(f"[bold]{code}[/bold], {row.kind}: {row.meaning}")
    _kinds(found, row.normal_sign)
    _lines(found.last, currency, row.normal_sign)
    if found.following:
        console().print(f"more: --after {found.following}", soft_wrap=True)


def _kinds(found: ExplainedAccount, sign: int) -> None:
    currency, span = found.key[1], found.time_range
    table = table_of(f"What moved it, {currency}", ("what", "entries"), ("amount",), ("largest",))
    opening = decimal_text(found.opening_minor * sign, currency)
    table.add_row(f"opening, {minute(span.since)}", "", opening, "")
    for kind in found.kinds:
        what = f"{kind.event}\n{kind.sentence}" if kind.sentence else kind.event
        largest = "\n".join(
            f"{line.position}: {decimal_text(line.amount_minor * sign, currency)}"
            for line in kind.largest
        )
        amount = decimal_text(kind.amount_minor * sign, currency)
        table.add_row(what, str(kind.entries), amount, largest)
    table.add_section()
    balance = decimal_text(found.balance_minor * sign, currency)
    table.add_row(f"balance, {minute(span.until - INSTANT)}", "", balance, "", style="bold")
    console().print(table)


def _lines(lines: Sequence[Line], currency: str, sign: int) -> None:
    texts = ("entry", "at", "event", "object")
    table = table_of("The last entries", texts, ("amount", "balance"))
    for line in lines:
        amounts = (line.amount_minor * sign, line.balance_minor * sign)
        table.add_row(
            str(line.position),
            minute(line.effective_at),
            line.event,
            line.object_id or line.stream,
            *(decimal_text(amount_minor, currency) for amount_minor in amounts),
        )
    console().print(table)


def explained_entry(found: ExplainedEntry, *, as_json: bool = False) -> None:
    if as_json:
        print_json(_entry_document(found))
        return
    console().print(f"[bold]Entry {found.recorded.position}[/bold]: {found.happened}")
    _postings(found)
    table = table_of("Why it is there", ("", " "), ())
    for name, text in _reasons(found):
        table.add_row(name, text)
    console().print(table)
    if found.related:
        _related(found)


def _postings(found: ExplainedEntry) -> None:
    table = table_of("What it posted", ("account", "object"), ("debit", "credit"), ("meaning",))
    for line in found.postings:
        amount = str(Money(abs(line.amount_minor), line.currency))
        sides = (amount, "") if line.amount_minor > 0 else ("", amount)
        table.add_row(line.account, line.object_id, *sides, line.meaning)
    console().print(table)


def _reasons(found: ExplainedEntry) -> list[tuple[str, str]]:
    recorded, meta, rule = found.recorded, found.recorded.metadata, found.rule
    told = [
        ("event", f"{recorded.name}, version {recorded.version} of {recorded.stream}"),
        ("happened", f"{minute(found.effective_at)} UTC"),
        ("booked", f"{minute(found.booked_at)} UTC, in the period {found.period}"),
        ("who", meta.actor),
        ("why", meta.reason),
        ("command", meta.command_id),
        ("caused by", meta.causation),
        ("began with", meta.correlation),
        ("Stripe", ", ".join(found.stripe_ids)),
        ("rule", f"{rule.function}, line {rule.line}: {rule.sentence}" if rule else ""),
        ("code", _code(found)),
        ("says", orjson.dumps(found.data).decode()),
    ]
    return [(name, text) for name, text in told if text]


def _code(found: ExplainedEntry) -> str:
    version = found.code_version
    if version is None:
        return "not known: posted before versions were kept"
    same = "the running one" if version == running() else "another than the one that runs"
    return f"{version.package_version}, sources {version.sources_sha256[:16]}, {same}"


def _related(found: ExplainedEntry) -> None:
    table = table_of("Of the same Stripe objects", ("entry", "at", "event", "object"), ())
    for item in found.related:
        at = minute(item.effective_at)
        table.add_row(str(item.position), at, item.event, item.object_id)
    console().print(table)


def _entry_document(found: ExplainedEntry) -> dict[str, Any]:
    recorded = found.recorded
    return {
        "entry": recorded.position,
        "event": recorded.name,
        "stream": recorded.stream,
        "version": recorded.version,
        "happened": found.happened,
        "effective_at": found.effective_at,
        "booked_at": found.booked_at,
        "period": found.period,
        "data": found.data,
        "metadata": found.metadata,
        "postings": [asdict(line) for line in found.postings],
        "stripe_ids": found.stripe_ids,
        "rule": found.rule and asdict(found.rule),
        "code_version": found.code_version and asdict(found.code_version),
        "related": [asdict(item) for item in found.related],
    }
